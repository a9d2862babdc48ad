package org.ambispike.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Activations of a convolution's [N, 3, 4, 5], written as one operation or by hand. */
class OnnxActivationsTest {
    @TempDir
    private Path folder;

    /** @param slope of the one activation that it becomes; NaN where it becomes several, or has thresholds */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0.1  | Max(y, Mul(y, 0.1))
                    0.1  | Max(Mul(0.1, y), y)
                    0.1  | a = Mul(0.1, y); Add(Relu(Sub(y, a)), a)
                    0.25 | Add(Mul(y, 0.25), Mul(Relu(y), 0.75))
                    0.2  | Sub(Relu(y), Mul(Relu(Neg(y)), 0.2))
                    0.1  | Where(Greater(y, 0.0), y, Mul(y, 0.1))
                    0.1  | Where(Less(y, 0.0), Mul(y, 0.1), y)
                    0    | Max(0.0, y)
                    0.3  | Add(Mul(Min(y, Mul(y, 0.0)), 0.3), Max(y, 0.0))
                    NaN  | PRelu(y, {0.1, 0, 1}[3, 1, 1])
                    NaN  | PRelu(y, {0.1, 2, 1.5}[3, 1, 1])
                    NaN  | LeakyRelu(y, alpha = 1.5)
                    NaN  | Max(Mul(y, 2.0), Mul(y, 3.0))
                    NaN  | Abs(y)
                    NaN  | Max(y, Neg(y))
                    NaN  | Min(Max(y, conv(x, 3, 3, 3, 1, 1)), x)
                    NaN  | clip(y, 0, 0.6)
                    NaN  | Min(Relu(y), 0.6)
                    NaN  | clip(y, -1, 1)
                    NaN  | Clip(LeakyRelu(y, alpha = 0.5), -0.2, 0.7)
                    NaN  | Max(LeakyRelu(y, alpha = 0.5), -0.2)
                    NaN  | Clip(LeakyRelu(y, alpha = 0.5), _, 0.3)
                    NaN  | clip(y, 0.1, 0.6)
                    NaN  | clip(y, -0.7, -0.1)
                    0    | Clip(clip(y, -inf, 3.4e38), 0.0, inf)
                    NaN  | HardSigmoid(y)
                    """)
    void resultsAreThoseOfOnnxRuntime(double slope, String activation) {
        String last = activation.replaceFirst("[^;]*$", "z = $0");
        String text = "y = conv(x, 3, 3, 3, 1, 1); " + last + "; conv(z, 3, 2, 3, 1, 1)";
        Graph graph = OnnxComparison.assertSame(folder, 13, List.of(3L, 4L, 5L), OnnxText.of(text))
                .require()
                .graph();
        List<Node> neurons = graph.neurons();
        assertThat(neurons).isNotEmpty();
        if (!Double.isNaN(slope)) {
            assertThat(graph.nodes()).as(graph.nodes().toString()).hasSize(5);
            assertThat(neurons).hasSize(1);
            assertThat(((Op.Activation) neurons.get(0).op()).alpha()).isCloseTo(slope, within(1e-7));
        }
    }
}
