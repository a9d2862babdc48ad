package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
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
import org.ambispike.io.FileFault;

/**
 * An ONNX file whose outer form is checked: one input, an opset that is known here.
 *
 * @param input name of the images
 * @param extents of the images, without the batch
 * @param batch the number of images at once, where the file fixes it
 * @param outputs names of the results
 */
record OnnxFile(
        GraphProto graph,
        long opset,
        String input,
        List<Integer> extents,
        OptionalLong batch,
        List<String> outputs,
        Map<String, String> provenance) {
    /** Protocol buffers hold no more. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 8L;

    private static final long FIRST_OPSET = 9;
    private static final long LAST_OPSET = 24;
    private static final long MOST_EXTENT = 1 << 20;
    private static final int MOST_OUTPUTS = 256;
    private static final Set<Integer> REALS = Set.of(
            TensorProto.DataType.FLOAT_VALUE,
            TensorProto.DataType.FLOAT16_VALUE,
            TensorProto.DataType.BFLOAT16_VALUE,
            TensorProto.DataType.DOUBLE_VALUE);

    /**
     * Reads a file.
     *
     * @param size of an image in ONNX's order, where the file leaves it open; may be empty
     * @throws InputException naming the file, if it cannot be read or is no such file
     */
    static OnnxFile read(Path file, List<Integer> size) {
        try {
            if (!Files.isRegularFile(file)) {
                throw FileFault.of(file, Files.exists(file) ? "is not a regular file" : "there is no such file");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw FileFault.of(
                        file, "has more than 2 GiB, which no ONNX file has; export large weights as external data");
            }
            // what is parsed refers to these bytes, so that weights are held once
            CodedInputStream in =
                    UnsafeByteOperations.unsafeWrap(Files.readAllBytes(file)).newCodedInput();
            in.enableAliasing(true);
            return check(ModelProto.parseFrom(in), file, size);
        } catch (InvalidProtocolBufferException e) {
            throw FileFault.of(file, "is no ONNX file, or is damaged: " + e.getMessage(), e);
        } catch (IOException e) {
            throw FileFault.of(file, "cannot be read: " + e.getMessage(), e);
        } catch (Refusal e) {
            throw FileFault.of(file, e.getMessage(), e);
        }
    }

    private static OnnxFile check(ModelProto model, Path file, List<Integer> size) {
        if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
            throw new Refusal("is no ONNX file: it holds no network");
        }
        long opset = opset(model);
        GraphProto graph = model.getGraph();
        if (graph.getSparseInitializerCount() > 0) {
            throw new Refusal("has sparse constants, which are not supported; export it with dense ones");
        }
        List<String> outputs = new ArrayList<>();
        graph.getOutputList().forEach(output -> outputs.add(output.getName()));
        if (outputs.isEmpty()
                || outputs.size() > MOST_OUTPUTS
                || Set.copyOf(outputs).size() < outputs.size()) {
            throw new Refusal(
                    "has " + outputs.size() + " outputs, expected 1 to " + MOST_OUTPUTS + " of different names");
        }
        Map<String, String> provenance = new LinkedHashMap<>();
        provenance.put("imported from", FileFault.printable(file.getFileName().toString(), 100));
        provenance.put(
                "exported by", FileFault.printable(model.getProducerName() + " " + model.getProducerVersion(), 100));
        provenance.put("opset", Long.toString(opset));
        ValueInfoProto input = input(graph);
        List<TensorShapeProto.Dimension> extents =
                input.getType().getTensorType().getShape().getDimList();
        OptionalLong batch = extents.get(0).getDimValue() > 0
                ? OptionalLong.of(extents.get(0).getDimValue())
                : OptionalLong.empty();
        return new OnnxFile(graph, opset, input.getName(), extents(extents, size), batch, outputs, provenance);
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

    private static ValueInfoProto input(GraphProto graph) {
        Set<String> constants = new HashSet<>();
        graph.getInitializerList().forEach(tensor -> constants.add(tensor.getName()));
        List<ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(input -> !constants.contains(input.getName()))
                .toList();
        if (inputs.size() != 1) {
            throw new Refusal("has " + inputs.size() + " inputs, expected one: the images");
        }
        ValueInfoProto input = inputs.get(0);
        if (!REALS.contains(input.getType().getTensorType().getElemType())) {
            throw new Refusal("takes an input that is not FLOAT; export the network in float32");
        }
        int rank = input.getType().getTensorType().getShape().getDimCount();
        if (rank < 2 || rank > 4) {
            throw new Refusal(
                    "takes an input of " + rank + " extents, expected [N, C, H, W] or [N, H, W, C] for images,"
                            + " [N, C, L] for signals, or [N, F] for features");
        }
        return input;
    }

    private static List<Integer> extents(List<TensorShapeProto.Dimension> given, List<Integer> size) {
        if (!size.isEmpty() && size.size() != given.size() - 1) {
            throw new Refusal("takes an input of " + (given.size() - 1)
                    + " extents beside the batch; the size given has " + size.size());
        }
        List<Integer> known = new ArrayList<>();
        for (int axis = 1; axis < given.size(); axis++) {
            long extent = given.get(axis).getDimValue();
            if (extent < 1 && !size.isEmpty()) {
                extent = size.get(axis - 1);
            } else if (extent >= 1 && !size.isEmpty() && size.get(axis - 1) != extent) {
                throw new Refusal(
                        "takes an input whose extent " + axis + " is " + extent + ", not " + size.get(axis - 1));
            }
            if (extent < 1 || extent > MOST_EXTENT) {
                throw new Refusal("takes an input whose size is not fixed; give it, as --input 3x224x224, or export the"
                        + " network with one: only the batch may vary");
            }
            known.add((int) extent);
        }
        return known;
    }
}
