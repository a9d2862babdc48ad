package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Test;

class AugmenterTest {
    private static final Shape SMALL = Shape.of(2, 3, 1);
    private static final byte[] IMAGE = {1, 2, 3, 4, 5, 6};

    @Test
    void shiftsByHand() {
        assertThat(shifted(0, 0)).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(shifted(1, 0)).containsExactly(0, 0, 0, 1, 2, 3);
        assertThat(shifted(-1, 0)).containsExactly(4, 5, 6, 0, 0, 0);
        assertThat(shifted(0, 1)).containsExactly(0, 1, 2, 0, 4, 5);
        assertThat(shifted(0, -2)).containsExactly(3, 0, 0, 6, 0, 0);
        assertThat(shifted(1, -1)).containsExactly(0, 0, 0, 2, 3, 0);
        assertThat(shifted(-1, 1)).containsExactly(0, 4, 5, 0, 0, 0);
    }

    @Test
    void shiftsAndFlipsKeepChannelsTogether() {
        Augmenter augmenter = augmenter(Augmentation.none(), Shape.of(1, 3, 2));
        byte[] shifted = IMAGE.clone();
        augmenter.shift(shifted, 0, 1);
        assertThat(shifted).containsExactly(0, 0, 1, 2, 3, 4);
        byte[] flipped = IMAGE.clone();
        augmenter.flip(flipped);
        assertThat(flipped).containsExactly(5, 6, 3, 4, 1, 2);
    }

    @Test
    void flipsByHand() {
        byte[] flipped = IMAGE.clone();
        augmenter(Augmentation.none(), SMALL).flip(flipped);
        assertThat(flipped).containsExactly(3, 2, 1, 6, 5, 4);
    }

    @Test
    void drawsEveryShiftAndFlipAboutEquallyOften() {
        Augmenter augmenter = augmenter(Augmentation.shiftAndFlip(1, true), SMALL);
        Map<String, Integer> seen = new HashMap<>();
        int draws = 18_000;
        for (int index = 0; index < draws; index++) {
            byte[] image = IMAGE.clone();
            augmenter.apply(image, 7, 3, index);
            seen.merge(Arrays.toString(image), 1, Integer::sum);
        }
        Set<String> possible = new HashSet<>();
        for (int rows = -1; rows <= 1; rows++) {
            for (int columns = -1; columns <= 1; columns++) {
                byte[] image = shifted(rows, columns);
                possible.add(Arrays.toString(image));
                augmenter.flip(image);
                possible.add(Arrays.toString(image));
            }
        }
        assertThat(seen.keySet()).isEqualTo(possible).hasSize(18);
        // binomial with mean 1000 and deviation 31
        assertThat(seen.values()).allSatisfy(count -> assertThat(count).isCloseTo(1000, within(160)));
    }

    @Test
    void withoutFlipNeverMirrors() {
        Augmenter augmenter = augmenter(Augmentation.shiftAndFlip(0, false), SMALL);
        for (int index = 0; index < 100; index++) {
            byte[] image = IMAGE.clone();
            augmenter.apply(image, 1, 1, index);
            assertThat(image).isEqualTo(IMAGE);
        }
    }

    @Test
    void dependsOnSeedEpochAndIndexAlone() {
        Shape shape = Shape.of(8, 8, 3);
        Augmentation augmentation =
                Augmentation.shiftAndFlip(2, true).then(Augmentation.erase(0.5)).then(Augmentation.none());
        byte[] expected = augmented(augmenter(augmentation, shape), 5, 2, 11);
        Augmenter used = augmenter(augmentation, shape);
        for (int index = 0; index < 10; index++) {
            augmented(used, 5, 9, index);
        }
        assertThat(augmented(used, 5, 2, 11)).isEqualTo(expected);
        assertThat(changes(used, 5, 2, 0)).isGreaterThan(90);
        assertThat(changes(used, 0, 2, 1)).isGreaterThan(90);
        assertThat(changes(used, 5, 0, 2)).isGreaterThan(90);
    }

    @Test
    void erasesOneRectangleOfTheStatedArea() {
        Shape shape = Shape.of(20, 30, 1);
        Augmenter augmenter = augmenter(Augmentation.erase(1), shape);
        int largest = 0;
        for (int index = 0; index < 500; index++) {
            int top = 20;
            int bottom = -1;
            int left = 30;
            int right = -1;
            int touched = 0;
            byte[] image = new byte[600];
            byte[] other = new byte[600];
            Arrays.fill(other, (byte) 1);
            augmenter.apply(image, 4, 0, index);
            augmenter.apply(other, 4, 0, index);
            for (int i = 0; i < 600; i++) {
                // equal from different backgrounds: the value was erased
                if (image[i] == other[i]) {
                    touched++;
                    top = Math.min(top, i / 30);
                    bottom = Math.max(bottom, i / 30);
                    left = Math.min(left, i % 30);
                    right = Math.max(right, i % 30);
                }
            }
            assertThat(touched).isEqualTo((bottom - top + 1) * (right - left + 1));
            assertThat(touched).isBetween(6, 265);
            largest = Math.max(largest, touched);
        }
        assertThat(largest).isGreaterThan(200);
    }

    @Test
    void erasesAsOftenAsStated() {
        Augmenter augmenter = augmenter(Augmentation.erase(0.25), Shape.of(20, 20, 1));
        int changed = 0;
        for (int index = 0; index < 4000; index++) {
            byte[] image = new byte[400];
            augmenter.apply(image, 8, 0, index);
            changed += Arrays.equals(image, new byte[400]) ? 0 : 1;
        }
        assertThat(changed).isCloseTo(1000, within(140));
    }

    @Test
    void refusesSettingsWithoutSense() {
        assertThatIllegalArgumentException().isThrownBy(() -> Augmentation.shiftAndFlip(-1, true));
        assertThatIllegalArgumentException().isThrownBy(() -> Augmentation.erase(1.5));
        assertThatIllegalArgumentException().isThrownBy(() -> Augmentation.erase(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> new Augmentation.Erase(0.5, 0.5, 0.2, 0.3));
        Augmentation nested = Augmentation.none().then(Augmentation.shiftAndFlip(2, false));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> augmenter(nested, SMALL))
                .withMessage("a shift of 2 moves images [2, 3, 1] out of sight");
    }

    private static byte[] shifted(int rows, int columns) {
        byte[] image = IMAGE.clone();
        augmenter(Augmentation.none(), SMALL).shift(image, rows, columns);
        return image;
    }

    private static byte[] augmented(Augmenter augmenter, long seed, int epoch, int index) {
        byte[] image = IdxFiles.ramp(192);
        augmenter.apply(image, seed, epoch, index);
        return image;
    }

    /** How many of 100 neighbours along one coordinate (0 seed, 1 epoch, 2 index) are augmented otherwise. */
    private static int changes(Augmenter augmenter, long seed, int epoch, int coordinate) {
        int changes = 0;
        for (int i = 0; i < 100; i++) {
            int next = i + 1;
            byte[] one = augmented(augmenter, coordinate == 0 ? i : seed, coordinate == 1 ? i : epoch, i);
            byte[] two = augmented(
                    augmenter,
                    coordinate == 0 ? next : seed,
                    coordinate == 1 ? next : epoch,
                    coordinate == 2 ? next : i);
            changes += Arrays.equals(one, two) ? 0 : 1;
        }
        return changes;
    }

    @Test
    void cutsASquareAsFarAsItLiesInTheImage() {
        Augmenter augmenter =
                new Augmenter(Augmentation.none(), Shape.of(3, 4, 1), new Normalisation(List.of(0.2f), List.of(1f)));
        byte[] middle = new byte[12];
        augmenter.cut(middle, 1, 2, 2);
        assertThat(middle).containsExactly(0, 51, 51, 0, 0, 51, 51, 0, 0, 0, 0, 0);
        byte[] corner = new byte[12];
        augmenter.cut(corner, 2, 3, 3);
        assertThat(corner).containsExactly(0, 0, 0, 0, 0, 0, 51, 51, 0, 0, 51, 51);
    }

    private static Augmenter augmenter(Augmentation augmentation, Shape shape) {
        return new Augmenter(augmentation, shape, Normalisation.none(shape.extent(-1)));
    }
}
