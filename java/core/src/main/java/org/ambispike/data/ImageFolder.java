package org.ambispike.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.ambispike.common.InputException;

/**
 * PNG and JPEG images in folders that are called by class: {@code train/CLASS/*.png} and {@code test/CLASS/*.png} (or
 * {@code val}), one of the two, or {@code CLASS/*.png}. All have one size. Without names from a network classes are in alphabetical order.
 */
record ImageFolder(Path folder) implements ImageSource {
    private static final String TRAINING = "train";
    private static final List<String> TEST_NAMES = List.of("test", "val", "valid", "validation", "dev");

    private record Labelled(Path file, int label) {}

    @Override
    public String describe() {
        return "images by class in " + folder;
    }

    @Override
    public Dataset load(Split split, List<String> classes) {
        Path first = classFolders(folder);
        boolean testsAlone = !first.equals(folder) && isTests(first);
        if (testsAlone && split == Split.TRAIN) {
            throw new InputException(folder + ": holds test images alone; expected " + folder.resolve(TRAINING)
                    + " with a folder for each class");
        }
        Optional<Path> tests = testsAlone
                ? Optional.of(first)
                : TEST_NAMES.stream()
                        .map(folder::resolve)
                        .filter(place -> !first.equals(folder) && Files.isDirectory(place))
                        .findFirst();
        List<String> names = classes(first, classes);
        boolean apart = tests.isPresent();
        List<Labelled> files = files(split == Split.TEST && apart ? tests.get() : first, names);
        int[] order = LabelledImages.mixed(files.size());
        int[] chosen = apart ? order : LabelledImages.part(order, split);
        if (chosen.length == 0) {
            throw new InputException(folder + ": " + files.size() + " images, too few for training and tests");
        }
        return read(files, chosen).dataset(folder, names);
    }

    /** The folder of folders by class: of training images, of test images where there are no others, or the folder itself. */
    static Path classFolders(Path folder) {
        Path training = folder.resolve(TRAINING);
        if (Files.isDirectory(training)) {
            return training;
        }
        List<Path> folders = list(folder).filter(Files::isDirectory).toList();
        boolean testsAlone = !folders.isEmpty() && folders.stream().allMatch(ImageFolder::isTests);
        return testsAlone ? folders.get(0) : folder;
    }

    /** What the folder of a part may be called. */
    static List<String> names(Split split) {
        return split == Split.TRAIN ? List.of(TRAINING) : TEST_NAMES;
    }

    private static boolean isTests(Path place) {
        return TEST_NAMES.contains(String.valueOf(place.getFileName()));
    }

    private static List<String> classes(Path place, List<String> wanted) {
        List<String> found = list(place)
                .filter(Files::isDirectory)
                .map(path -> path.getFileName().toString())
                .toList();
        if (found.isEmpty() || found.size() > Dataset.MOST_CLASSES) {
            throw new InputException(place + ": " + found.size() + " folders, expected one for each of 1 to "
                    + Dataset.MOST_CLASSES + " classes");
        }
        if (wanted.isEmpty()) {
            return found;
        }
        if (!new TreeSet<>(found).equals(new TreeSet<>(wanted))) {
            throw new InputException(place + ": folders " + found + ", but the network has the classes " + wanted);
        }
        return wanted;
    }

    private static List<Labelled> files(Path place, List<String> names) {
        List<Labelled> files = new ArrayList<>();
        for (int label = 0; label < names.size(); label++) {
            Path folder = place.resolve(names.get(label));
            if (!Files.isDirectory(folder)) {
                throw new InputException(folder + ": there is no such folder, expected one for each class");
            }
            int index = label;
            list(folder).filter(ImageFolder::isImage).forEach(file -> files.add(new Labelled(file, index)));
        }
        return files;
    }

    static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
    }

    /** What is in a folder, in the order of names, hidden files left out. */
    static Stream<Path> list(Path folder) {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(path -> !path.getFileName().toString().startsWith(".")).sorted().toList().stream();
        } catch (IOException e) {
            throw new InputException(folder + ": cannot be read as a folder: " + e, e);
        }
    }

    private static LabelledImages read(List<Labelled> files, int[] chosen) {
        List<Labelled> images = Arrays.stream(chosen).mapToObj(files::get).toList();
        return new LabelledImages(
                FilePixels.of(images.stream().map(Labelled::file).toList()),
                images.stream().mapToInt(Labelled::label).toArray());
    }
}
