package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Writes small ONNX files for tests, with weights that a seed decides. */
final class OnnxBuilder {
    private final int opset;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("tested");
    private final SplittableRandom random = new SplittableRandom(7);
    private int made;

    /** @param input extents of input {@code x}; -1 for a batch that may vary */
    OnnxBuilder(int opset, long... input) {
        this.opset = opset;
        graph.addInput(value("x", input));
    }

    int opset() {
        return opset;
    }

    GraphProto.Builder graph() {
        return graph;
    }

    private static ValueInfoProto value(String name, long... extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long extent : extents) {
            TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(extent < 0 ? dimension.setDimParam("n") : dimension.setDimValue(extent));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(shape)))
                .build();
    }

    private TensorProto.Builder tensor(long... extents) {
        return TensorProto.newBuilder()
                .setName("constant" + made++)
                .addAllDims(Arrays.stream(extents).boxed().toList());
    }

    private String add(TensorProto.Builder tensor) {
        graph.addInitializer(tensor);
        return tensor.getName();
    }

    /** Uniform values; every other tensor lists its floats, the others hold them as raw bytes. */
    String random(double from, double to, long... extents) {
        int count = (int) Arrays.stream(extents).reduce(1, (a, b) -> a * b);
        TensorProto.Builder tensor = tensor(extents).setDataType(TensorProto.DataType.FLOAT_VALUE);
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int index = 0; index < count; index++) {
            float value = (float) random.nextDouble(from, to);
            if (made % 2 == 0) {
                tensor.addFloatData(value);
            }
            bytes.putFloat(value);
        }
        return add(made % 2 == 0 ? tensor : tensor.setRawData(ByteString.copyFrom(bytes.flip())));
    }

    String floats(List<Float> values, long... extents) {
        return add(tensor(extents).setDataType(TensorProto.DataType.FLOAT_VALUE).addAllFloatData(values));
    }

    String scalar(double value) {
        return floats(List.of((float) value));
    }

    String longs(Long... values) {
        return add(tensor(values.length)
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addAllInt64Data(Arrays.asList(values)));
    }

    String integer(long value) {
        return add(tensor().setDataType(TensorProto.DataType.INT64_VALUE).addInt64Data(value));
    }

    String bool(boolean value) {
        return add(tensor().setDataType(TensorProto.DataType.BOOL_VALUE).addInt32Data(value ? 1 : 0));
    }

    static AttributeProto of(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto of(String name, double value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF((float) value)
                .build();
    }

    static AttributeProto of(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    static AttributeProto of(String name, Long... values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(Arrays.asList(values))
                .build();
    }

    static AttributeProto of(String name, TensorProto.Builder value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(value)
                .build();
    }

    /** Adds a node and returns the name of what it gives. */
    String node(String operation, List<String> inputs, AttributeProto... attributes) {
        String output = operation + "_" + made++;
        graph.addNode(NodeProto.newBuilder()
                .setName("/" + output)
                .setOpType(operation)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(Arrays.asList(attributes)));
        return output;
    }

    String node(String operation, String input, AttributeProto... attributes) {
        return node(operation, List.of(input), attributes);
    }

    String clip(String input, double low, double high) {
        return node("Clip", List.of(input, scalar(low), scalar(high)));
    }

    /** A convolution with a square kernel, a bias and equal padding. */
    String convolution(String input, long inputs, long outputs, long kernel, long stride, long padding) {
        return node(
                "Conv",
                List.of(input, random(-0.4, 0.4, outputs, inputs, kernel, kernel), random(-0.3, 0.3, outputs)),
                of("kernel_shape", kernel, kernel),
                of("strides", stride, stride),
                of("pads", padding, padding, padding, padding));
    }

    String batchNormalisation(String input, long channels) {
        return node(
                "BatchNormalization",
                List.of(
                        input,
                        random(0.5, 1.5, channels),
                        random(-0.5, 0.5, channels),
                        random(-0.5, 0.5, channels),
                        random(0.2, 2, channels)),
                of("epsilon", 1e-3));
    }

    /** Flattens and gives logits. */
    String classifier(String input, long features, long classes) {
        return node(
                "Gemm",
                List.of(
                        node("Flatten", input, of("axis", 1L)),
                        random(-0.3, 0.3, classes, features),
                        random(-0.3, 0.3, classes)),
                of("transB", 1L));
    }

    /** The file, with these results; it says nothing of their shapes. */
    ModelProto model(String... outputs) {
        GraphProto.Builder whole = graph.clone();
        for (String output : outputs) {
            whole.addOutput(ValueInfoProto.newBuilder()
                    .setName(output)
                    .setType(TypeProto.newBuilder()
                            .setTensorType(
                                    TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE))));
        }
        return ModelProto.newBuilder()
                .setIrVersion(7)
                .setProducerName("test")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
                .setGraph(whole)
                .build();
    }

    /** Weights of half precision: a constant of FLOAT16 with these bits. */
    String halves(short bits, long... extents) {
        int count = (int) Arrays.stream(extents).reduce(1, (a, b) -> a * b);
        ByteBuffer bytes = ByteBuffer.allocate(count * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int index = 0; index < count; index++) {
            bytes.putShort((short) (bits + index));
        }
        return add(tensor(extents)
                .setDataType(TensorProto.DataType.FLOAT16_VALUE)
                .setRawData(ByteString.copyFrom(bytes.flip())));
    }

    /** Adds a node of several outputs and returns their names. */
    List<String> nodes(String operation, int outputs, List<String> inputs, AttributeProto... attributes) {
        String first = node(operation, inputs, attributes);
        List<String> names = new ArrayList<>(List.of(first));
        for (int output = 1; output < outputs; output++) {
            names.add(first + "_" + output);
            graph.getNodeBuilder(graph.getNodeCount() - 1).addOutput(first + "_" + output);
        }
        return names;
    }
}
