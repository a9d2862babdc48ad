package org.ambispike.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WindowAxisTest {
    static Stream<WindowAxis> axes() {
        Random random = new Random(3);
        return Stream.generate(() -> {
                    int kernel = 1 + random.nextInt(5);
                    int dilation = 1 + random.nextInt(3);
                    int before = random.nextInt(9);
                    int after = random.nextInt(9);
                    int extent = (kernel - 1) * dilation + 1 + random.nextInt(9);
                    return WindowAxis.padded(extent, kernel, 1 + random.nextInt(4), dilation, before, after);
                })
                .limit(200);
    }

    private static boolean isWhole(WindowAxis axis, int window) {
        return IntStream.range(0, axis.kernel()).allMatch(tap -> axis.isInside(window, tap));
    }

    @ParameterizedTest
    @MethodSource("axes")
    void wholeWindowsLieTogether(WindowAxis axis) {
        for (int window = 0; window < axis.windows(); window++) {
            assertThat(window >= axis.firstWhole() && window < axis.behindLastWhole())
                    .isEqualTo(isWhole(axis, window));
        }
    }

    @ParameterizedTest
    @MethodSource("axes")
    void anAxisIsSymmetricWhereTheSamePaddingOnBothSidesGivesIt(WindowAxis axis) {
        WindowAxis same = WindowAxis.padded(
                axis.extent(), axis.kernel(), axis.stride(), axis.dilation(), axis.padding(), axis.padding());
        assertThat(axis.isSymmetric()).isEqualTo(same.equals(axis));
    }

    @Test
    void aConvolutionHasAllWindowsThatFit() {
        WindowAxis all = WindowAxis.padded(9, 3, 2, 1, 1, 0);
        WindowAxis fewer = new WindowAxis(9, 3, 2, 1, 1, all.windows() - 1);
        assertThat(new ConvGeometry(1, 1, 1, all, all).outWidth()).isEqualTo(4);
        assertThatThrownBy(() -> new ConvGeometry(1, 1, 1, all, fewer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 places unread");
    }

    @Test
    void windowsMustNotReachTooFar() {
        assertThatThrownBy(() -> new WindowAxis(1, 1, 1 << 15, 1, 0, 1 << 24))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("beyond the map");
    }
}
