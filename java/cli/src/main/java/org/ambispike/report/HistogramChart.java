package org.ambispike.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.ambispike.paper.ActivationHistogram;
import org.ambispike.run.Histogram;

/** Activations of one layer, before threshold optimisation above those after it, counts on the same axis. */
record HistogramChart(ActivationHistogram layer) implements Chart {
    private static final double TITLE = 24;
    private static final double PANEL = 104;
    private static final double LABELS = 34;
    private static final double BOTTOM = 44;
    private static final double RIGHT = 10;
    /** A bin of one activation must be seen to stand above an empty one. */
    private static final double FLOOR = 0.5;

    @Override
    public void draw(Markup out, int width) {
        Axis y = yAxis();
        double left = Math.max(30, Frame.labelWidth(y));
        double plotWidth = width - left - RIGHT;
        Axis before = xAxis(layer.before(), layer.beforeThetaPositive(), layer.beforeThetaNegative());
        Axis after = xAxis(layer.after(), layer.afterThetaPositive(), layer.afterThetaNegative());
        Frame upper = new Frame(left, TITLE + LABELS, plotWidth, PANEL, before, y);
        double second = upper.bottom() + BOTTOM;
        Frame lower = new Frame(left, second + TITLE + LABELS, plotWidth, PANEL, after, y);
        Chart.begin(out, width, lower.bottom() + BOTTOM, description());
        out.element("text", "before, activations per bin", "class", "axis", "x", "0", "y", "12");
        panel(out, upper, layer.before(), layer.beforeThetaPositive(), layer.beforeThetaNegative());
        out.element("text", "after, activations per bin", "class", "axis", "x", "0", "y", Markup.px(second + 12));
        panel(out, lower, layer.after(), layer.afterThetaPositive(), layer.afterThetaNegative());
        out.close();
    }

    private void panel(Markup out, Frame frame, Histogram histogram, double positive, double negative) {
        frame.drawY(out);
        out.leaf("path", "class", "histogram", "d", steps(frame, histogram));
        threshold(out, frame, -negative, "θ− at ", "negative", 1);
        threshold(out, frame, positive, "θ+ at ", "positive", 0);
        frame.drawX(out);
    }

    private static String steps(Frame frame, Histogram histogram) {
        long[] counts = histogram.counts();
        double binWidth = (histogram.high() - histogram.low()) / counts.length;
        StringBuilder path = new StringBuilder("M")
                .append(Markup.px(frame.px(histogram.low())))
                .append(',')
                .append(Markup.px(frame.bottom()));
        for (int i = 0; i < counts.length; i++) {
            path.append('V')
                    .append(Markup.px(frame.py(Math.max(FLOOR, counts[i]))))
                    .append('H')
                    .append(Markup.px(frame.px(histogram.low() + (i + 1) * binWidth)));
        }
        return path.append('V').append(Markup.px(frame.bottom())).append('z').toString();
    }

    /** A dashed line for one polarity, its label in a line of its own above the bars. */
    private static void threshold(Markup out, Frame frame, double at, String name, String polarity, int line) {
        if (!frame.x().shows(at)) {
            return;
        }
        double x = frame.px(at);
        double labelTop = frame.top() - 6 - 15 * line;
        Frame.line(out, "threshold " + polarity, x, labelTop - 10, x, frame.bottom());
        String label = name + Format.significant(at);
        boolean rightwards = x + 6 + Chart.textWidth(label) < frame.right();
        out.element(
                "text",
                label,
                "class",
                "threshold-label " + polarity + (rightwards ? "" : " end"),
                "x",
                Markup.px(rightwards ? x + 5 : x - 5),
                "y",
                Markup.px(labelTop));
    }

    /** A panel's own range: what counts is how much of it, up to the threshold, the activations fill. */
    private static Axis xAxis(Histogram histogram, double positive, double negative) {
        double low = Math.min(histogram.low(), -finite(negative));
        double high = Math.max(histogram.high(), finite(positive));
        double margin = 0.01 * (high - low);
        return Axis.exact("activation", low - margin, high + margin);
    }

    private Axis yAxis() {
        long most = LongStream.concat(
                        Arrays.stream(layer.before().counts()),
                        Arrays.stream(layer.after().counts()))
                .max()
                .orElse(1);
        Axis decades = Axis.log10("", 1, Math.max(10, most), HistogramChart::decade);
        List<Axis.Tick> ticks =
                decades.ticks().stream().filter(t -> !t.label().isEmpty()).toList();
        return new Axis("", true, FLOOR, Math.max(10, most), ticks);
    }

    private static double finite(double value) {
        return Double.isFinite(value) ? value : 0;
    }

    private static String decade(double value) {
        double exponent = Math.log10(value);
        long whole = Math.round(exponent);
        if (Math.abs(exponent - whole) > 1e-9) {
            return "";
        }
        return whole == 0 ? "1" : whole == 1 ? "10" : "10" + superscript(whole);
    }

    private static String superscript(long exponent) {
        return Long.toString(exponent)
                .chars()
                .collect(
                        StringBuilder::new,
                        (text, digit) -> text.append("⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(digit - '0')),
                        StringBuilder::append)
                .toString();
    }

    private String description() {
        return "Histogram of the activations of " + layer.layer() + " on a logarithmic count axis. Before threshold"
                + " optimisation the thresholds are " + Format.significant(layer.beforeThetaPositive()) + " and −"
                + Format.significant(layer.beforeThetaNegative()) + ", after it "
                + Format.significant(layer.afterThetaPositive()) + " and −"
                + Format.significant(layer.afterThetaNegative()) + ".";
    }
}
