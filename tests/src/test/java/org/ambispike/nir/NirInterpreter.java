package org.ambispike.nir;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a NIR file in plain doubles as docs/formats.md tells its readers to: steps of length 1, v_initial and the reset by
 * subtraction from the metadata, logits as the mean of the output.
 */
final class NirInterpreter {
    private final Map<String, Group> nodes = new LinkedHashMap<>();
    private final Map<String, List<String>> inputs = new HashMap<>();
    private final Map<String, double[]> potentials = new HashMap<>();
    private final double[] image;
    private double margin = Double.POSITIVE_INFINITY;

    private NirInterpreter(HdfFile file, double[] image) {
        this.image = image;
        Group graph = (Group) file.getByPath("node");
        ((Group) graph.getChild("nodes")).getChildren().forEach((name, node) -> nodes.put(name, (Group) node));
        for (Object edge : (Object[]) ((Dataset) graph.getChild("edges")).getData()) {
            Object[] names = (Object[]) edge;
            inputs.computeIfAbsent((String) names[1], name -> new ArrayList<>()).add((String) names[0]);
        }
    }

    /**
     * What a run gave.
     *
     * @param margin how near to its threshold any potential came, as a fraction of it
     */
    record Result(double[] logits, double margin) {}

    /** @param image [C, H, W] */
    static Result run(Path path, double[] image, int timeSteps) {
        try (HdfFile file = new HdfFile(path)) {
            NirInterpreter interpreter = new NirInterpreter(file, image);
            String output = interpreter.nodes.keySet().stream()
                    .filter(name -> interpreter.type(name).equals("Output"))
                    .findFirst()
                    .orElseThrow();
            double[] sum = {};
            for (int step = 0; step < timeSteps; step++) {
                double[] values = interpreter.value(output, new HashMap<>());
                sum = step == 0 ? values : plus(sum, values);
            }
            return new Result(Arrays.stream(sum).map(value -> value / timeSteps).toArray(), interpreter.margin);
        }
    }

    private static double[] plus(double[] first, double[] second) {
        double[] sum = first.clone();
        for (int index = 0; index < sum.length; index++) {
            sum[index] += second[index];
        }
        return sum;
    }

    /** The value of a node in this step. */
    private double[] value(String name, Map<String, double[]> step) {
        double[] known = step.get(name);
        if (known != null) {
            return known;
        }
        double[] sum = inputs.getOrDefault(name, List.of()).stream()
                .map(input -> value(input, step))
                .reduce(NirInterpreter::plus)
                .orElse(image);
        double[] value = apply(name, sum);
        step.put(name, value);
        return value;
    }

    private double[] apply(String name, double[] x) {
        return switch (type(name)) {
            case "Input", "Output", "Flatten" -> x;
            case "Scale" -> scale(x, array(name, "scale"));
            case "Affine" -> affine(x, array(name, "weight"), array(name, "bias"));
            case "Conv2d" -> convolution(name, x);
            case "AvgPool2d" -> pool(name, x);
            case "IF" -> fire(name, x);
            default -> throw new IllegalStateException("unknown type " + type(name));
        };
    }

    private static double[] scale(double[] x, double[] scale) {
        double[] y = x.clone();
        for (int index = 0; index < y.length; index++) {
            y[index] *= scale[index];
        }
        return y;
    }

    private static double[] affine(double[] x, double[] weight, double[] bias) {
        double[] y = bias.clone();
        for (int row = 0; row < y.length; row++) {
            for (int column = 0; column < x.length; column++) {
                y[row] += weight[row * x.length + column] * x[column];
            }
        }
        return y;
    }

    private double[] convolution(String name, double[] x) {
        int[] shape = dataset(name, "weight").getDimensions();
        double[] weight = array(name, "weight");
        double[] bias = array(name, "bias");
        int height = integer(name, "input_shape", 0);
        int width = integer(name, "input_shape", 1);
        int stride = integer(name, "stride", 0);
        int padding = integer(name, "padding", 0);
        int kernel = shape[2];
        int groups = (int) (long) dataset(name, "groups").getData();
        int outHeight = (height + 2 * padding - kernel) / stride + 1;
        int outWidth = (width + 2 * padding - kernel) / stride + 1;
        double[] y = new double[shape[0] * outHeight * outWidth];
        for (int index = 0; index < y.length; index++) {
            int out = index / (outHeight * outWidth);
            int top = index / outWidth % outHeight * stride - padding;
            int left = index % outWidth * stride - padding;
            y[index] = bias[out];
            for (int tap = 0; tap < shape[1] * kernel * kernel; tap++) {
                int in = out * groups / shape[0] * shape[1] + tap / (kernel * kernel);
                int row = top + tap / kernel % kernel;
                int column = left + tap % kernel;
                if (row >= 0 && row < height && column >= 0 && column < width) {
                    y[index] +=
                            weight[out * shape[1] * kernel * kernel + tap] * x[(in * height + row) * width + column];
                }
            }
        }
        return y;
    }

    private double[] pool(String name, double[] x) {
        int kernel = integer(name, "kernel_size", 0);
        int stride = integer(name, "stride", 0);
        int[] shape = shapeBefore(name);
        int outHeight = (shape[1] - kernel) / stride + 1;
        int outWidth = (shape[2] - kernel) / stride + 1;
        double[] y = new double[shape[0] * outHeight * outWidth];
        for (int index = 0; index < y.length; index++) {
            int channel = index / (outHeight * outWidth);
            int top = index / outWidth % outHeight * stride;
            int left = index % outWidth * stride;
            for (int tap = 0; tap < kernel * kernel; tap++) {
                int row = top + tap / kernel;
                int column = left + tap % kernel;
                y[index] += x[(channel * shape[1] + row) * shape[2] + column] / (kernel * kernel);
            }
        }
        return y;
    }

    /** [C, H, W] of what a pooling node reads: of the scales before it. */
    private int[] shapeBefore(String name) {
        return dataset(inputs.get(name).get(0), "scale").getDimensions();
    }

    private double[] fire(String name, double[] x) {
        double[] threshold = array(name, "v_threshold");
        double[] resistance = array(name, "r");
        double[] v = potentials.computeIfAbsent(name, neuron -> array(neuron, "metadata/v_initial"));
        double[] spikes = new double[x.length];
        for (int index = 0; index < x.length; index++) {
            v[index] += resistance[index] * x[index];
            margin = Math.min(margin, Math.abs(v[index] / threshold[index] - 1));
            if (v[index] > threshold[index]) {
                spikes[index] = 1;
                v[index] -= threshold[index];
            }
        }
        return spikes;
    }

    private String type(String name) {
        return (String) dataset(name, "type").getData();
    }

    private int integer(String name, String parameter, int index) {
        return (int) ((long[]) dataset(name, parameter).getData())[index];
    }

    private double[] array(String name, String parameter) {
        float[] values = (float[]) dataset(name, parameter).getDataFlat();
        double[] doubles = new double[values.length];
        for (int index = 0; index < values.length; index++) {
            doubles[index] = values[index];
        }
        return doubles;
    }

    private Dataset dataset(String name, String parameter) {
        return nodes.get(name).getDatasetByPath(parameter);
    }
}
