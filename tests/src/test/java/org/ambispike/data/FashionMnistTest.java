package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.ambispike.common.InputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FashionMnistTest {
    @TempDir
    Path folder;

    @BeforeEach
    void makeFiles() {
        IdxFiles.fashionMnist(folder);
    }

    @Test
    void loadsBothParts() {
        Dataset train = FashionMnist.load(Split.TRAIN, folder);
        assertThat(train.size()).isEqualTo(3);
        assertThat(train.label(0)).isEqualTo(9);
        assertThat(train.classNames().get(train.label(0))).isEqualTo("Ankle boot");
        assertThat(Byte.toUnsignedInt(train.image(0)[200])).isEqualTo(200);
        assertThat(train).hasToString("Fashion-MNIST (3 images [28, 28, 1], 10 classes)");
        assertThat(FashionMnist.load(Split.TEST, folder).size()).isEqualTo(2);
    }

    @Test
    void refusesImagesAndLabelsThatDifferInCount() {
        replace("train-labels-idx1-ubyte.gz", IdxFiles.idx(new int[] {2}, new byte[2]));
        refuses(Split.TRAIN, "train-labels-idx1-ubyte.gz", "2 labels, expected 3, one for each image");
    }

    @Test
    void refusesLabelsOutOfRange() {
        replace("t10k-labels-idx1-ubyte", IdxFiles.idx(new int[] {2}, new byte[] {3, 10}));
        refuses(Split.TEST, "t10k-labels-idx1-ubyte", "label 10 of image 1, expected 0 to 9");
        replace("t10k-labels-idx1-ubyte", IdxFiles.idx(new int[] {2}, new byte[] {-1, 3}));
        refuses(Split.TEST, "t10k-labels-idx1-ubyte", "label 255 of image 0");
    }

    @Test
    void refusesImagesOfAnotherSize() {
        replace("train-images-idx3-ubyte", IdxFiles.idx(new int[] {3, 32, 28}, new byte[3 * 32 * 28]));
        refuses(Split.TRAIN, "train-images-idx3-ubyte", "images [32, 28, 1], expected [28, 28, 1]");
    }

    @Test
    void namesTheMissingFile() throws IOException {
        Files.delete(folder.resolve("t10k-images-idx3-ubyte.gz"));
        assertThatThrownBy(() -> FashionMnist.load(Split.TEST, folder))
                .isInstanceOf(InputException.class)
                .hasMessage(folder + ": lacks t10k-images-idx3-ubyte (or t10k-images-idx3-ubyte.gz)");
        assertThat(FashionMnist.missingFiles(folder, EnumSet.allOf(Split.class)))
                .containsExactly("t10k-images-idx3-ubyte");
    }

    private void replace(String name, byte[] content) {
        IdxFiles.write(folder.resolve(name), content);
    }

    private void refuses(Split split, String file, String message) {
        assertThatThrownBy(() -> FashionMnist.load(split, folder))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(folder.resolve(file) + ": ")
                .hasMessageContaining(message);
    }
}
