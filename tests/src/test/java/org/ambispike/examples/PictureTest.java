package org.ambispike.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.ambispike.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureTest {
    @TempDir
    private Path folder;

    private static Picture random(int height, int width) {
        SplittableRandom random = new SplittableRandom(height * 31L + width);
        float[] pixels = new float[height * width * Picture.CHANNELS];
        for (int index = 0; index < pixels.length; index++) {
            pixels[index] = random.nextInt(256);
        }
        return new Picture(height, width, pixels);
    }

    private static Picture row(int... greys) {
        float[] pixels = new float[greys.length * Picture.CHANNELS];
        for (int index = 0; index < pixels.length; index++) {
            pixels[index] = greys[index / Picture.CHANNELS];
        }
        return new Picture(1, greys.length, pixels);
    }

    @Test
    void filesKeepEveryPixel() throws Exception {
        Picture picture = random(5, 7);
        Path file = folder.resolve("picture.png");
        Files.write(file, picture.png());
        Picture read = Picture.read(file);
        assertThat(read.height()).isEqualTo(5);
        assertThat(read.pixels()).containsExactly(picture.pixels());
        assertThat(Picture.files(folder)).containsExactly(file);
        Files.delete(file);
        assertThatThrownBy(() -> Picture.files(folder))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(folder.toString());
    }

    @Test
    void partsRepeatTheEdge() {
        Picture part = row(1, 2, 3).part(-1, -2, 2, 6);
        for (int line = 0; line < 2; line++) {
            assertThat(part.part(line, 0, 1, 6).pixels())
                    .containsExactly(row(1, 1, 1, 2, 3, 3).pixels());
        }
    }

    @Test
    void whatIsLaidOverReachesNoFurtherThanThePicture() {
        Picture both = row(1, 2, 3).with(row(7, 8), 0, 2);
        assertThat(both.pixels()).containsExactly(row(1, 2, 7).pixels());
        Picture square = row(4, 4, 4, 4).squared(2);
        assertThat(square.pixels()).containsExactly(4, 4, 4, 4, 4, 4, 0, 0, 0, 0, 0, 0);
    }

    /** As Pillow's bicubic filter gives it. */
    @Test
    void resizesByCubicInterpolation() {
        assertThat(row(0, 100, 200, 50).resized(1, 8).pixels())
                .containsExactly(row(0, 17, 71, 131, 193, 174, 81, 37).pixels());
        assertThat(row(10, 20, 200, 40, 60, 250, 0, 90).resized(1, 4).pixels())
                .containsExactly(row(36, 103, 127, 69).pixels());
    }

    @Test
    void psnrIsThatOfTheMeanSquare() {
        assertThat(row(10, 20).psnr(row(13, 16))).isCloseTo(10 * Math.log10(255 * 255 / 12.5), within(1e-9));
        assertThat(row(10, 20).psnr(row(10, 20))).isEqualTo(Double.POSITIVE_INFINITY);
    }
}
