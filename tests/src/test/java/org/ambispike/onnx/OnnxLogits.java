package org.ambispike.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Whether two programs computed the same logits. */
final class OnnxLogits {
    private static final double TOLERANCE = 1e-4;

    private OnnxLogits() {}

    /** Within 1e-4 or, where logits are larger than 1, of the largest. */
    static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double size = 1;
        for (float logit : expected) {
            size = Math.max(size, Math.abs(logit));
        }
        for (int index = 0; index < expected.length; index++) {
            assertThat((double) actual[index])
                    .as("logit " + index)
                    .isCloseTo(expected[index], within(TOLERANCE * size));
        }
    }
}
