package org.ambispike.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SlopedTest {
    private static Op.Activation leaky(double alpha, Double... slopes) {
        return new Op.Activation(Op.ActivationKind.LEAKY, alpha, 0, false, List.of(slopes));
    }

    @Test
    void aChannelHasItsOwnSlopeOrThatOfAll() {
        assertThat(leaky(0.5).slopes(3)).containsExactly(0.5f, 0.5f, 0.5f);
        assertThat(leaky(0, 0.5, 0.0, 1.0).slopes(3)).containsExactly(0.5f, 0, 1);
        assertThat(leaky(0, 0.5, 0.0, 1.0).slope(2)).isEqualTo(1);
        assertThat(leaky(0.5).slopeText()).isEqualTo("0.5");
        assertThat(leaky(0, 0.5, 0.0, 1.0).slopeText()).isEqualTo("0.0 to 1.0 by channel");
    }

    @Test
    void withoutAnySlopeAnActivationIsRectified() {
        assertThat(leaky(0).isRectified()).isTrue();
        assertThat(leaky(0, 0.0, 0.0).isRectified()).isTrue();
        assertThat(leaky(0, 0.0, 0.1).isRectified()).isFalse();
        assertThat(leaky(0.1).isRectified()).isFalse();
    }

    @Test
    void whatIsNoSlopeIsRefused() {
        refused(() -> leaky(0.1, 0.2), "alpha must be 0, got 0.1");
        refused(() -> leaky(0, 0.2, -0.1), "to 1; got -0.1");
        refused(() -> leaky(Double.NaN), "to 1; got NaN");
        refused(() -> graph(leaky(0, 0.2, 0.1)), "node 'act' has 2 slopes, expected one for each channel, gets [3]");
    }

    @Test
    void onlyNeuronsThatAreTheirOwnWorkWithoutASlope() {
        for (NeuronModel model : NeuronModel.values()) {
            if (model.worksRectified()) {
                assertThat(new Op.Spike(model, 0, false).isRectified()).isTrue();
            } else {
                refused(() -> new Op.Spike(model, 0, false), "needs a slope alpha above 0");
                refused(() -> new Op.Spike(model, 0, false, 1, List.of(0.0, 0.0)), "needs a slope alpha above 0");
            }
            graph(new Op.Spike(model, 0, false, 1, List.of(0.1, 0.0, 0.0)));
        }
    }

    private static Graph graph(Op op) {
        return new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(3)), List.of()), new Node("act", op, List.of("input"))));
    }

    private static void refused(Runnable making, String reason) {
        assertThatThrownBy(making::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
