package org.ambispike.examples;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.common.InputException;
import org.ambispike.io.ElementType;

/**
 * Reads convolutions and transposed convolutions that follow one another, as ncnn keeps them: a {@code .param} file with a line
 * for each layer, and a {@code .bin} file with their weights, f32 or f16, and biases, in the same order.
 */
final class NcnnModel {
    private static final String MAGIC = "7767517";
    private static final int HALF_FLOATS = 0x01306B47;
    private static final int FIRST_LAYER = 2;
    /** Arrays have the number -23300 - key. */
    private static final int ARRAYS = -23300;

    /**
     * One layer.
     *
     * @param transposed whether it spreads each place over a window, instead of gathering a window into a place
     * @param stride places between windows
     * @param padding places around the map, or cut off from the result of a transposed convolution
     * @param slope of the Leaky ReLU after it; 1 where there is none
     */
    record Layer(
            String name, boolean transposed, int kernel, int stride, int padding, double slope, Parameters parameters) {
        int outputs() {
            return parameters.bias.length;
        }

        int inputs() {
            return parameters.weight.length / (outputs() * kernel * kernel);
        }

        /** The weight from an input channel to an output channel at a place of the kernel. */
        float weight(int output, int input, int row, int column) {
            return parameters.weight[((output * inputs() + input) * kernel + row) * kernel + column];
        }
    }

    /**
     * @param weight [out, in, kernel, kernel]
     * @param bias [out]
     */
    record Parameters(float[] weight, float[] bias) {}

    private NcnnModel() {}

    /**
     * Reads a network.
     *
     * @param parameters the {@code .param} file; the {@code .bin} file is beside it
     * @throws InputException naming the file, if it holds other layers than these or is damaged
     */
    static List<Layer> read(Path parameters) {
        Path weights =
                parameters.resolveSibling(parameters.getFileName().toString().replaceFirst("\\.param$", ".bin"));
        try {
            List<String> lines = Files.readAllLines(parameters);
            if (lines.isEmpty() || !lines.get(0).strip().equals(MAGIC)) {
                throw new IllegalArgumentException("its first line is not " + MAGIC);
            }
            ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
            List<Layer> layers = new ArrayList<>();
            for (String line : lines.subList(Math.min(FIRST_LAYER, lines.size()), lines.size())) {
                if (!line.isBlank() && !line.startsWith("Input ")) {
                    layers.add(layer(line.strip().split("\\s+"), data));
                }
            }
            if (data.hasRemaining()) {
                throw new IllegalArgumentException(data.remaining() + " bytes of " + weights + " are left over");
            }
            return layers;
        } catch (IOException | IllegalArgumentException | BufferUnderflowException e) {
            throw new InputException(parameters + ": cannot be read as a network of ncnn: " + e, e);
        }
    }

    /** @param words type, name, numbers of inputs and outputs, their names, and settings as {@code key=value} */
    private static Layer layer(String[] words, ByteBuffer data) {
        boolean transposed = words[0].equals("Deconvolution");
        if (!transposed && !words[0].equals("Convolution")) {
            throw new IllegalArgumentException("layers of type " + words[0] + " are not read");
        }
        Map<Integer, String> settings = new HashMap<>();
        int first = 4 + Integer.parseInt(words[2]) + Integer.parseInt(words[3]);
        for (int index = first; index < words.length; index++) {
            String[] parts = words[index].split("=", 2);
            settings.put(Integer.parseInt(parts[0]), parts[1]);
        }
        int activation = number(settings, 9, 0);
        if (activation != 0 && activation != 2 || number(settings, 2, 1) != 1 || number(settings, 5, 0) != 1) {
            throw new IllegalArgumentException(
                    "layer " + words[1] + " has an activation, dilation or bias that is not read");
        }
        double slope = activation == 0 ? 1 : slope(settings.get(ARRAYS - 10));
        float[] weight = weights(data, number(settings, 6, 0));
        float[] bias = floats(data, number(settings, 0, 0));
        return new Layer(
                words[1],
                transposed,
                number(settings, 1, 0),
                number(settings, 3, 1),
                number(settings, 4, 0),
                slope,
                new Parameters(weight, bias));
    }

    private static int number(Map<Integer, String> settings, int key, int otherwise) {
        return settings.containsKey(key) ? Integer.parseInt(settings.get(key)) : otherwise;
    }

    /** @param array its length, a comma, its value */
    private static double slope(String array) {
        return Double.parseDouble(array.substring(array.indexOf(',') + 1));
    }

    private static float[] weights(ByteBuffer data, int count) {
        int kind = data.getInt();
        if (kind == 0) {
            return floats(data, count);
        }
        if (kind != HALF_FLOATS) {
            throw new IllegalArgumentException(String.format("weights of kind %x are not read", kind));
        }
        float[] values = new float[count];
        for (int index = 0; index < count; index++) {
            values[index] = (float) ElementType.half(data.getShort());
        }
        data.position((data.position() + 3) / 4 * 4);
        return values;
    }

    private static float[] floats(ByteBuffer data, int count) {
        float[] values = new float[count];
        data.asFloatBuffer().get(values);
        data.position(data.position() + Float.BYTES * count);
        return values;
    }
}
