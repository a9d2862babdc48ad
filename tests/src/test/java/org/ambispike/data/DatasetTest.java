package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Test;

class DatasetTest {
    private static final Shape IMAGE = Shape.of(1, 2, 2);
    private static final List<String> CLASSES = List.of("left", "right");
    private static final Normalisation NORMALISATION = new Normalisation(List.of(0f, 0.5f), List.of(1f, 0.5f));

    @Test
    void slicesAreViewsNumberedFromZero() {
        byte[] pixels = IdxFiles.ramp(16);
        Dataset dataset = Dataset.of("tiny", IMAGE, pixels, new int[] {0, 1, 1, 0}, CLASSES, NORMALISATION);
        Dataset validation = dataset.slice(1, 4).slice(1, 3);
        assertThat(validation.size()).isEqualTo(2);
        assertThat(validation.label(0)).isEqualTo(1);
        assertThat(validation.label(1)).isZero();
        assertThat(Byte.toUnsignedInt(validation.image(0)[3])).isEqualTo(11);
        pixels[11] = (byte) 200;
        assertThat(Byte.toUnsignedInt(validation.image(0)[3])).isEqualTo(200);
    }

    @Test
    void refusesIndicesBeyondItself() {
        Dataset slice = Dataset.of("tiny", IMAGE, new byte[16], new int[4], CLASSES, NORMALISATION)
                .slice(1, 3);
        assertThatThrownBy(() -> slice.label(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Byte.toUnsignedInt(slice.image(2)[0])).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Byte.toUnsignedInt(slice.image(0)[4])).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.slice(1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.slice(1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void refusesPartsThatDoNotFitTogether() {
        assertThatIllegalArgumentException().isThrownBy(() -> make(IMAGE, 15, new int[4], NORMALISATION));
        assertThatIllegalArgumentException().isThrownBy(() -> make(IMAGE, 0, new int[0], NORMALISATION));
        assertThatIllegalArgumentException().isThrownBy(() -> make(Shape.of(2, 2), 16, new int[4], NORMALISATION));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> make(IMAGE, 16, new int[] {0, 1, 2, 0}, NORMALISATION))
                .withMessageContaining("image 2 has label 2, expected 0 to 1");
        assertThatIllegalArgumentException().isThrownBy(() -> make(IMAGE, 16, new int[4], FashionMnist.NORMALISATION));
    }

    private static Dataset make(Shape shape, int pixels, int[] labels, Normalisation normalisation) {
        return Dataset.of("tiny", shape, new byte[pixels], labels, CLASSES, normalisation);
    }

    @Test
    void aSliceSaysOfHowManyItIs() {
        Dataset images = Dataset.unlabelled("dots", Shape.of(1, 1, 1), new byte[1200], Normalisation.none(1));
        assertThat(images.portion()).isEqualTo("1,200 of 1,200 images");
        Dataset slice = images.slice(100, 400).with(new Normalisation(List.of(0f), List.of(2f)));
        assertThat(slice.portion()).isEqualTo("300 of 1,200 images");
        assertThat(slice.slice(0, 2).portion(1)).isEqualTo("1 of 1,200 images");
    }
}
