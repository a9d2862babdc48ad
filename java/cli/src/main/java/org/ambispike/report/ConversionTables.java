package org.ambispike.report;

import java.util.List;
import java.util.Locale;
import org.ambispike.ConversionReport;
import org.ambispike.OutputError;
import org.ambispike.data.Dataset;

/** What a conversion made, as tables for a terminal. */
public final class ConversionTables {
    private ConversionTables() {}

    /** Returns the layers, the distance from the ANN, warnings, and what to do next; lines that end in a line feed. */
    public static String of(ConversionReport report) {
        StringBuilder text = new StringBuilder();
        TextTable layers = new TextTable(3, List.of("layer", "neuron", "why", "spikes/step", "saturated"));
        for (ConversionReport.Layer layer : report.layers()) {
            layers.row(List.of(
                    layer.name(),
                    layer.neuron().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    layer.reason(),
                    number("%.3f", layer.rate()),
                    number("%.0f%%", 100 * layer.saturated())));
        }
        text.append(layers.render());
        text.append("\nAgainst the ANN, on ")
                .append(Dataset.portion(report.images(), report.allImages()))
                .append(":\n");
        TextTable errors = new TextTable(1, List.of("result", "T", "relative error", "same class"));
        for (OutputError error : report.errors()) {
            errors.row(List.of(
                    error.output(),
                    Integer.toString(error.timeSteps()),
                    number("%.4f", error.relativeError()),
                    Double.isNaN(error.agreement()) ? "" : number("%.1f%%", 100 * error.agreement())));
        }
        text.append(errors.render());
        report.warnings().forEach(line -> text.append("warning: ").append(line).append('\n'));
        if (!report.advice().isEmpty()) {
            text.append("\nNearer to the ANN, the cheapest first:\n");
            report.advice().forEach(line -> text.append("  ").append(line).append('\n'));
        }
        return text.toString();
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
