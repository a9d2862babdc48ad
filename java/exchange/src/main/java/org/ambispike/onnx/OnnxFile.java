package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;
import org.ambispike.io.FileFault;

/** An ONNX file whose outer form is checked: one input of known size, one output, an opset that is known here. */
record OnnxFile(GraphProto graph, Input input, String output, Map<String, String> provenance) {
    /** Protocol buffers hold no more. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 8L;

    private static final long FIRST_OPSET = 11;
    private static final long LAST_OPSET = 21;
    private static final long MOST_EXTENT = 1 << 20;

    /**
     * The image.
     *
     * @param shape [H, W, C]; a network that takes [N, F] has images of one row of F pixels
     * @param flat whether ONNX sees [N, F]
     * @param batch the number of images at once, where the file fixes it
     */
    record Input(String name, Shape shape, boolean flat, OptionalLong batch) {}

    /** @throws InputException naming the file, if it cannot be read or is no such file */
    static OnnxFile read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw FileFault.of(file, Files.exists(file) ? "is not a regular file" : "there is no such file");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw FileFault.of(file, "has more than 2 GiB, which no ONNX file has");
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                return check(ModelProto.parseFrom(in), file);
            }
        } catch (InvalidProtocolBufferException e) {
            throw FileFault.of(file, "is no ONNX file, or is damaged: " + e.getMessage(), e);
        } catch (IOException e) {
            throw FileFault.of(file, "cannot be read: " + e.getMessage(), e);
        } catch (Refusal e) {
            throw FileFault.of(file, e.getMessage(), e);
        }
    }

    private static OnnxFile check(ModelProto model, Path file) {
        if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
            throw new Refusal("is no ONNX file: it holds no network");
        }
        long opset = opset(model);
        GraphProto graph = model.getGraph();
        if (graph.getSparseInitializerCount() > 0) {
            throw new Refusal("has sparse constants, which are not supported");
        }
        if (graph.getOutputCount() != 1) {
            throw new Refusal("has " + graph.getOutputCount() + " outputs, expected one: export the logits alone");
        }
        Map<String, String> provenance = new LinkedHashMap<>();
        provenance.put("imported from", FileFault.printable(file.getFileName().toString(), 100));
        provenance.put(
                "exported by", FileFault.printable(model.getProducerName() + " " + model.getProducerVersion(), 100));
        provenance.put("opset", Long.toString(opset));
        return new OnnxFile(graph, input(graph), graph.getOutput(0).getName(), provenance);
    }

    private static long opset(ModelProto model) {
        for (OperatorSetIdProto set : model.getOpsetImportList()) {
            if (set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx")) {
                if (set.getVersion() < FIRST_OPSET || set.getVersion() > LAST_OPSET) {
                    throw new Refusal("is of opset " + set.getVersion() + "; export it with one from " + FIRST_OPSET
                            + " to " + LAST_OPSET);
                }
                return set.getVersion();
            }
        }
        throw new Refusal("says no opset");
    }

    private static Input input(GraphProto graph) {
        Set<String> constants = new HashSet<>();
        graph.getInitializerList().forEach(tensor -> constants.add(tensor.getName()));
        List<ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(input -> !constants.contains(input.getName()))
                .toList();
        if (inputs.size() != 1) {
            throw new Refusal("has " + inputs.size() + " inputs, expected one: the images");
        }
        ValueInfoProto input = inputs.get(0);
        if (input.getType().getTensorType().getElemType() != TensorProto.DataType.FLOAT_VALUE) {
            throw new Refusal("takes an input that is not FLOAT; export the network in float32");
        }
        List<TensorShapeProto.Dimension> extents =
                input.getType().getTensorType().getShape().getDimList();
        if (extents.size() != 4 && extents.size() != 2) {
            throw new Refusal("takes an input of " + extents.size()
                    + " extents, expected [N, C, H, W] for images or [N, F] for features");
        }
        List<Integer> known = new ArrayList<>();
        for (TensorShapeProto.Dimension extent : extents.subList(1, extents.size())) {
            if (!extent.hasDimValue() || extent.getDimValue() < 1 || extent.getDimValue() > MOST_EXTENT) {
                throw new Refusal(
                        "takes an input whose size is not fixed; export it with one, only the batch may vary");
            }
            known.add((int) extent.getDimValue());
        }
        OptionalLong batch = extents.get(0).hasDimValue() && extents.get(0).getDimValue() > 0
                ? OptionalLong.of(extents.get(0).getDimValue())
                : OptionalLong.empty();
        return known.size() == 1
                ? new Input(input.getName(), Shape.of(1, known.get(0), 1), true, batch)
                : new Input(input.getName(), Shape.of(known.get(1), known.get(2), known.get(0)), false, batch);
    }
}
