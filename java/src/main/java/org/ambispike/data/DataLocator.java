package org.ambispike.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.ambispike.error.InputException;

/**
 * Finds the folder of a data set. In this order: the folder the user names, {@code AMBISPIKE_DATA}, the user's cache, the
 * system's package, and at last {@code build-scripts/fetch-data.sh}, which fills the cache. A folder that the user named
 * (by option or environment) and that lacks a file is an error, never silently passed over. Thread-safe if the consumer
 * is.
 */
public final class DataLocator {
    static final String FOLDER = "fashion-mnist";

    private final DataPlaces places;
    private final Consumer<String> report;

    /**
     * A locator that looks in the given places.
     *
     * @param report gets one line that says which folder was taken, and the lines of the script when it runs
     */
    public DataLocator(DataPlaces places, Consumer<String> report) {
        this.places = places;
        this.report = report;
    }

    /**
     * The images that the user names, or else Fashion-MNIST.
     *
     * @param named what the user gave as {@code --data}
     * @param fashionMnist whether IDX files are taken for those of Fashion-MNIST, as their names do not say
     * @throws InputException if what is named holds no images, or nothing was found and nothing could be fetched
     */
    public ImageSource images(Optional<Path> named, boolean fashionMnist) {
        if (named.isEmpty()) {
            return new FashionMnistFolder(fashionMnist(named));
        }
        ImageSource source = ImageSources.recognise(named.get());
        if (source instanceof IdxFolder && fashionMnist) {
            return new FashionMnistFolder(fashionMnist(named));
        }
        report.accept(source.describe() + " (--data)");
        return source;
    }

    /**
     * The folder with the four files of Fashion-MNIST.
     *
     * @param named what the user gave as {@code --data}: the folder itself, or one that holds {@code fashion-mnist/}
     * @throws InputException if a named folder lacks a file, or nothing was found and nothing could be fetched
     */
    public Path fashionMnist(Optional<Path> named) {
        if (named.isPresent()) {
            return take(named(named.get(), "--data"), "--data");
        }
        Optional<Path> environment = places.fromEnvironment();
        if (environment.isPresent()) {
            return take(named(environment.get(), "AMBISPIKE_DATA"), "AMBISPIKE_DATA");
        }
        Path cache = places.cache().resolve(FOLDER);
        if (complete(cache)) {
            return take(cache, "the user's cache");
        }
        Path system = places.systemData().resolve(FOLDER);
        if (complete(system)) {
            return take(system, "the system's package");
        }
        fetch(cache);
        return take(cache, "fetched now");
    }

    private Path take(Path folder, String source) {
        report.accept(FashionMnist.NAME + " from " + folder + " (" + source + ")");
        return folder;
    }

    private static Path named(Path folder, String source) {
        Path inner = folder.resolve(FOLDER);
        Path chosen = !complete(folder) && Files.isDirectory(inner) ? inner : folder;
        List<String> missing = FashionMnist.missingFiles(chosen);
        if (!missing.isEmpty()) {
            throw new InputException(source + ": " + chosen
                    + (Files.isDirectory(chosen) ? " lacks " : " is not a folder, expected one with ")
                    + String.join(", ", missing) + " (plain or .gz)");
        }
        return chosen;
    }

    private static boolean complete(Path folder) {
        return FashionMnist.missingFiles(folder).isEmpty();
    }

    private void fetch(Path cache) {
        Path script = places.checkout()
                .map(checkout -> checkout.resolve("build-scripts").resolve("fetch-data.sh"))
                .filter(Files::isRegularFile)
                .orElseThrow(() -> new InputException(FashionMnist.NAME
                        + " was not found; put the four files of https://github.com/zalandoresearch/fashion-mnist ("
                        + String.join(".gz, ", FashionMnist.missingFiles(cache)) + ".gz) into " + cache
                        + ", name their folder with --data, or install Debian's package dataset-fashion-mnist"));
        report.accept(FashionMnist.NAME + " was not found, fetching it into " + cache);
        String last = run(script, cache);
        if (!complete(cache)) {
            throw new InputException(FashionMnist.NAME + " could not be fetched: " + last);
        }
    }

    /** Runs the script and returns its last line. */
    private String run(Path script, Path target) {
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString(), FOLDER, target.toString())
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
            throw new InputException(script + ": interrupted while fetching " + FashionMnist.NAME, e);
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
