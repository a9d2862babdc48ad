package org.ambispike.examples;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.common.InputException;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;
import org.ambispike.io.StrictJson;

/**
 * Reads weights as TensorFlow.js keeps them: a manifest, a list of groups of {@code weights} with name, shape and type, and the
 * {@code paths} of each group's files, which hold its weights one after another, little-endian. Types: float32, also quantised
 * to uint8 or uint16: scale times the stored number plus min.
 */
final class TensorFlowManifest {
    /** How a weight is stored; a scale of 1 and a minimum of 0 unless it is quantised. */
    private record Storage(String type, double scale, double min) {
        int bytes() {
            return switch (type) {
                case "float32" -> Float.BYTES;
                case "uint16" -> Short.BYTES;
                case "uint8" -> 1;
                default -> throw new IllegalArgumentException("values of type " + type + " are not read");
            };
        }

        float next(ByteBuffer data) {
            return switch (type) {
                case "float32" -> data.getFloat();
                case "uint16" -> (float) (scale * Short.toUnsignedInt(data.getShort()) + min);
                default -> (float) (scale * Byte.toUnsignedInt(data.get()) + min);
            };
        }
    }

    private TensorFlowManifest() {}

    /**
     * Reads all weights of a manifest, by name and in its order.
     *
     * @throws InputException naming the file, if it is no manifest or its files are missing or of another size
     */
    static Map<String, HostTensor> read(Path manifest) {
        Map<String, HostTensor> weights = new LinkedHashMap<>();
        try {
            String groups = "{\"groups\":" + Files.readString(manifest) + "}";
            for (Object group : list(StrictJson.readTree(groups).get("groups"))) {
                readGroup(manifest, map(group), weights);
            }
            return weights;
        } catch (IOException | IllegalArgumentException e) {
            throw new InputException(manifest + ": cannot be read as weights of TensorFlow.js: " + e.getMessage(), e);
        }
    }

    private static void readGroup(Path manifest, Map<?, ?> group, Map<String, HostTensor> weights) throws IOException {
        ByteArrayOutputStream files = new ByteArrayOutputStream();
        for (Object path : list(group.get("paths"))) {
            files.write(Files.readAllBytes(manifest.resolveSibling(path.toString())));
        }
        ByteBuffer data = ByteBuffer.wrap(files.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        for (Object entry : list(group.get("weights"))) {
            Map<?, ?> weight = map(entry);
            String name = String.valueOf(weight.get("name"));
            weights.put(name, tensor(name, weight, data));
        }
        if (data.hasRemaining()) {
            throw new IllegalArgumentException("its files hold " + data.remaining() + " bytes too many");
        }
    }

    private static HostTensor tensor(String name, Map<?, ?> weight, ByteBuffer data) {
        int[] extents = list(weight.get("shape")).stream()
                .mapToInt(extent -> (int) number(extent))
                .toArray();
        Shape shape = extents.length == 0 ? Shape.of(1) : Shape.of(extents);
        Storage storage = storage(weight);
        if (shape.elements() * storage.bytes() > data.remaining()) {
            throw new IllegalArgumentException("its files end within '" + name + "' of shape " + shape);
        }
        float[] values = new float[(int) shape.elements()];
        for (int index = 0; index < values.length; index++) {
            values[index] = storage.next(data);
        }
        return new HostTensor(shape, values);
    }

    private static Storage storage(Map<?, ?> weight) {
        if (!"float32".equals(weight.get("dtype"))) {
            throw new IllegalArgumentException("weights of type " + weight.get("dtype") + " are not read");
        }
        if (!weight.containsKey("quantization")) {
            return new Storage("float32", 1, 0);
        }
        Map<?, ?> quantised = map(weight.get("quantization"));
        return new Storage(
                String.valueOf(quantised.get("dtype")), number(quantised.get("scale")), number(quantised.get("min")));
    }

    private static Map<?, ?> map(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("an object is expected where " + value + " is");
    }

    private static List<?> list(Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("a list is expected where " + value + " is");
    }

    private static double number(Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw new IllegalArgumentException("a number is expected where " + value + " is");
    }
}
