package org.ambispike.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.ambispike.common.InputException;
import org.ambispike.io.Resources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be imported is refused by name, with the reason. */
class OnnxRefusalsTest {
    @TempDir
    private Path folder;

    /** What is said of the last node of a network over images [N, 4, 8, 6]. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    group 2 does not divide its 3 outputs                   | Conv(x, ~[3, 2, 3, 3], group = 2)
                    do not fit to an input of 4 channels in 2 groups        | Conv(x, ~[4, 4, 3, 3], group = 2)
                    do not fit to an input of 4 channels                    | conv(x, 3, 4, 3, 1, 1)
                    training mode      | BatchNormalization(x, +[4], +[4], +[4], +[4], training_mode = 1)
                    of channel 0 is not finite   | BatchNormalization(x, +[4], +[4], +[4], {-1, -1, -1, -2}[4])
                    which has another number of values                      | Reshape(x, Gather(Shape(x), [1, 0]))
                    inside a network, as in attention                       | Softmax(x)
                    train the network with one of these                     | Sigmoid(x)
                    "its attribute 'magic' is not supported"                | Relu(x, magic = 1)
                    "its attribute 'alpha' is of type INT"                  | LeakyRelu(x, alpha = 1)
                    "reads 'later', which nothing before it gives"          | Add(x, later)
                    what GELU is made of                                    | Erf(x)
                    train with BatchNormalization                           | LayerNormalization(x, +[6])
                    as in a normalisation                                   | Pow(x, 2.0)
                    both depend on the image                                | Mul(x, x)
                    it divides by a value                                   | Div(x, x)
                    as attention does                                       | MatMul(x, x)
                    its weights depend on the image                         | Conv(x, x)
                    its slope is -0.5                                       | LeakyRelu(x, alpha = -0.5)
                    its slope of channel 1 is -0.25                         | PRelu(x, {1, -0.25, 0, 0}[4, 1, 1])
                    its windows are dilated           | MaxPool(x, kernel_shape = [2, 2], dilations = [2, 2])
                    kernel of 9 does not fit into 8                         | AveragePool(x, kernel_shape = [9, 1])
                    does not fit to [N, 4, 8, 6]                            | Mul(x, ~[5, 1, 1])
                    scales each place by a number                           | Mul(x, ~[8, 6])
                    do not fit together                                     | Add(x, conv(x, 4, 4, 3, 1, 0))
                    compares values with others than 0                      | Greater(x, 1.0)
                    the network is quantised                                | QuantizeLinear(x)
                    it has 3 inputs, expected at most 2                     | Expand(x, [1], [2])
                    """,
            quoteCharacter = '"')
    void theListingSaysWhy(String reason, String network) throws IOException {
        OnnxBuilder builder = new OnnxBuilder(17, -1, 4, 8, 6);
        refusesTheLast(builder, OnnxText.of(network).apply(builder).get(0), reason);
    }

    @Test
    void theListingSaysWhyOfOtherDomainsAndConstants() throws IOException {
        OnnxBuilder mine = new OnnxBuilder(17, -1, 4, 8, 6);
        String last = mine.node("Relu", "x");
        mine.graph().getNodeBuilder(mine.graph().getNodeCount() - 1).setDomain("mine");
        refusesTheLast(mine, last, "of the domain 'mine'");
        OnnxBuilder text = new OnnxBuilder(17, -1, 4, 8, 6);
        text.graph()
                .addInitializer(
                        TensorProto.newBuilder().setName("text").setDataType(TensorProto.DataType.STRING_VALUE));
        refusesTheLast(text, text.node("Add", List.of("x", "text")), "of type STRING");
        OnnxBuilder values = new OnnxBuilder(17, -1, 4, 8, 6);
        String weights = values.floats(Collections.nCopies(4, Float.NaN), 1, 4, 1, 1);
        refusesTheLast(values, values.node("Conv", List.of("x", weights)), "its weights hold NaN");
    }

    private void refusesTheLast(OnnxBuilder builder, String last, String reason) throws IOException {
        OnnxImport.Result result = OnnxImport.read(write(builder.model(builder.classifier(last, 192, 3))));
        assertThat(result.network()).isEmpty();
        assertThat(result.nodes()).hasSize(builder.graph().getNodeCount());
        NodeReport refused = result.nodes().stream()
                .filter(node -> node.node().equals(last))
                .findFirst()
                .orElseThrow();
        assertThat(refused.outcome()).isEqualTo(NodeReport.Outcome.REFUSED);
        assertThat(refused.note()).contains(reason);
        assertThat(result.nodes().get(result.nodes().size() - 1).outcome()).isEqualTo(NodeReport.Outcome.BLOCKED);
        assertThat(result.refused()).containsExactly(refused);
        assertThatThrownBy(result::require)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'" + last + "' cannot be imported: ")
                .hasMessageContaining(reason);
    }

    @Test
    void everyCauseIsNamedAndNoConsequence() throws IOException {
        OnnxBuilder net = new OnnxBuilder(17, -1, 4, 8, 6);
        String y = OnnxText.of(
                        """
                        y = conv(Mul(x, Sigmoid(x)), 4, 4, 3, 1, 1);
                        y = Mul(y, Sigmoid(conv(GlobalAveragePool(y), 4, 4, 1, 1, 0)));
                        Softmax(classifier(Gelu(y), 192, 3))""")
                .apply(net)
                .get(0);
        OnnxImport.Result result = OnnxImport.read(write(net.model(y)));
        assertThat(result.refused().stream().map(NodeReport::operation)).containsExactly("Sigmoid", "Mul", "Gelu");
        assertThat(result.refused().get(0).note()).contains("it is SiLU");
        assertThat(result.refused().get(1).note()).contains("squeeze-and-excitation");
        assertThatThrownBy(result::require).hasMessageEndingWith("(and 2 more)");
    }

    /** Small files that ask for much: refused before it is made. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ConvTranspose(x, ~[4, 1, 1, 1], strides = [32768, 32768])",
                "Resize(x, _, {1, 1, 1e6, 1e6}[4])",
                "Tile(x, [1, 1, 1000000, 1000000])",
                "Expand(GlobalAveragePool(x), [1, 4, 1000000, 1000000])",
                "Add(x, ConstantOfShape([1, 4, 100000, 100000]))",
                "Pad(x, [0, 0, 0, 1099511627776, 0, 0, 0, 0])"
            })
    void whatAsksForTooMuchIsRefused(String network) throws IOException {
        OnnxBuilder net = new OnnxBuilder(17, -1, 4, 8, 6);
        Path file = write(net.model(OnnxText.of(network).apply(net).get(0)));
        assertThat(Resources.accepts(file, () -> OnnxImport.read(file).require()))
                .isFalse();
    }

    private Path write(ModelProto model) throws IOException {
        return Files.write(folder.resolve("network.onnx"), model.toByteArray());
    }

    private void refused(Consumer<ModelProto.Builder> change, String reason) throws IOException {
        OnnxBuilder builder = new OnnxBuilder(13, -1, 4, 8, 6);
        ModelProto.Builder model = builder.model(builder.classifier("x", 192, 3)).toBuilder();
        change.accept(model);
        Path file = write(model.build());
        assertThatThrownBy(() -> OnnxImport.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason);
    }

    @Test
    void filesAsAWholeAreRefused() throws IOException {
        refused(ModelProto.Builder::clearOpsetImport, "says no opset");
        refused(
                model -> model.getOpsetImportBuilder(0).setVersion(8),
                "is of opset 8; export it with one from 9 to 24");
        refused(ModelProto.Builder::clearGraph, "holds no network");
        refused(
                model -> model.getGraphBuilder().addOutput(model.getGraph().getOutput(0)),
                "has 2 outputs, expected 1 to 256 of different names");
        refused(
                model -> model.getGraphBuilder()
                        .addInput(model.getGraph().getInput(0).toBuilder().setName("y")),
                "has 2 inputs");
        refused(
                model -> model.getGraphBuilder()
                        .getInputBuilder(0)
                        .getTypeBuilder()
                        .getTensorTypeBuilder()
                        .getShapeBuilder()
                        .getDimBuilder(2)
                        .setDimParam("height"),
                "whose size is not fixed");
        refused(model -> model.getGraphBuilder().getOutputBuilder(0).setName("x"), "its output");
        Path text = Files.writeString(folder.resolve("text.onnx"), "no protocol buffer");
        assertThatThrownBy(() -> OnnxImport.read(text)).hasMessageStartingWith(text + ": is no ONNX file");
        assertThatThrownBy(() -> OnnxImport.read(folder)).hasMessage(folder + ": is not a regular file");
        Path none = folder.resolve("none.onnx");
        assertThatThrownBy(() -> OnnxImport.read(none)).hasMessage(none + ": there is no such file");
    }
}
