package org.ambispike.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.ambispike.paper.RunSummary;
import org.ambispike.run.EnergyEstimate;

/** Synaptic operations and the energy they would take, against the ANN. */
record EnergySection(RunSummary run) implements Section {
    /** Where the constants come from, and what they leave out. */
    static final String SOURCE = "Estimated from " + Format.decimal(EnergyEstimate.ACCUMULATE_PICOJOULES, 1)
            + " pJ for a 32-bit floating-point addition and "
            + Format.decimal(EnergyEstimate.MULTIPLY_ACCUMULATE_PICOJOULES, 1)
            + " pJ for a multiplication with addition (MAC) in 45 nm CMOS: M. Horowitz, “Computing’s energy problem"
            + " (and what we can do about it)”, ISSCC 2014. Memory traffic and the neurons' own updates are not"
            + " counted, and this is not the energy of the machine that ran it.";

    @Override
    public String id() {
        return "energy";
    }

    @Override
    public String title() {
        return "Operations and energy";
    }

    @Override
    public boolean isPresent() {
        return !run.energy().isEmpty();
    }

    @Override
    public void write(Page page) {
        page.paragraph(
                "A spike costs an accumulation in each neuron it reaches; the ANN multiplies and accumulates for every"
                        + " input. The first layer gets the image itself, so its multiply-accumulates are done once for all T.");
        if (energies().findAny().isPresent()) {
            writeChart(page);
        }
        Table table = new Table(
                "Operations and estimated energy for one image",
                "network",
                "T",
                "spike accumulations",
                "first layer MACs",
                "ANN MACs",
                "SNN energy",
                "ANN energy",
                "SNN / ANN");
        run.energy()
                .forEach(e -> table.row(
                        Format.calibration(e.calibratedFor()),
                        Integer.toString(e.timeSteps()),
                        Format.operations(e.synapticOperations()),
                        Format.operations(e.inputMultiplyAccumulates()),
                        Format.operations(e.annMultiplyAccumulates()),
                        Format.energy(e.snnNanojoules()),
                        Format.energy(e.annNanojoules()),
                        Format.decimal(e.snnNanojoules() / e.annNanojoules(), 2)));
        page.details(table);
        best().ifPresent(e -> page.paragraph("The network " + Format.calibration(e.calibratedFor()) + " would take "
                + Format.energy(e.snnNanojoules()) + " for one image in as many steps, "
                + Format.decimal(e.snnNanojoules() / e.annNanojoules(), 2) + " of the ANN's "
                + Format.energy(e.annNanojoules()) + "."));
        page.note(SOURCE);
    }

    private void writeChart(Page page) {
        Collection<List<EnergyEstimate>> networks = run.energy().stream()
                .collect(Collectors.groupingBy(EnergyEstimate::calibratedFor, TreeMap::new, Collectors.toList()))
                .values();
        List<Page.Legend> legend = new ArrayList<>();
        List<LineChart.Line> lines = new ArrayList<>();
        for (List<EnergyEstimate> network : networks) {
            int calibratedFor = network.get(0).calibratedFor();
            String name = Format.calibration(calibratedFor);
            Style style = new Style(calibratedFor == 0 ? 0 : lines.size() + (hasBase() ? 0 : 1));
            legend.add(Page.Legend.line(name, style));
            Function<EnergyEstimate, LineChart.Point> point = e -> new LineChart.Point(
                    e.timeSteps(),
                    e.snnNanojoules() > 0 ? e.snnNanojoules() : Double.NaN,
                    name + ", T = " + e.timeSteps() + ": " + Format.energy(e.snnNanojoules()));
            lines.add(new LineChart.Line(style, network.stream().map(point).toList()));
        }
        double ann = run.energy().get(0).annNanojoules();
        Axis y = Axis.log10(
                "energy for one image, log scale",
                energies().min().orElse(1),
                energies().max().orElse(1),
                value -> Format.brief(Format.energy(value)));
        Axis x = Axis.timeSteps(List.copyOf(new TreeMap<>(
                        run.energy().stream().collect(Collectors.toMap(EnergyEstimate::timeSteps, e -> 0, (a, b) -> a)))
                .keySet()));
        page.figure(
                "Estimated energy against time steps",
                legend,
                new LineChart(
                        "Estimated energy for one image against the number of time steps, with the ANN's energy as a"
                                + " level. The table below has the figures.",
                        x,
                        y,
                        lines,
                        List.of(),
                        Optional.of(new LineChart.Reference(ann, "ANN " + Format.energy(ann)))));
    }

    /** The cheapest of the networks at the T that they were calibrated for. */
    private Optional<EnergyEstimate> best() {
        return run.energy().stream()
                .filter(e -> e.calibratedFor() == e.timeSteps() && Double.isFinite(e.snnNanojoules()))
                .min(Comparator.comparingDouble(EnergyEstimate::snnNanojoules));
    }

    private boolean hasBase() {
        return run.energy().stream().anyMatch(e -> e.calibratedFor() == 0);
    }

    private DoubleStream energies() {
        return run.energy().stream()
                .flatMapToDouble(e -> DoubleStream.of(e.snnNanojoules(), e.annNanojoules()))
                .filter(e -> Double.isFinite(e) && e > 0);
    }
}
