package org.ambispike.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Published data sets that are found, or fetched, without a user naming their folder. */
public enum Published {
    FASHION_MNIST(FashionMnist.NAME, "fashion-mnist", "fashion-mnist", " (plain or .gz)", 60_000) {
        @Override
        List<String> missingFiles(Path folder, Set<Split> parts) {
            return FashionMnist.missingFiles(folder, parts);
        }

        @Override
        ImageSource source(Path folder) {
            return new FashionMnistFolder(folder);
        }

        @Override
        boolean holds(String dataset) {
            return dataset.equals(FashionMnist.NAME);
        }

        @Override
        String remedy(Path cache) {
            return "put the four files of https://github.com/zalandoresearch/fashion-mnist ("
                    + String.join(".gz, ", missingFiles(cache, EnumSet.allOf(Split.class))) + ".gz) into " + cache
                    + ", name their folder with --data, or install Debian's package dataset-fashion-mnist";
        }
    },

    CIFAR_10(Cifar10.NAME, "cifar-10", "cifar-10-batches-bin", "", 50_000) {
        @Override
        List<String> missingFiles(Path folder, Set<Split> parts) {
            return Cifar10.missingFiles(folder, parts);
        }

        @Override
        ImageSource source(Path folder) {
            return new CifarFolder(folder);
        }

        @Override
        boolean holds(String dataset) {
            return dataset.equals(Cifar10.NAME) || dataset.equals(Cifar10.JPEG_NAME);
        }

        @Override
        String remedy(Path cache) {
            return "unpack cifar-10-binary.tar.gz of https://www.cs.toronto.edu/~kriz/cifar.html into "
                    + cache.getParent() + ", or name the folder with its .bin files with --data";
        }
    };

    private final String label;
    private final String word;
    private final String folder;
    private final String forms;
    private final int trainingImages;

    Published(String label, String word, String folder, String forms, int trainingImages) {
        this.label = label;
        this.word = word;
        this.folder = folder;
        this.forms = forms;
        this.trainingImages = trainingImages;
    }

    /** The data set that images of this name belong to, if it is one of these. */
    public static Optional<Published> of(String dataset) {
        return Arrays.stream(values()).filter(set -> set.holds(dataset)).findFirst();
    }

    /** How many images to train on there are, those held out for validation among them. */
    public int trainingImages() {
        return trainingImages;
    }

    /** How many test images there are. */
    public int testImages() {
        return 10_000;
    }

    /** For people. */
    public String label() {
        return label;
    }

    /** What {@code build-scripts/fetch-data.sh} calls it. */
    public String word() {
        return word;
    }

    /** The folder that holds its files, inside one for data sets. */
    String folder() {
        return folder;
    }

    /** In what forms files may be there, for messages; empty if only as they are named. */
    String forms() {
        return forms;
    }

    /** The names of the files of some parts that a folder must hold but does not. */
    abstract List<String> missingFiles(Path folder, Set<Split> parts);

    abstract ImageSource source(Path folder);

    abstract boolean holds(String dataset);

    /** What to do where it was not found and nothing can fetch it. */
    abstract String remedy(Path cache);
}
