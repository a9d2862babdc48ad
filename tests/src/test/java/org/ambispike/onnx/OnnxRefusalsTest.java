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
                "dilated",
                new Case(
                        "dilated by [2, 2]",
                        net -> net.node("Conv", List.of("x", net.random(-1, 1, 4, 4, 3, 3)), of("dilations", 2L, 2L))));
        cases.put(
                "strides",
                new Case(
                        "strides [1, 2] differ",
                        net -> net.node("Conv", List.of("x", net.random(-1, 1, 4, 4, 3, 3)), of("strides", 1L, 2L))));
        cases.put(
                "rectangular",
                new Case(
                        "kernel 2x1 with padding [0, 0, 0, 0]",
                        net -> net.node("Conv", List.of("x", net.random(-1, 1, 4, 4, 2, 1)))));
        cases.put("computed weights", new Case("input 1 is computed", net -> net.node("Conv", List.of("x", "x"))));
        cases.put(
                "channels",
                new Case("do not fit to an input of 4 channels", net -> net.convolution("x", 3, 4, 3, 1, 1)));
        cases.put(
                "maximum",
                new Case(
                        "train with average pooling",
                        net -> net.node("MaxPool", "x", of("kernel_shape", 2L, 2L), of("strides", 2L, 2L))));
        cases.put(
                "padded pooling",
                new Case(
                        "only pooling without padding",
                        net -> net.node("AveragePool", "x", of("kernel_shape", 3L, 3L), of("pads", 1L, 1L, 1L, 1L))));
        cases.put(
                "padding",
                new Case(
                        "pads its input by [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0]",
                        net -> net.node("Pad", List.of("x", net.longs(0L, 0L, 1L, 1L, 0L, 0L, 1L, 1L)))));
        cases.put(
                "cut windows",
                new Case(
                        "(ceil_mode)",
                        net -> net.node(
                                "AveragePool",
                                "x",
                                of("kernel_shape", 3L, 3L),
                                of("strides", 2L, 2L),
                                of("ceil_mode", 1L))));
        cases.put(
                "global",
                new Case("averages 8x6, but windows must be square", net -> net.node("GlobalAveragePool", "x")));
        cases.put(
                "slopes",
                new Case("4 slopes that differ", net -> net.node("PRelu", List.of("x", net.random(0, 1, 4, 1, 1)))));
        cases.put("steep", new Case("slope is 1.5", net -> net.node("LeakyRelu", "x", of("alpha", 1.5))));
        cases.put(
                "one bound",
                new Case(
                        "a neuron clips on both sides",
                        net -> net.node("Clip", List.of(net.node("LeakyRelu", "x"), "", net.scalar(6)))));
        cases.put(
                "bounds above 0",
                new Case("on either side of 0", net -> net.node("Clip", List.of("x", net.scalar(0.5), net.scalar(6)))));
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
                "normalised features",
                new Case(
                        "192 values for 4 channels of a flattened input",
                        net -> net.node(
                                "BatchNormalization",
                                List.of(
                                        net.node("Flatten", "x"),
                                        net.random(0, 1, 192),
                                        net.random(0, 1, 192),
                                        net.random(0, 1, 192),
                                        net.random(0, 1, 192)))));
        cases.put(
                "broadcast",
                new Case("it adds a constant [6]", net -> net.node("Add", List.of("x", net.random(-1, 1, 6)))));
        cases.put(
                "unequal",
                new Case(
                        "only sums of equal shapes",
                        net -> net.node("Add", List.of("x", net.convolution("x", 4, 4, 3, 1, 0)))));
        cases.put(
                "reshape",
                new Case(
                        "it reshapes [N, [4, 8, 6]] to [0, 8, 24]",
                        net -> net.node("Reshape", List.of("x", net.longs(0L, 8L, 24L)))));
        cases.put(
                "one image",
                new Case(
                        "only flattening all but the batch",
                        net -> net.node("Reshape", List.of("x", net.longs(1L, -1L)))));
        cases.put(
                "concatenation",
                new Case(
                        "branches can be added, not concatenated",
                        net -> net.node("Concat", List.of("x", "x"), of("axis", 1L))));
        cases.put(
                "batch in the wrong place",
                new Case(
                        "only flattening all but the batch",
                        net -> net.node(
                                "Reshape",
                                List.of("x", net.node("Gather", List.of(net.node("Shape", "x"), net.longs(1L, 0L)))))));
        cases.put("axis", new Case("its axis is 2", net -> net.node("Flatten", "x", of("axis", 2L))));
        cases.put(
                "maps",
                new Case(
                        "expected what Flatten gives",
                        net -> net.node("MatMul", List.of("x", net.random(-1, 1, 6, 4)))));
        cases.put("softmax", new Case("export the logits, without it", net -> net.node("Softmax", "x")));
        cases.put("sigmoid", new Case("train the network with one of these", net -> net.node("Sigmoid", "x")));
        cases.put(
                "unknown attribute",
                new Case("its attribute 'magic' is not supported", net -> net.node("Relu", "x", of("magic", 1L))));
        cases.put(
                "attribute type",
                new Case("its attribute 'alpha' is of type INT", net -> net.node("LeakyRelu", "x", of("alpha", 1L))));
        cases.put("half precision", new Case("of type FLOAT16", net -> {
            net.graph()
                    .addInitializer(
                            TensorProto.newBuilder().setName("half").setDataType(TensorProto.DataType.FLOAT16_VALUE));
            return net.node("Add", List.of("x", "half"));
        }));
        cases.put("external", new Case("in another file (external data)", net -> {
            net.graph()
                    .addInitializer(TensorProto.newBuilder()
                            .setName("far")
                            .setDataType(TensorProto.DataType.FLOAT_VALUE)
                            .setDataLocation(TensorProto.DataLocation.EXTERNAL));
            return net.node("Add", List.of("x", "far"));
        }));
        cases.put(
                "order",
                new Case(
                        "reads 'later', which nothing before it gives", net -> net.node("Add", List.of("x", "later"))));
        return cases;
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
        OnnxImport.Result result = OnnxImport.read(write(builder.model(builder.classifier(last, 10, 3))));
        assertThat(result.network()).isEmpty();
        assertThat(result.nodes()).hasSize(builder.graph().getNodeCount());
        NodeReport refused = result.nodes().stream()
                .filter(node -> node.node().equals(last))
                .findFirst()
                .orElseThrow();
        assertThat(refused.outcome()).isEqualTo(NodeReport.Outcome.REFUSED);
        assertThat(refused.note()).contains(tested.reason());
        assertThat(result.nodes().get(result.nodes().size() - 1).note()).startsWith("it reads what '");
        assertThatThrownBy(result::require)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'" + last + "' cannot be imported: ")
                .hasMessageContaining(tested.reason());
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
                    model.getOpsetImportBuilder(0).setVersion(9);
                    return model;
                },
                "is of opset 9; export it with one from 11 to 21");
        refused(model -> model.clearGraph(), "holds no network");
        refused(
                model -> {
                    model.getGraphBuilder().addOutput(model.getGraph().getOutput(0));
                    return model;
                },
                "has 2 outputs");
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
