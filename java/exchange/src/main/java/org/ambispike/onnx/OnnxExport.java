package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ambispike.common.InputException;
import org.ambispike.graph.BatchNormFolding;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;
import org.ambispike.io.AtomicFiles;
import org.ambispike.io.SavedModel;

/**
 * Writes an ANN as an ONNX file of opset 17: input {@code image} [N, C, H, W], normalised, and output {@code logits}
 * [N, classes], or the results of a network that has several under their names. Batch normalisation is folded. For one model and
 * one thread.
 */
public final class OnnxExport {
    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;
    private static final String OUTPUT = "logits";

    private final Graph source;
    private final Weights weights;
    private final OnnxNodes nodes = new OnnxNodes();
    private final Map<String, String> values = new HashMap<>();
    private final SavedModel model;

    private OnnxExport(SavedModel model) {
        BatchNormFolding folded = BatchNormFolding.of(model.network());
        this.source = folded.graph();
        this.weights = folded.weights();
        this.model = model;
    }

    /**
     * Writes the file, atomically.
     *
     * @throws InputException naming the node, if the network spikes, rounds its activations, or clips each channel in its
     *     own way
     */
    public static void write(Path target, SavedModel model) {
        byte[] bytes = new OnnxExport(model).model().toByteArray();
        AtomicFiles.writeBytes(target, bytes);
    }

    private ModelProto model() {
        source.nodes().forEach(node -> values.put(node.name(), export(node)));
        GraphProto.Builder graph = nodes.graph();
        graph.setName(model.info().network())
                .addInput(value(source.nodes().get(0).name(), extents(source.inputShape())));
        if (source.output().op() instanceof Op.Outputs) {
            results().forEach(graph::addOutput);
        } else {
            String last = values.get(source.output().name());
            boolean maps = source.shape(source.output().name()).rank() == 3;
            nodes.add(maps ? "Flatten" : "Identity", OUTPUT, List.of(last));
            graph.addOutput(value(OUTPUT, List.of(source.classes())));
        }
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("ambispike")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .addMetadataProps(property("mean", model.info().normalisation().mean()))
                .addMetadataProps(
                        property("deviation", model.info().normalisation().deviation()))
                .addMetadataProps(property("classes", model.info().classNames()))
                .setGraph(graph)
                .build();
    }

    /** Each under its own name; a value that is called so already is the result itself. */
    private List<ValueInfoProto> results() {
        List<ValueInfoProto> results = new ArrayList<>();
        for (Graph.Output result : source.outputs()) {
            String given = values.get(source.output().inputs().get(results.size()));
            if (!given.equals(result.name()) && values.containsValue(result.name())) {
                throw new InputException("result '" + result.name() + "' is called like another value of the network,"
                        + " which ONNX does not take; give it another name");
            }
            if (!given.equals(result.name())) {
                nodes.add("Identity", result.name(), List.of(given));
            }
            results.add(value(result.name(), extents(result.shape())));
        }
        return results;
    }

    private static StringStringEntryProto property(String key, List<?> values) {
        return StringStringEntryProto.newBuilder()
                .setKey(key)
                .setValue(values.stream().map(String::valueOf).collect(Collectors.joining(",")))
                .build();
    }

    /** Channels first. */
    private static List<Integer> extents(Shape shape) {
        return shape.rank() == 3
                ? List.of(shape.extent(2), shape.extent(0), shape.extent(1))
                : List.of(shape.extent(0));
    }

    private static ValueInfoProto value(String name, List<Integer> extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        shape.addDimBuilder().setDimParam("N");
        extents.forEach(extent -> shape.addDimBuilder().setDimValue(extent));
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                .setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** The name of what the node gives. */
    private String export(Node node) {
        List<String> inputs = node.inputs().stream().map(values::get).toList();
        if (node.op() instanceof Op.Input) {
            return node.name();
        } else if (node.op() instanceof Op.Dropout) {
            return inputs.get(0);
        } else if (node.op() instanceof Op.Add) {
            return nodes.add("Add", node.name(), inputs);
        } else if (node.op() instanceof Op.AveragePool pool) {
            return nodes.averagePool(node.name(), inputs.get(0), pool.geometry());
        } else if (node.op() instanceof Op.Conv2d conv) {
            return nodes.convolution(
                    node.name(), inputs.get(0), conv.geometry(), parameter(node, "weight"), parameter(node, "bias"));
        } else if (node.op() instanceof Op.Linear) {
            return linear(node, inputs.get(0));
        } else if (node.op() instanceof Op.Activation activation) {
            return activation(node, activation, inputs.get(0));
        }
        if (node.op() instanceof Op.Concat) {
            return nodes.concat(node.name(), inputs);
        } else if (node.op() instanceof Op.Resample map) {
            return nodes.resample(node.name(), inputs.get(0), map, source.shape(node.name()));
        } else if (node.op() instanceof Op.DepthToSpace blocks) {
            return depthToSpace(node, blocks, inputs.get(0));
        } else if (node.op() instanceof Op.Outputs) {
            return "";
        }
        if (node.op() instanceof Op.MaxPool pool) {
            return nodes.maxPool(node.name(), inputs.get(0), pool.geometry());
        }
        throw new InputException("node '" + node.name() + "' spikes, which ONNX has no operation for; export the ANN,"
                + " such as model.safetensors");
    }

    private HostTensor parameter(Node node, String parameter) {
        return weights.get(node.parameter(parameter));
    }

    private String depthToSpace(Node node, Op.DepthToSpace blocks, String input) {
        if (blocks.down() != blocks.across()) {
            throw new InputException("node '" + node.name() + "' makes blocks of " + blocks.down() + "x"
                    + blocks.across() + "; those of ONNX's DepthToSpace are square");
        }
        return nodes.depthToSpace(node.name(), input, blocks.down());
    }

    private String linear(Node node, String input) {
        Shape shape = source.shape(node.inputs().get(0));
        boolean maps = shape.rank() == 3;
        String features = maps ? nodes.add("Flatten", node.name() + ".flat", List.of(input)) : input;
        return nodes.linear(node.name(), features, shape, parameter(node, "weight"), parameter(node, "bias"));
    }

    private String activation(Node node, Op.Activation activation, String input) {
        if (activation.kind() == Op.ActivationKind.QUANTISED) {
            throw new InputException("activation '" + node.name() + "' rounds its values, which is not exported; export"
                    + " the network before that, such as model.safetensors");
        }
        String leaky = nodes.leaky(
                node.name(), input, activation, source.shape(node.name()).rank());
        if (activation.kind() == Op.ActivationKind.LEAKY) {
            return leaky;
        }
        return nodes.clip(
                node.name() + ".clip",
                leaky,
                one(node, "thetaNegative", activation),
                one(node, "thetaPositive", activation),
                activation.isRectified());
    }

    private float one(Node node, String threshold, Op.Activation activation) {
        float[] thresholds = parameter(node, threshold).values();
        if (activation.perChannel()) {
            throw new InputException("activation '" + node.name() + "' has thresholds for each channel, but ONNX's Clip"
                    + " has one; train thresholds without --per-channel to export them");
        }
        return thresholds[0];
    }
}
