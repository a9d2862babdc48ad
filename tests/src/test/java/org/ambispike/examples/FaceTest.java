package org.ambispike.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Boxes from a map, and which of them are kept and found. */
class FaceTest {
    private static final Face A = new Face(0, 0, 0.5, 0.5, 0.9);
    private static final Face NEAR_A = new Face(0.1, 0, 0.5, 0.5, 0.8);
    private static final Face B = new Face(0.6, 0.6, 0.2, 0.2, 0.95);

    @Test
    void overlapIsSharedOverCoveredArea() {
        assertThat(A.overlap(A)).isEqualTo(1);
        assertThat(A.overlap(NEAR_A)).isCloseTo(0.2 / 0.3, within(1e-12));
        assertThat(A.overlap(B)).isZero();
        assertThat(A.overlap(new Face(0.5, 0, 0.1, 0.1, 1))).isZero();
    }

    @Test
    void theSurestOfOverlappingBoxesAreKept() {
        assertThat(Face.withoutOverlaps(List.of(NEAR_A, A, B), 0.4)).containsExactly(B, A);
        assertThat(Face.withoutOverlaps(List.of(NEAR_A, A, B), 0.7)).containsExactly(B, A, NEAR_A);
    }

    @Test
    void eachFaceIsFoundByABoxOfItsOwn() {
        assertThat(Face.found(List.of(A, B), List.of(B, NEAR_A))).isEqualTo(2);
        assertThat(Face.found(List.of(A, NEAR_A), List.of(A))).isEqualTo(1);
        assertThat(Face.found(List.of(A), List.of(B))).isZero();
        assertThat(Face.found(List.of(), List.of(B))).isZero();
    }

    /** The third place of two by two, with the second anchor. */
    @Test
    void boxesAreDecodedFromTheMap() {
        float[] map = new float[2 * 2 * 25];
        java.util.Arrays.fill(map, -20);
        int box = (2 * 5 + 1) * 5;
        map[box] = 0;
        map[box + 1] = (float) Math.log(3);
        map[box + 2] = (float) Math.log(0.1);
        map[box + 3] = 0;
        map[box + 4] = (float) Math.log(9);
        List<Face> faces = FaceDetector.faces(map);
        assertThat(faces).hasSize(1);
        Face face = faces.get(0);
        assertThat(face.score()).isCloseTo(0.9, within(1e-6));
        assertThat(face.width()).isCloseTo(0.6041143 / 2, within(1e-6));
        assertThat(face.height()).isCloseTo(7.080126 / 2, within(1e-6));
        assertThat(face.left() + face.width() / 2).isCloseTo(0.25, within(1e-6));
        assertThat(face.top() + face.height() / 2).isCloseTo(0.875, within(1e-6));
        map[box + 4] = 0;
        assertThat(FaceDetector.faces(map))
                .as("a score of one half is not sure")
                .isEmpty();
        assertThatThrownBy(() -> FaceDetector.faces(new float[7])).isInstanceOf(IllegalArgumentException.class);
    }
}
