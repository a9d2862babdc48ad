package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.graph.SampledAxis.Window;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Signal;

/** Maps made larger or smaller: each place of the result is a weighted sum of places of the input, axis by axis. */
final class Resizing {
    private static final int MOST_PLACES = 1 << 20;

    static final String ATTRIBUTES = "mode coordinate_transformation_mode nearest_mode cubic_coeff_a exclude_outside"
            + " extrapolation_value antialias axes keep_aspect_ratio_policy scales";

    private Resizing() {}

    /** How one axis is resized. */
    private record Form(String mode, String coordinates, String rounding, double cubic, boolean excludesOutside) {}

    static Reading resize(OnnxNode node, GraphBuilder graph) {
        if (node.integer("antialias", 0) != 0) {
            throw new Refusal("it smooths what it makes smaller (antialias); export it with antialias=False");
        }
        if (!node.text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
            throw new Refusal("it keeps the ratio of the sides; export it with the size written out");
        }
        boolean old = node.operation().equals("Upsample") || node.opset() < 11;
        String mode = node.text("mode", "nearest");
        Form form = new Form(
                mode,
                old ? "asymmetric" : node.text("coordinate_transformation_mode", "half_pixel"),
                old ? "floor" : node.text("nearest_mode", "round_prefer_floor"),
                node.real("cubic_coeff_a", -0.75),
                node.integer("exclude_outside", 0) != 0);
        return resize(node, graph, form, old);
    }

    private static Reading resize(OnnxNode node, GraphBuilder graph, Form form, boolean old) {
        Signal input = node.signal(0);
        List<Integer> axes = input.view().axes(node.integers("axes"));
        Optional<OnnxTensor> sizes = old ? Optional.empty() : node.optional(3).filter(tensor -> tensor.size() > 0);
        double[] scales = scales(node, axes.size(), old, sizes.isPresent());
        Signal result = input;
        for (int index = 0; index < axes.size(); index++) {
            long extent = input.view().extent(axes.get(index));
            double places =
                    sizes.isPresent() ? sizes.get().at(index) : Math.floor((float) extent * (float) scales[index]);
            double scale = sizes.isPresent() ? places / extent : scales[index];
            if (places == extent && scale == 1) {
                continue;
            }
            if (!(places >= 1 && places <= MOST_PLACES)) {
                throw new Refusal("it makes " + places + " places of the " + extent + " of axis " + axes.get(index));
            }
            Layouts.requirePlaces(result, axes.get(index), (long) places);
            List<Window> windows = new ArrayList<>();
            for (int place = 0; place < places; place++) {
                double at = position(place, (float) scale, (int) extent, places, form.coordinates());
                windows.add(window(at, (int) extent, form));
            }
            result = Layouts.sampled(graph, node.name(), result, axes.get(index), windows);
        }
        return result.node().equals(input.node())
                ? Reading.folded(input, "changes no size")
                : Reading.converted(result, form.mode() + " resizing to " + result.text());
    }

    private static double[] scales(OnnxNode node, int count, boolean old, boolean sized) {
        if (sized) {
            return new double[0];
        }
        double[] scales = node.any("scales").isPresent()
                ? node.any("scales").get().getFloatsList().stream()
                        .mapToDouble(Float::doubleValue)
                        .toArray()
                : node.optional(old ? 1 : 2).map(OnnxTensor::values).orElse(new double[0]);
        if (scales.length != count) {
            throw new Refusal("it has " + scales.length + " scales for " + count + " axes");
        }
        return scales;
    }

    /** The place of the input, between whole ones, that a place of the result comes from; in floats, as others compute it. */
    private static float position(int place, float scale, int extent, double places, String coordinates) {
        return switch (coordinates) {
            case "half_pixel" -> (place + 0.5f) / scale - 0.5f;
            case "pytorch_half_pixel" -> places > 1 ? (place + 0.5f) / scale - 0.5f : 0;
            case "align_corners" -> places > 1 ? place * (extent - 1f) / (float) (places - 1) : 0;
            case "asymmetric" -> place / scale;
            case "half_pixel_symmetric" -> {
                float adjustment = (float) places / (scale * extent);
                float center = extent / 2f;
                yield center * (1 - adjustment) + (place + 0.5f) / scale - 0.5f;
            }
            case "tf_half_pixel_for_nn" -> (place + 0.5f) / scale;
            default -> throw new Refusal(
                    "its coordinate_transformation_mode is '" + Names.printable(coordinates) + "'");
        };
    }

    private static Window window(double at, int extent, Form form) {
        return switch (form.mode()) {
            case "nearest" -> Window.of(Math.max(0, Math.min(extent - 1, (int) rounded(at, form.rounding()))));
            case "linear", "bilinear" -> {
                double inside = Math.max(0, Math.min(extent - 1, at));
                int first = Math.min((int) inside, Math.max(0, extent - 2));
                float share = (float) (inside - first);
                yield share == 0 || extent == 1 ? Window.of(first) : new Window(first, List.of(1 - share, share));
            }
            case "cubic" -> cubic(at, extent, form);
            default -> throw new Refusal("its mode is '" + Names.printable(form.mode()) + "'");
        };
    }

    private static double rounded(double at, String rounding) {
        return switch (rounding) {
            case "round_prefer_floor" -> Math.ceil(at - 0.5);
            case "round_prefer_ceil" -> Math.floor(at + 0.5);
            case "floor" -> Math.floor(at);
            case "ceil" -> Math.ceil(at);
            default -> throw new Refusal("its nearest_mode is '" + Names.printable(rounding) + "'");
        };
    }

    /** Four neighbours; those beyond the end are the last, or are left out. */
    private static Window cubic(double at, int extent, Form form) {
        int floor = (int) Math.floor(at);
        int first = Math.max(0, Math.min(extent - 1, floor - 1));
        int last = Math.max(0, Math.min(extent - 1, floor + 2));
        double[] weights = new double[last - first + 1];
        double total = 0;
        for (int place = floor - 1; place <= floor + 2; place++) {
            boolean outside = place < 0 || place >= extent;
            double weight = outside && form.excludesOutside() ? 0 : cubicWeight(Math.abs(at - place), form.cubic());
            weights[Math.max(0, Math.min(extent - 1, place)) - first] += weight;
            total += weight;
        }
        List<Float> result = new ArrayList<>();
        for (double weight : weights) {
            result.add((float) (weight / total));
        }
        return new Window(first, result);
    }

    private static double cubicWeight(double distance, double a) {
        if (distance <= 1) {
            return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
        }
        return distance < 2 ? ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a : 0;
    }
}
