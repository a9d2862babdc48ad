package org.ambispike.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ambispike.backend.Backend;
import org.ambispike.common.Precision;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Network;
import org.ambispike.latency.ProcessMemory;
import org.bytedeco.javacpp.Pointer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares what executors take with what they forecast: growth of the resident peak over two passes. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = {
            "Plans executors of Net4, runs two passes with each, and compares the growth of the peak of resident memory"
                    + " with the forecast that was printed before the run.",
            "Example: bench/run.sh memory --markdown"
        })
public final class Memory implements Runnable {
    private static final double MEBIBYTE = 1 << 20;

    @Option(
            names = "--precision",
            defaultValue = "f32",
            description = "Of convolutions and matrix products: f32 or bf16. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Option(names = "--markdown", description = "Print Markdown in place of plain text.")
    private boolean markdown;

    private Memory() {}

    private record Result(String what, double forecast, double measured) {}

    public static void main(String[] arguments) {
        System.exit(BenchCommand.execute(new Memory(), arguments));
    }

    @Override
    public void run() {
        Workload workload = Workload.net4();
        List<Result> results = new ArrayList<>();
        try (Backend backend = BenchBackend.open(precision, 0)) {
            // libraries, threads and classes are not the executor's
            measure(backend, "", workload.ann(), ExecutionOptions.training(1, 1));
            measure(
                    backend,
                    "",
                    workload.spiking(),
                    ExecutionOptions.training(1, 1).withRateGradients());
            results.add(measure(backend, "training, batch 128", workload.ann(), ExecutionOptions.training(128, 1)));
            for (int steps : new int[] {1, 4, 8}) {
                results.add(measure(
                        backend,
                        "calibration, batch 100, T = " + steps,
                        workload.spiking(),
                        ExecutionOptions.training(100, steps).withRateGradients()));
            }
            for (int steps : new int[] {1, 8, 32}) {
                results.add(measure(
                        backend,
                        "inference, batch 100, T = " + steps,
                        workload.spiking(),
                        ExecutionOptions.inference(100, steps)));
            }
        }
        print(results);
    }

    private static Result measure(Backend backend, String what, Network network, ExecutionOptions options) {
        // what the C library keeps of earlier executors would hide what this one takes
        System.gc();
        Pointer.trimMemory();
        ProcessMemory.resetPeak();
        long before = ProcessMemory.resident();
        try (ParameterStore store =
                        ParameterStore.create(backend, network.graph(), network.weights(), options.training());
                Executor executor = Executor.plan(backend, network.graph(), store, options)) {
            float[] images = new float
                    [Math.toIntExact(
                            options.batch() * network.graph().inputShape().elements())];
            for (int pass = 0; pass < 2; pass++) {
                executor.input(images, options.batch());
                executor.forward();
                if (options.training()) {
                    writeGradients(backend, executor);
                    executor.backward(options.rateGradients());
                }
            }
            backend.synchronize();
            return new Result(
                    what, executor.forecast().totalBytes() / MEBIBYTE, (ProcessMemory.peak() - before) / MEBIBYTE);
        }
    }

    /** As a loss does: memory that is never written takes no room. */
    private static void writeGradients(Backend backend, Executor executor) {
        backend.memory().fill(executor.logitsGradient(), 1);
        if (executor.options().rateGradients()) {
            executor.graph().neurons().forEach(neuron -> backend.memory()
                    .fill(executor.rateGradient(neuron.name()), 1));
        }
    }

    private void print(List<Result> results) {
        System.out.println(
                markdown
                        ? "| executor | forecast, MiB | measured, MiB | ratio |\n| --- | ---: | ---: | ---: |"
                        : String.format(
                                Locale.ROOT,
                                "%-32s %14s %14s %7s",
                                "executor",
                                "forecast, MiB",
                                "measured, MiB",
                                "ratio"));
        String format = markdown ? "| %s | %.1f | %.1f | %.3f |%n" : "%-32s %14.1f %14.1f %7.3f%n";
        for (Result result : results) {
            System.out.printf(
                    Locale.ROOT,
                    format,
                    result.what(),
                    result.forecast(),
                    result.measured(),
                    result.measured() / result.forecast());
        }
    }
}
