package org.ambispike.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.ambispike.report.MetricsCsv;
import org.ambispike.train.MetricRow;

/** Writes each epoch's row to a run's {@code metrics.csv}, in place of rows of an earlier run of the same stage. */
final class Metrics implements Consumer<MetricRow> {
    private final Path file;
    private Optional<MetricsCsv> csv = Optional.empty();

    Metrics(Path folder) {
        this.file = folder.resolve(MetricsCsv.FILE_NAME);
    }

    @Override
    public void accept(MetricRow row) {
        if (csv.isEmpty()) {
            csv = Optional.of(MetricsCsv.resume(file, row.stage(), row.epoch() - 1));
        }
        csv.get().append(row);
    }

    /** Begins anew: rows of earlier runs go. */
    void clear() {
        csv = Optional.of(MetricsCsv.create(file));
    }

    /** All rows of the run. */
    List<MetricRow> rows() {
        return Files.exists(file) ? MetricsCsv.read(file) : List.of();
    }
}
