package org.ambispike.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@link GpuInference} measured, as CSV and as Markdown. */
final class GpuTable {
    /**
     * Of the device and of the whole.
     *
     * @param copied bytes read and written in a millisecond by a copy
     * @param computed floating-point operations in a millisecond by a large matrix multiplication
     * @param direct milliseconds of an inference, kernel by kernel
     * @param captured milliseconds of an inference as a graph
     * @param batch images
     */
    record Measured(double copied, double computed, double direct, double captured, int batch) {}

    /** A part with its median and its least milliseconds. */
    private record Line(GpuPart part, double milliseconds, double floor) {}

    private final List<Line> lines = new ArrayList<>();

    void add(GpuPart part, double milliseconds, double floor) {
        lines.add(new Line(part, milliseconds, floor));
    }

    private double sum(boolean own) {
        return lines.stream()
                .filter(line -> line.part.own() == own)
                .mapToDouble(Line::milliseconds)
                .sum();
    }

    private double floor() {
        return lines.stream().mapToDouble(Line::floor).sum();
    }

    /** Our own kernels' part of an inference: of the sum of all parts, which leaves launches out. */
    private double ownShare() {
        return sum(true) / (sum(true) + sum(false));
    }

    private static String format(String text, Object... arguments) {
        return String.format(Locale.ROOT, text, arguments);
    }

    String csv(String title, Measured measured) {
        StringBuilder text = new StringBuilder("workload,name,kind,ms,floor_ms,part_of_floor\n");
        String workload = '"' + title + '"';
        for (Line line : lines) {
            text.append(format(
                    "%s,%s,%s,%.5f,%.5f,%.3f%n",
                    workload,
                    line.part.name(),
                    line.part.own() ? "own kernel" : "product",
                    line.milliseconds,
                    line.floor,
                    line.floor / line.milliseconds));
        }
        text.append(whole(workload, "kernel by kernel", measured.direct));
        text.append(whole(workload, "as a graph", measured.captured));
        text.append(format("%s,copy GB/s,device,%.1f,,%n", workload, measured.copied / 1e6));
        text.append(format("%s,matrix TFLOP/s,device,%.1f,,%n", workload, measured.computed / 1e9));
        text.append(format("%s,share of own kernels,whole,%.3f,,%n", workload, ownShare()));
        return text.toString();
    }

    private String whole(String workload, String name, double milliseconds) {
        return format("%s,%s,whole,%.5f,%.5f,%.3f%n", workload, name, milliseconds, floor(), floor() / milliseconds);
    }

    String markdown(String title, Measured measured) {
        StringBuilder text = new StringBuilder();
        text.append(format("### %s%n%n", title));
        text.append(format(
                "Copy %.0f GB/s, matrices %.1f TFLOP/s. Own kernels take %.1f%% of the sum of parts.%n%n",
                measured.copied / 1e6, measured.computed / 1e9, 100 * ownShare()));
        text.append(
                format("| inference | ms | images/s | part of the roofline (%.3f ms) |%n|---|---|---|---|%n", floor()));
        text.append(inference("as a CUDA graph", measured.captured, measured.batch));
        text.append(inference("kernel by kernel", measured.direct, measured.batch));
        text.append(format("%n| part | ms | least ms | part of the floor |%n|---|---|---|---|%n"));
        for (Line line : lines) {
            text.append(format(
                    "| %s | %.4f | %.4f | %.0f%% |%n",
                    line.part.name(), line.milliseconds, line.floor, 100 * line.floor / line.milliseconds));
        }
        return text.append('\n').toString();
    }

    private String inference(String name, double milliseconds, int batch) {
        return format(
                "| %s | %.3f | %.0f | %.0f%% |%n",
                name, milliseconds, 1000 * batch / milliseconds, 100 * floor() / milliseconds);
    }
}
