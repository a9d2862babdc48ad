package org.ambispike.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Test;

/** Batches of passes are as large as asked for, unless what lies between layers would fill memory. */
class PassPlanTest {
    private static Graph convolution(int side) {
        Op.Activation relu = new Op.Activation(Op.ActivationKind.LEAKY, 0, 0, false);
        return new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(side, side, 3)), List.of()),
                new Node("conv", new Op.Conv2d(new ConvGeometry(side, side, 3, 64, 3, 1, 1)), List.of("input")),
                new Node("act", relu, List.of("conv"))));
    }

    @Test
    void smallImagesComeInTheBatchThatIsAskedFor() {
        assertThat(PassPlan.fitting(convolution(28), 100, 8, false)).isEqualTo(100);
        assertThat(PassPlan.whole(100, 8).fitting(convolution(28))).isEqualTo(PassPlan.whole(100, 8));
    }

    @Test
    void largeOnesInFewerAndOneAtLeast() {
        // 224 * 224 * 64 floats are 12.25 MiB, of which three are alive, and a fourth is kept
        assertThat(PassPlan.fitting(convolution(224), 4, 1, true)).isEqualTo(4);
        assertThat(PassPlan.fitting(convolution(224), 100, 1, true)).isEqualTo(5);
        assertThat(PassPlan.fitting(convolution(224), 100, 8, false)).isEqualTo(1);
        assertThat(PassPlan.fitting(convolution(224), 100, 64, false)).isEqualTo(1);
        assertThat(PassPlan.whole(100, 1).withRates().fitting(convolution(224)).batch())
                .isEqualTo(5);
    }
}
