package org.ambispike.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.ambispike.common.Version;
import org.ambispike.io.AtomicFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures kernels and whole networks against their floors in one run, and prints one table for each. */
@Command(
        name = "floors",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures our kernels against the machine's copy bandwidth, and whole steps of Net4 against the sum of their"
                    + " oneDNN primitives. What is compared is measured in turns within one run; times and ratios are"
                    + " medians over rounds.",
            "Example: bench/run.sh floors --sections training,inference --markdown"
        })
public final class Floors implements Runnable {
    /** What can be measured. */
    enum Section {
        KERNELS,
        TRAINING,
        CALIBRATION,
        INFERENCE
    }

    @Option(
            names = "--sections",
            split = ",",
            defaultValue = "kernels,training,calibration,inference",
            description = "What to measure. Default: ${DEFAULT-VALUE}.")
    private Set<Section> sections;

    @Option(names = "--rounds", defaultValue = "31", description = "Measurements of each. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--mebibytes",
            defaultValue = "400",
            description = "Size of one array of the kernels' section, of which there are four; more than the last-level"
                    + " cache. Default: ${DEFAULT-VALUE}.")
    private long mebibytes;

    @Option(names = "--threads", description = "CPU threads. Default: all cores.")
    private Optional<Integer> threads;

    @Option(
            names = "--precision",
            defaultValue = "f32",
            description = "Of convolutions and matrix products: f32 or bf16. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Option(names = "--markdown", description = "Print Markdown in place of plain text.")
    private boolean markdown;

    @Option(names = "--csv", paramLabel = "FILE", description = "Also write all rows to this file.")
    private Optional<Path> csv;

    private Floors() {}

    public static void main(String[] arguments) {
        System.exit(BenchCommand.execute(new Floors(), arguments));
    }

    @Override
    public void run() {
        int count = threads.orElse(Runtime.getRuntime().availableProcessors());
        List<Row> rows = new ArrayList<>();
        String machine;
        try (Backend backend = BenchBackend.open(precision, count)) {
            machine = backend.describe();
            System.err.println(machine);
            NetworkFloors networks = new NetworkFloors(backend, Workload.net4(), rounds, System.err::println);
            if (sections.contains(Section.TRAINING)) {
                rows.addAll(networks.training());
            }
            if (sections.contains(Section.CALIBRATION)) {
                rows.addAll(networks.calibration());
            }
            if (sections.contains(Section.INFERENCE)) {
                rows.addAll(networks.inference());
            }
        }
        if (sections.contains(Section.KERNELS)) {
            rows.addAll(new KernelFloors(count, rounds).measure(mebibytes));
        }
        System.out.print(markdown ? RowFormat.markdown(rows) : RowFormat.text(rows));
        csv.ifPresent(file -> AtomicFiles.writeText(
                file, RowFormat.csv(rows, Version.current().commit(), machine)));
    }
}
