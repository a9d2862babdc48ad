package org.ambispike.report;

import java.util.List;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;

/** Spikes, operations and estimated energy of one image by T, against the ANN. */
record WorkSection(LatencyReport report) implements Section {
    @Override
    public String id() {
        return "work";
    }

    @Override
    public String title() {
        return "Spikes and energy";
    }

    @Override
    public boolean isPresent() {
        return points().stream().anyMatch(point -> Double.isFinite(point.image().nanojoules()));
    }

    @Override
    public void write(Page page) {
        Table table = new Table(
                "Spikes, operations and estimated energy of one image",
                "network",
                "spikes",
                "spike accumulations",
                "MACs",
                "energy",
                "against ANN");
        double ann = points().stream()
                .filter(LatencyPoint::isAnn)
                .mapToDouble(point -> point.image().nanojoules())
                .findFirst()
                .orElse(Double.NaN);
        for (LatencyPoint point : points()) {
            table.row(
                    LatencyTables.name(point),
                    Format.operations(point.image().spikes()),
                    Format.operations(point.image().synapticOperations()),
                    Format.operations(point.image().multiplyAccumulates()),
                    Format.energy(point.image().nanojoules()),
                    Format.decimal(point.image().nanojoules() / ann, 2));
        }
        page.table(table);
        page.note(EnergySection.SOURCE);
    }

    /** They do not depend on the batch. */
    private List<LatencyPoint> points() {
        int batch = report.fixed().stream().mapToInt(LatencyPoint::batch).min().orElse(0);
        return report.fixed().stream().filter(point -> point.batch() == batch).toList();
    }
}
