package org.ambispike.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
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
import java.util.stream.StreamSupport;
import org.ambispike.common.InputException;

/**
 * PNG, JPEG, BMP and GIF images in folders that are called by class, or in folders within these: {@code train/CLASS/*.png} and
 * {@code test/CLASS/*.png} (or another of {@link #TEST_NAMES}, in letters of either case), one of the two, or
 * {@code CLASS/*.png}. Without names from a network classes are in alphabetical order.
 */
record ImageFolder(Path folder) implements ImageSource {
    private static final List<String> TRAINING_NAMES = List.of("train", "training");
    private static final List<String> TEST_NAMES =
            List.of("test tests testing val valid validate validation dev eval evaluation holdout".split(" "));
    /** What archivers of other systems put beside the files. */
    private static final String NOT_OURS = "__MACOSX";

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
            throw new InputException(folder + ": holds test images alone; expected " + folder.resolve("train")
                    + " with a folder for each class");
        }
        boolean whole = first.equals(folder);
        Optional<Path> tests = testsAlone ? Optional.of(first) : whole ? Optional.empty() : part(folder, Split.TEST);
        if (!whole) {
            requireParts();
        }
        List<String> names = classes(first, classes);
        tests.ifPresent(place -> requireClasses(place, names(place), names, first.toString()));
        List<Labelled> files = files(split == Split.TEST ? tests.orElse(first) : first, names);
        int[] order = LabelledImages.mixed(files.size());
        int[] chosen = tests.isPresent() ? order : LabelledImages.part(order, split);
        if (chosen.length == 0) {
            throw new InputException(folder + ": " + files.size() + " images, too few for training and tests");
        }
        List<Labelled> images = Arrays.stream(chosen).mapToObj(files::get).toList();
        return LabelledImages.dataset(
                FilePixels.of(images.stream().map(Labelled::file).toList(), transform),
                images.stream().mapToInt(Labelled::label).toArray(),
                folder,
                names);
    }

    /** The folder of folders by class: of training images, of test images where there are no others, or the folder itself. */
    static Path classFolders(Path folder) {
        return part(folder, Split.TRAIN).orElseGet(() -> {
            List<Path> folders = folders(folder).toList();
            boolean testsAlone = !folders.isEmpty() && folders.stream().allMatch(ImageFolder::isTests);
            return testsAlone ? part(folder, Split.TEST).orElseThrow() : folder;
        });
    }

    /** The folder of a part, by the first name that there is of those that it may have. */
    static Optional<Path> part(Path folder, Split split) {
        List<Path> folders = folders(folder).toList();
        return (split == Split.TRAIN ? TRAINING_NAMES : TEST_NAMES)
                .stream()
                        .flatMap(name -> folders.stream().filter(place -> isCalled(place, List.of(name))))
                        .findFirst();
    }

    /** Images beside the parts would be passed over in silence: another part, or a test set of another name. */
    private void requireParts() {
        list(folder)
                .filter(place -> !isTests(place) && !isCalled(place, TRAINING_NAMES) && holdsClasses(place))
                .findFirst()
                .ifPresent(place -> {
                    throw new InputException(place + ": images in a folder whose name is none of a part; call it train"
                            + " or test, or move it elsewhere");
                });
    }

    /** Whether there is an image in a folder of this one, or in a folder of such a one; no deeper, since this may be any folder. */
    static boolean holdsClasses(Path place) {
        return folders(place)
                .anyMatch(name -> holdsImages(name) || folders(name).anyMatch(ImageFolder::holdsImages));
    }

    static boolean holdsImages(Path place) {
        return Files.isDirectory(place) && list(place).anyMatch(ImageFolder::isImage);
    }

    private static boolean isTests(Path place) {
        return isCalled(place, TEST_NAMES);
    }

    private static boolean isCalled(Path place, List<String> names) {
        return names.contains(String.valueOf(place.getFileName()).toLowerCase(Locale.ROOT));
    }

    private static Stream<Path> folders(Path place) {
        return Files.isDirectory(place) ? list(place).filter(Files::isDirectory) : Stream.of();
    }

    private static List<String> names(Path place) {
        return folders(place).map(path -> path.getFileName().toString()).toList();
    }

    private static List<String> classes(Path place, List<String> wanted) {
        List<String> found = names(place);
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
            images(below(place.resolve(names.get(label)))).forEach(file -> files.add(new Labelled(file, index)));
        }
        return files;
    }

    /**
     * The image files among files; those of other kinds are passed over.
     *
     * @throws InputException if there is an image of a format that cannot be read
     */
    static List<Path> images(List<Path> files) {
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
            return paths.filter(ImageFolder::isShown).sorted().toList().stream();
        } catch (IOException e) {
            throw new InputException(folder + ": cannot be read as a folder: " + e, e);
        }
    }

    /** The files in a folder and in those within it, also by links, in the order of names, hidden ones left out. */
    private static List<Path> below(Path folder) {
        try (Stream<Path> paths = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return paths.filter(Files::isRegularFile)
                    .filter(file -> StreamSupport.stream(folder.relativize(file).spliterator(), false)
                            .allMatch(ImageFolder::isShown))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new InputException(folder + ": cannot be read as a folder: " + e.getMessage(), e);
        }
    }

    private static boolean isShown(Path path) {
        String name = path.getFileName().toString();
        return !name.startsWith(".") && !name.equals(NOT_OURS);
    }
}
