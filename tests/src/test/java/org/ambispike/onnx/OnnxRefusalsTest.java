package org.ambispike.onnx;

import static org.ambispike.onnx.OnnxBuilder.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.ambispike.common.InputException;
import org.ambispike.io.Resources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be imported is refused by name, with the reason. */
class OnnxRefusalsTest {
    /** The last node of a network over images [N, 4, 8, 6], and what is said of it. */
    private record Case(String reason, Function<OnnxBuilder, String> network) {}

    @TempDir
    private Path folder;

    private static Map<String, Case> cases() {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put(
                "grouped",
                new Case(
                        "group 2 does not divide its 3 outputs",
                        net -> net.node("Conv", List.of("x", net.random(-1, 1, 3, 2, 3, 3)), of("group", 2L))));
        cases.put(
                "grouped inputs",
                new Case(
                        "do not fit to an input of 4 channels in 2 groups",
                        net -> net.node("Conv", List.of("x", net.random(-1, 1, 4, 4, 3, 3)), of("group", 2L))));
        cases.put(
                "channels",
                new Case("do not fit to an input of 4 channels", net -> net.convolution("x", 3, 4, 3, 1, 1)));
        cases.put(
                "training",
                new Case(
                        "training mode",
                        net -> net.node(
                                "BatchNormalization",
                                List.of(
                                        "x",
                                        net.random(0, 1, 4),
                                        net.random(0, 1, 4),
                                        net.random(0, 1, 4),
                                        net.random(0, 1, 4)),
                                of("training_mode", 1L))));
        cases.put(
                "negative variance",
                new Case(
                        "of channel 0 is not finite",
                        net -> net.node(
                                "BatchNormalization",
                                List.of(
                                        "x",
                                        net.random(0, 1, 4),
                                        net.random(0, 1, 4),
                                        net.random(0, 1, 4),
                                        net.random(-2, -1, 4)))));
        cases.put(
                "batch in the wrong place",
                new Case(
                        "which has another number of values",
                        net -> net.node(
                                "Reshape",
                                List.of("x", net.node("Gather", List.of(net.node("Shape", "x"), net.longs(1L, 0L)))))));
        cases.put("softmax", new Case("inside a network, as in attention", net -> net.node("Softmax", "x")));
        cases.put("sigmoid", new Case("train the network with one of these", net -> net.node("Sigmoid", "x")));
        cases.put(
                "unknown attribute",
                new Case("its attribute 'magic' is not supported", net -> net.node("Relu", "x", of("magic", 1L))));
        cases.put(
                "attribute type",
                new Case("its attribute 'alpha' is of type INT", net -> net.node("LeakyRelu", "x", of("alpha", 1L))));
        cases.put(
                "order",
                new Case(
                        "reads 'later', which nothing before it gives", net -> net.node("Add", List.of("x", "later"))));
        causes(cases);
        return cases;
    }

    private static void causes(Map<String, Case> cases) {
        cases.put("gelu", new Case("what GELU is made of", net -> net.node("Erf", "x")));
        cases.put(
                "normalisation",
                new Case(
                        "train with BatchNormalization",
                        net -> net.node("LayerNormalization", List.of("x", net.random(0, 1, 6)))));
        cases.put("square", new Case("as in a normalisation", net -> net.node("Pow", List.of("x", net.scalar(2)))));
        cases.put("product", new Case("both depend on the image", net -> net.node("Mul", List.of("x", "x"))));
        cases.put("quotient", new Case("it divides by a value", net -> net.node("Div", List.of("x", "x"))));
        cases.put("attention", new Case("as attention does", net -> net.node("MatMul", List.of("x", "x"))));
        cases.put("weights", new Case("its weights depend on the image", net -> net.node("Conv", List.of("x", "x"))));
        cases.put("slope", new Case("its slope is -0.5", net -> net.node("LeakyRelu", "x", of("alpha", -0.5))));
        cases.put(
                "slopes",
                new Case(
                        "its slope of channel 1 is -0.25",
                        net -> net.node("PRelu", List.of("x", net.floats(List.of(1f, -0.25f, 0f, 0f), 4, 1, 1)))));
        cases.put(
                "dilated",
                new Case(
                        "its windows are dilated",
                        net -> net.node("MaxPool", "x", of("kernel_shape", 2L, 2L), of("dilations", 2L, 2L))));
        cases.put(
                "kernel",
                new Case(
                        "kernel of 9 does not fit into 8",
                        net -> net.node("AveragePool", "x", of("kernel_shape", 9L, 1L))));
        cases.put(
                "constant",
                new Case(
                        "does not fit to [N, 4, 8, 6]",
                        net -> net.node("Mul", List.of("x", net.random(1, 2, 5, 1, 1)))));
        cases.put(
                "mask",
                new Case(
                        "scales each place by a number", net -> net.node("Mul", List.of("x", net.random(1, 2, 8, 6)))));
        cases.put(
                "unlike",
                new Case(
                        "do not fit together",
                        net -> net.node("Add", List.of("x", net.convolution("x", 4, 4, 3, 1, 0)))));
        cases.put(
                "condition",
                new Case(
                        "compares values with others than 0", net -> net.node("Greater", List.of("x", net.scalar(1)))));
        cases.put("quantised", new Case("the network is quantised", net -> net.node("QuantizeLinear", "x")));
        cases.put("custom", new Case("of the domain 'mine'", net -> {
            String output = net.node("Relu", "x");
            net.graph().getNodeBuilder(net.graph().getNodeCount() - 1).setDomain("mine");
            return output;
        }));
        cases.put("type", new Case("of type STRING", net -> {
            net.graph()
                    .addInitializer(
                            TensorProto.newBuilder().setName("text").setDataType(TensorProto.DataType.STRING_VALUE));
            return net.node("Add", List.of("x", "text"));
        }));
        cases.put(
                "values",
                new Case(
                        "its weights hold NaN",
                        net -> net.node(
                                "Conv",
                                List.of("x", net.floats(java.util.Collections.nCopies(4, Float.NaN), 1, 4, 1, 1)))));
    }

    static Stream<String> names() {
        return cases().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void theListingSaysWhy(String name) throws IOException {
        OnnxBuilder builder = new OnnxBuilder(17, -1, 4, 8, 6);
        Case tested = cases().get(name);
        String last = tested.network().apply(builder);
        OnnxImport.Result result = OnnxImport.read(write(builder.model(builder.classifier(last, 192, 3))));
        assertThat(result.network()).isEmpty();
        assertThat(result.nodes()).hasSize(builder.graph().getNodeCount());
        NodeReport refused = result.nodes().stream()
                .filter(node -> node.node().equals(last))
                .findFirst()
                .orElseThrow();
        assertThat(refused.outcome()).isEqualTo(NodeReport.Outcome.REFUSED);
        assertThat(refused.note()).contains(tested.reason());
        assertThat(result.nodes().get(result.nodes().size() - 1).outcome()).isEqualTo(NodeReport.Outcome.BLOCKED);
        assertThat(result.refused()).containsExactly(refused);
        assertThatThrownBy(result::require)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'" + last + "' cannot be imported: ")
                .hasMessageContaining(tested.reason());
    }

    @Test
    void everyCauseIsNamedAndNoConsequence() throws IOException {
        OnnxBuilder net = new OnnxBuilder(17, -1, 4, 8, 6);
        String silu = net.node("Mul", List.of("x", net.node("Sigmoid", "x")));
        String y = net.convolution(silu, 4, 4, 3, 1, 1);
        String gate = net.node("Sigmoid", net.convolution(net.node("GlobalAveragePool", y), 4, 4, 1, 1, 0));
        y = net.node("Mul", List.of(y, gate));
        y = net.node("Softmax", net.classifier(net.node("Gelu", y), 192, 3));
        OnnxImport.Result result = OnnxImport.read(write(net.model(y)));
        assertThat(result.refused().stream().map(NodeReport::operation)).containsExactly("Sigmoid", "Mul", "Gelu");
        assertThat(result.refused().get(0).note()).contains("it is SiLU");
        assertThat(result.refused().get(1).note()).contains("squeeze-and-excitation");
        assertThatThrownBy(result::require).hasMessageEndingWith("(and 2 more)");
    }

    /** Small files that ask for much: refused before it is made. */
    @Test
    void whatAsksForTooMuchIsRefused() throws IOException {
        List<Function<OnnxBuilder, String>> networks = List.of(
                net -> net.node(
                        "ConvTranspose", List.of("x", net.random(-1, 1, 4, 1, 1, 1)), of("strides", 32768L, 32768L)),
                net -> net.node("Resize", List.of("x", "", net.floats(List.of(1f, 1f, 1e6f, 1e6f), 4))),
                net -> net.node("Tile", List.of("x", net.longs(1L, 1L, 1_000_000L, 1_000_000L))),
                net -> net.node(
                        "Expand",
                        List.of(net.node("GlobalAveragePool", "x"), net.longs(1L, 4L, 1_000_000L, 1_000_000L))),
                net -> net.node(
                        "Add", List.of("x", net.node("ConstantOfShape", net.longs(1L, 4L, 100_000L, 100_000L)))),
                net -> net.node("Pad", List.of("x", net.longs(0L, 0L, 0L, 1L << 40, 0L, 0L, 0L, 0L))));
        for (Function<OnnxBuilder, String> network : networks) {
            OnnxBuilder net = new OnnxBuilder(17, -1, 4, 8, 6);
            Path file = write(net.model(network.apply(net)));
            assertThat(Resources.accepts(file, () -> OnnxImport.read(file).require()))
                    .isFalse();
        }
    }

    private Path write(ModelProto model) throws IOException {
        return Files.write(folder.resolve("network.onnx"), model.toByteArray());
    }

    private void refused(UnaryOperator<ModelProto.Builder> change, String reason) throws IOException {
        OnnxBuilder builder = new OnnxBuilder(13, -1, 4, 8, 6);
        ModelProto model = builder.model(builder.classifier("x", 192, 3));
        Path file = write(change.apply(model.toBuilder()).build());
        assertThatThrownBy(() -> OnnxImport.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason);
    }

    @Test
    void filesAsAWholeAreRefused() throws IOException {
        refused(model -> model.clearOpsetImport(), "says no opset");
        refused(
                model -> {
                    model.getOpsetImportBuilder(0).setVersion(8);
                    return model;
                },
                "is of opset 8; export it with one from 9 to 24");
        refused(model -> model.clearGraph(), "holds no network");
        refused(
                model -> {
                    model.getGraphBuilder().addOutput(model.getGraph().getOutput(0));
                    return model;
                },
                "has 2 outputs, expected 1 to 256 of different names");
        refused(
                model -> {
                    model.getGraphBuilder()
                            .addInput(model.getGraph().getInput(0).toBuilder().setName("y"));
                    return model;
                },
                "has 2 inputs");
        refused(
                model -> {
                    model.getGraphBuilder()
                            .getInputBuilder(0)
                            .getTypeBuilder()
                            .getTensorTypeBuilder()
                            .getShapeBuilder()
                            .getDimBuilder(2)
                            .setDimParam("height");
                    return model;
                },
                "whose size is not fixed");
        refused(
                model -> {
                    model.getGraphBuilder().getOutputBuilder(0).setName("x");
                    return model;
                },
                "its output");
        Path text = Files.writeString(folder.resolve("text.onnx"), "no protocol buffer");
        assertThatThrownBy(() -> OnnxImport.read(text)).hasMessageStartingWith(text + ": is no ONNX file");
        assertThatThrownBy(() -> OnnxImport.read(folder)).hasMessage(folder + ": is not a regular file");
        Path none = folder.resolve("none.onnx");
        assertThatThrownBy(() -> OnnxImport.read(none)).hasMessage(none + ": there is no such file");
    }
}
