package org.ambispike.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ambispike.common.InputException;

/**
 * PNG, JPEG, BMP and GIF images in folders that are called by class: {@code train/CLASS/*.png} and {@code test/CLASS/*.png}
 * (or {@code val}, {@code valid}, {@code validation}, {@code dev}), one of the two, or {@code CLASS/*.png}. Without names from
 * a network classes are in alphabetical order.
 */
record ImageFolder(Path folder) implements ImageSource {
    private static final String TRAINING = "train";
    private static final List<String> TEST_NAMES = List.of("test", "val", "valid", "validation", "dev");
    private static final List<String> READABLE = List.of(".png", ".jpg", ".jpeg", ".bmp", ".gif");
    /** Extensions of images that other programs read and that must not be passed over in silence. */
    private static final List<String> UNREADABLE = List.of(".webp", ".tif", ".tiff", ".ppm", ".pgm", ".avif", ".heic");

    private static final int SHOWN_NAMES = 5;

    private record Labelled(Path file, int label) {}

    @Override
    public String describe() {
        return "images by class in " + folder;
    }

    @Override
    public Dataset load(Split split, List<String> classes, ImageTransform transform) {
        Path first = classFolders(folder);
        boolean testsAlone = !first.equals(folder) && isTests(first);
        if (testsAlone && split == Split.TRAIN) {
            throw new InputException(folder + ": holds test images alone; expected " + folder.resolve(TRAINING)
                    + " with a folder for each class");
        }
        boolean whole = first.equals(folder);
        Optional<Path> tests = testsAlone ? Optional.of(first) : whole ? Optional.empty() : tests(folder);
        List<String> names = classes(first, classes);
        tests.ifPresent(place -> requireClasses(place, folders(place), names, first.toString()));
        List<Labelled> files = files(split == Split.TEST ? tests.orElse(first) : first, names);
        int[] order = LabelledImages.mixed(files.size());
        int[] chosen = tests.isPresent() ? order : LabelledImages.part(order, split);
        if (chosen.length == 0) {
            throw new InputException(folder + ": " + files.size() + " images, too few for training and tests");
        }
        List<Labelled> images = Arrays.stream(chosen).mapToObj(files::get).toList();
        return new LabelledImages(
                        FilePixels.of(images.stream().map(Labelled::file).toList(), transform),
                        images.stream().mapToInt(Labelled::label).toArray())
                .dataset(folder, names);
    }

    /** The folder of folders by class: of training images, of test images where there are no others, or the folder itself. */
    static Path classFolders(Path folder) {
        Path training = folder.resolve(TRAINING);
        if (Files.isDirectory(training)) {
            return training;
        }
        List<String> folders = folders(folder);
        boolean testsAlone = !folders.isEmpty() && TEST_NAMES.containsAll(folders);
        return testsAlone ? tests(folder).orElseThrow() : folder;
    }

    private static Optional<Path> tests(Path folder) {
        return TEST_NAMES.stream()
                .map(folder::resolve)
                .filter(Files::isDirectory)
                .findFirst();
    }

    /** What the folder of a part may be called. */
    static List<String> names(Split split) {
        return split == Split.TRAIN ? List.of(TRAINING) : TEST_NAMES;
    }

    private static boolean isTests(Path place) {
        return TEST_NAMES.contains(String.valueOf(place.getFileName()));
    }

    private static List<String> folders(Path place) {
        return list(place)
                .filter(Files::isDirectory)
                .map(path -> path.getFileName().toString())
                .toList();
    }

    private static List<String> classes(Path place, List<String> wanted) {
        List<String> found = folders(place);
        if (found.isEmpty() || found.size() > Dataset.MOST_CLASSES) {
            throw new InputException(place + ": " + found.size() + " folders, expected one for each of 1 to "
                    + Dataset.MOST_CLASSES + " classes");
        }
        if (!wanted.isEmpty()) {
            requireClasses(place, found, wanted, "the network");
        }
        return wanted.isEmpty() ? found : wanted;
    }

    /** @param owner of the classes that are expected */
    private static void requireClasses(Path place, List<String> found, List<String> wanted, String owner) {
        Set<String> more = new TreeSet<>(found);
        wanted.forEach(more::remove);
        Set<String> missing = new TreeSet<>(wanted);
        found.forEach(missing::remove);
        if (!more.isEmpty()) {
            throw new InputException(place + ": has folders for classes that " + owner + " does not have: " + few(more)
                    + (missing.isEmpty() ? "" : "; it lacks " + few(missing)));
        }
        if (!missing.isEmpty()) {
            throw new InputException(place + ": lacks folders for classes that " + owner + " has: " + few(missing));
        }
    }

    /** The first names of a set that may have thousands. */
    private static String few(Set<String> names) {
        String shown = names.stream().limit(SHOWN_NAMES).collect(Collectors.joining(", "));
        return names.size() > SHOWN_NAMES ? shown + " and " + (names.size() - SHOWN_NAMES) + " more" : shown;
    }

    private static List<Labelled> files(Path place, List<String> names) {
        List<Labelled> files = new ArrayList<>();
        for (int label = 0; label < names.size(); label++) {
            int index = label;
            images(place.resolve(names.get(label))).forEach(file -> files.add(new Labelled(file, index)));
        }
        return files;
    }

    /**
     * The image files in a folder, in the order of names; files of other kinds are passed over.
     *
     * @throws InputException if there is an image of a format that cannot be read
     */
    static List<Path> images(Path folder) {
        List<Path> files = list(folder).filter(Files::isRegularFile).toList();
        files.stream().filter(file -> isOf(file, UNREADABLE)).findFirst().ifPresent(file -> {
            throw new InputException(file + ": images of this format cannot be read; save it as PNG or JPEG");
        });
        return files.stream().filter(ImageFolder::isImage).toList();
    }

    static boolean isImage(Path file) {
        return isOf(file, READABLE);
    }

    private static boolean isOf(Path file, List<String> endings) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return endings.stream().anyMatch(name::endsWith);
    }

    /** What is in a folder, in the order of names, hidden files left out. */
    static Stream<Path> list(Path folder) {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(path -> !path.getFileName().toString().startsWith(".")).sorted().toList().stream();
        } catch (IOException e) {
            throw new InputException(folder + ": cannot be read as a folder: " + e, e);
        }
    }
}
