package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Test;

class PhotoOperationsTest {
    private static final Shape GREY = Shape.of(3, 3, 1);
    private static final byte[] IMAGE = {0, 10, 20, 30, 40, 50, 60, 70, 80};

    @Test
    void movesAndShearsByHand() {
        assertThat(changed(IMAGE, (photo, image) -> photo.affine(image, 1, 0, 1, 0, 1, 0)))
                .containsExactly(10, 20, 0, 40, 50, 0, 70, 80, 0);
        assertThat(changed(IMAGE, (photo, image) -> photo.affine(image, 1, 0, 0, 0, 1, -0.5)))
                .as("half a row down")
                .containsExactly(0, 5, 10, 15, 25, 35, 45, 55, 65);
        assertThat(changed(IMAGE, (photo, image) -> photo.affine(image, 1, 1, 0, 0, 1, 0)))
                .as("the upper row from the left, the lower from the right")
                .containsExactly(0, 0, 10, 30, 40, 50, 70, 80, 0);
    }

    @Test
    void turnsByAQuarter() {
        assertThat(changed(IMAGE, (photo, image) -> photo.turn(image, Math.PI / 2)))
                .containsExactly(20, 50, 80, 10, 40, 70, 0, 30, 60);
        assertThat(changed(IMAGE, (photo, image) -> photo.turn(image, 0))).isEqualTo(IMAGE);
    }

    @Test
    void changesBrightnessAndContrastByHand() {
        byte[] image = bytes(0, 40, 80, 120, 160, 200, 240, 250, 255);
        assertThat(changed(image, (photo, copy) -> photo.brightness(copy, 0.5)))
                .isEqualTo(bytes(0, 20, 40, 60, 80, 100, 120, 125, 128));
        assertThat(changed(image, (photo, copy) -> photo.brightness(copy, 1.9)))
                .isEqualTo(bytes(0, 76, 152, 228, 255, 255, 255, 255, 255));
        // mean 149.4
        assertThat(changed(image, (photo, copy) -> photo.contrast(copy, 0)))
                .isEqualTo(bytes(149, 149, 149, 149, 149, 149, 149, 149, 149));
        assertThat(changed(image, (photo, copy) -> photo.contrast(copy, 1))).isEqualTo(image);
        assertThat(changed(image, (photo, copy) -> photo.contrast(copy, 1.5)))
                .isEqualTo(bytes(0, 0, 46, 106, 166, 226, 255, 255, 255));
    }

    @Test
    void changesColourTowardsGrey() {
        PhotoOperations photo = new PhotoOperations(Shape.of(1, 1, 3), new CounterRandom());
        byte[] grey = bytes(200, 100, 50);
        photo.colour(grey, 0);
        // 0.299 * 200 + 0.587 * 100 + 0.114 * 50 = 124.2
        assertThat(grey).isEqualTo(bytes(124, 124, 124));
        byte[] half = bytes(200, 100, 50);
        photo.colour(half, 0.5);
        assertThat(half).isEqualTo(bytes(162, 112, 87));
    }

    @Test
    void sharpensInsideTheRim() {
        byte[] point = bytes(0, 0, 0, 0, 130, 0, 0, 0, 0);
        // smoothed: 5 * 130 / 13 = 50
        assertThat(changed(point, (photo, image) -> photo.sharpness(image, 0)))
                .isEqualTo(bytes(0, 0, 0, 0, 50, 0, 0, 0, 0));
        assertThat(changed(point, (photo, image) -> photo.sharpness(image, 1.5)))
                .isEqualTo(bytes(0, 0, 0, 0, 170, 0, 0, 0, 0));
    }

    @Test
    void posterisesAndSolarisesByHand() {
        byte[] image = bytes(0, 15, 16, 31, 127, 128, 200, 254, 255);
        assertThat(changed(image, (photo, copy) -> photo.posterise(copy, 4)))
                .isEqualTo(bytes(0, 0, 16, 16, 112, 128, 192, 240, 240));
        assertThat(changed(image, (photo, copy) -> photo.posterise(copy, 8))).isEqualTo(image);
        assertThat(changed(image, (photo, copy) -> photo.solarise(copy, 128)))
                .isEqualTo(bytes(0, 15, 16, 31, 127, 127, 55, 1, 0));
    }

    @Test
    void stretchesAndEqualisesByHand() {
        byte[] image = bytes(50, 60, 70, 80, 90, 100, 110, 120, 101);
        assertThat(changed(image, (photo, copy) -> photo.stretch(copy)))
                .isEqualTo(bytes(0, 36, 73, 109, 146, 182, 219, 255, 186));
        byte[] flat = bytes(7, 7, 7, 7, 7, 7, 7, 7, 7);
        assertThat(changed(flat, (photo, copy) -> photo.stretch(copy))).isEqualTo(flat);

        PhotoOperations photo = new PhotoOperations(Shape.of(32, 32, 1), new CounterRandom());
        byte[] dark = new byte[1024];
        for (int i = 0; i < dark.length; i++) {
            dark[i] = (byte) (i / 16);
        }
        photo.equalise(dark);
        // 64 values of equal frequency, four apart
        for (int i = 0; i < dark.length; i++) {
            assertThat(dark[i] & 0xff).isBetween(i / 16 * 16 / 4, i / 16 * 16 / 3 + 1);
        }
    }

    @Test
    void randAugmentUsesEveryOperationAndChangesMoreWithMagnitude() {
        Shape shape = Shape.of(16, 16, 3);
        Set<String> seen = new HashSet<>();
        double[] distances = new double[3];
        int[] magnitudes = {0, 9, 30};
        for (int which = 0; which < magnitudes.length; which++) {
            Augmenter augmenter =
                    new Augmenter(Augmentation.randAugment(1, magnitudes[which]), shape, Normalisation.none(3));
            for (int index = 0; index < 400; index++) {
                byte[] image = picture();
                augmenter.apply(image, 1, 0, index);
                seen.add(magnitudes[which] + Arrays.toString(image));
                distances[which] += distance(image, picture());
            }
        }
        // at a fixed magnitude: 14 operations, 9 of them in two directions
        assertThat(seen.stream().filter(text -> text.startsWith("30["))).hasSize(14 + 9);
        assertThat(distances[0]).isLessThan(distances[1]);
        assertThat(distances[1]).isLessThan(distances[2]);
    }

    private static byte[] picture() {
        byte[] image = new byte[16 * 16 * 3];
        for (int i = 0; i < image.length; i++) {
            image[i] = (byte) (40 + (i * 37 % 97) + i / 8);
        }
        return image;
    }

    private static double distance(byte[] a, byte[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
        }
        return sum;
    }

    private static byte[] changed(byte[] image, BiConsumer<PhotoOperations, byte[]> change) {
        byte[] copy = image.clone();
        change.accept(new PhotoOperations(GREY, new CounterRandom()), copy);
        return copy;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
