package org.ambispike.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.ambispike.common.InputException;

/**
 * Finds the folder of a data set. In this order: the folder the user names, {@code AMBISPIKE_DATA}, the user's cache, the
 * system's package, and at last {@code build-scripts/fetch-data.sh}, which fills the cache. A folder that the user named
 * (by option or environment) and that lacks a file is an error, never silently passed over. Thread-safe if the consumer
 * is.
 */
public final class DataLocator {
    private final DataPlaces places;
    private final Consumer<String> report;
    private final Set<Split> parts;

    /**
     * Looks in the given places for whole data sets.
     *
     * @param report gets one line that says which folder was taken, and the lines of the script when it runs
     */
    public DataLocator(DataPlaces places, Consumer<String> report) {
        this(places, report, EnumSet.allOf(Split.class));
    }

    private DataLocator(DataPlaces places, Consumer<String> report, Set<Split> parts) {
        this.places = places;
        this.report = report;
        this.parts = parts;
    }

    /** Contents itself with folders that have one part of a data set. */
    public DataLocator only(Split part) {
        return new DataLocator(places, report, EnumSet.of(part));
    }

    /**
     * The images that the user names.
     *
     * @param named what the user gave as {@code --data}
     * @param expected the data set that a folder is taken for where its files' names do not say which
     * @throws InputException if it holds no images
     */
    public ImageSource images(Path named, Optional<Published> expected) {
        ImageSource source = ImageSources.recognise(named);
        if (source instanceof IdxFolder && expected.equals(Optional.of(Published.FASHION_MNIST))) {
            return expected.get().source(folder(expected.get(), Optional.of(named)));
        }
        report.accept(source.describe() + " (--data)");
        return source;
    }

    /**
     * A published data set.
     *
     * @throws InputException if it was not found and could not be fetched
     */
    public ImageSource images(Published set) {
        return set.source(folder(set, Optional.empty()));
    }

    /**
     * The folder with the files of a published data set.
     *
     * @param named what the user gave as {@code --data}: the folder itself, or one that holds it
     * @throws InputException if a named folder lacks a file, or nothing was found and nothing could be fetched
     */
    public Path folder(Published set, Optional<Path> named) {
        if (named.isPresent()) {
            return take(set, named(set, named.get(), "--data"), "--data");
        }
        Optional<Path> environment = places.fromEnvironment();
        if (environment.isPresent()) {
            return take(set, named(set, environment.get(), "AMBISPIKE_DATA"), "AMBISPIKE_DATA");
        }
        Path cache = places.cache().resolve(set.folder());
        if (complete(set, cache)) {
            return take(set, cache, "the user's cache");
        }
        Path system = places.systemData().resolve(set.folder());
        if (complete(set, system)) {
            return take(set, system, "the system's package");
        }
        fetch(set, cache);
        return take(set, cache, "fetched now");
    }

    private Path take(Published set, Path folder, String source) {
        report.accept(set.label() + " from " + folder + " (" + source + ")");
        return folder;
    }

    private Path named(Published set, Path folder, String source) {
        Path inner = folder.resolve(set.folder());
        Path chosen = !complete(set, folder) && Files.isDirectory(inner) ? inner : folder;
        List<String> missing = set.missingFiles(chosen, parts);
        if (!missing.isEmpty()) {
            throw new InputException(source + ": " + chosen
                    + (Files.isDirectory(chosen) ? " lacks " : " is not a folder, expected one with ")
                    + String.join(", ", missing) + set.forms());
        }
        return chosen;
    }

    private boolean complete(Published set, Path folder) {
        return set.missingFiles(folder, parts).isEmpty();
    }

    private void fetch(Published set, Path cache) {
        Path script = places.checkout()
                .map(checkout -> checkout.resolve("build-scripts").resolve("fetch-data.sh"))
                .filter(Files::isRegularFile)
                .orElseThrow(() -> new InputException(set.label() + " was not found; " + set.remedy(cache)));
        report.accept(set.label() + " was not found, fetching it into " + cache);
        String last = run(script, set, cache);
        if (!complete(set, cache)) {
            throw new InputException(set.label() + " could not be fetched: " + last);
        }
    }

    /** Runs the script and returns its last line. */
    private String run(Path script, Published set, Path target) {
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString(), set.word(), target.toString())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().clear();
        builder.environment().putAll(places.environment());
        try {
            Process process = builder.start();
            try {
                String last = forward(process);
                int status = process.waitFor();
                return status == 0 ? last : last + " (exit " + status + ")";
            } finally {
                process.destroy();
            }
        } catch (IOException e) {
            throw new InputException(script + ": cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException(script + ": interrupted while fetching " + set.label(), e);
        }
    }

    private String forward(Process process) throws IOException {
        String last = "no output";
        try (var lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                report.accept(line);
                last = line;
            }
        }
        return last;
    }
}
