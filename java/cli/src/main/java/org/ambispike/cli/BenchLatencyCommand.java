package org.ambispike.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.ambispike.ExitRule;
import org.ambispike.SpikingModel;
import org.ambispike.common.Cancellation;
import org.ambispike.common.InputException;
import org.ambispike.common.OpenDevice;
import org.ambispike.common.Version;
import org.ambispike.data.Dataset;
import org.ambispike.device.Device;
import org.ambispike.latency.BenchmarkInput;
import org.ambispike.latency.LatencyBenchmark;
import org.ambispike.latency.LatencyPlan;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;
import org.ambispike.latency.LogitsFile;
import org.ambispike.latency.RandomImages;
import org.ambispike.latency.Reference;
import org.ambispike.report.LatencyFiles;
import org.ambispike.report.LatencyTables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Latency, speed, accuracy and work of a spiking network by T and batch. */
@Command(
        name = "latency",
        abbreviateSynopsis = true,
        description =
                "Measures accuracy (without classes, relative error against the ANN), latency, images/s, memory, spikes and estimated energy for each T and batch, with "
                        + "early exits and the ANN beside; writes latency.json, latency.csv and latency.html.",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike bench latency runs/net4/snn-T4.safetensors --ann runs/net4/model.safetensors",
            "  ambispike bench latency runs/net4/snn-T4.safetensors --T 4 --batch 1 --exit none --threads 1"
        })
final class BenchLatencyCommand extends CliCommand {
    private static final String NO_EXITS = "none";
    private static final int LARGEST_T = 1024;

    @Mixin
    private ModelArgument model;

    @Option(
            names = "--T",
            paramLabel = "N[,N...]",
            split = ",",
            hideParamSyntax = true,
            description = "Numbers of time steps. Default: 1,2,4,8,16,32.")
    private List<Integer> timeSteps = List.of(1, 2, 4, 8, 16, 32);

    @Option(
            names = "--batch",
            paramLabel = "N[,N...]",
            split = ",",
            hideParamSyntax = true,
            description = "Images of one call. Default: 1,8,64,256.")
    private List<Integer> batches = List.of(1, 8, 64, 256);

    @Option(
            names = "--ann",
            paramLabel = "FILE",
            description =
                    "The ANN of the reference rows. Default: the clipped ANN that the network tends to as T grows.")
    private Optional<Path> ann;

    @Option(
            names = "--exit",
            paramLabel = "RULE[,RULE...]",
            split = ",",
            hideParamSyntax = true,
            description =
                    "Early exits at the largest T and the smallest batch, written as for evaluate; none for none. "
                            + "Default: margin=0.5,margin=0.8,margin=0.9,margin=0.95,margin=0.99.")
    private List<String> exits = List.of("margin=0.5", "margin=0.8", "margin=0.9", "margin=0.95", "margin=0.99");

    @Option(
            names = "--no-data",
            description = "Take random images; accuracy and early exits are left out, spikes are those of such images.")
    private boolean noData;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            defaultValue = "7",
            description =
                    "Rounds in which every case has its turn; with fewer than 6 there is no 95%% interval, and the "
                            + "smallest and largest are shown. Default: ${DEFAULT-VALUE}.")
    private int repeats;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "2",
            description = "Timed calls of each case, over all rounds; each round has two at least. "
                    + "Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--logits",
            paramLabel = "FILE",
            description = "Also write images, labels and logits for each T as safetensors, for bench/peers.")
    private Optional<Path> logits;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        if (common.autotune()) {
            throw new InputException("bench latency opens backends of its own: set AMBISPIKE_CUDA_AUTOTUNE=1 in place"
                    + " of --autotune");
        }
        SpikingModel network = model.readSpiking();
        LatencyPlan asked = plan(network.hasClasses());
        Reference reference = ann.map(Reference::read).orElseGet(() -> Reference.limit(network));
        Path folder = common.out().orElseGet(model::folder);
        Device device = Device.choose(asked.device(), asked.precision());
        LatencyPlan plan = asked.withDevice(device.request());
        Cancellation cancellation = new Cancellation();
        Map<String, String> machine = Machine.probe().facts();
        List<LatencyPoint> points;
        String described = describe(device);
        BenchmarkInput input;
        try (Progress progress = common.progress()) {
            progress.note(described + " (" + device.reason() + ")");
            progress.note("ANN: " + reference.source());
            input = new BenchmarkInput(network, reference.model(), images(network, progress), !noData);
            LatencyBenchmark benchmark = new LatencyBenchmark(input, plan, progress, cancellation);
            points = Interrupts.hearing(cancellation, err(), benchmark::run);
        } catch (CancellationException e) {
            throw (CancellationException) new CancellationException("interrupted; nothing was written").initCause(e);
        }
        LatencyReport report = report(input, plan, reference, described, machine, points);
        List<Path> written = LatencyFiles.write(folder, report);
        logits.ifPresent(file -> LogitsFile.write(file, input, plan));
        print(report, written);
        return 0;
    }

    private LatencyPlan plan(boolean hasClasses) {
        List<Integer> steps = Values.timeSteps(spec, "--T", timeSteps);
        int largest = steps.get(steps.size() - 1);
        require(largest <= LARGEST_T, "--T must be at most " + LARGEST_T + ", got " + largest);
        batches.forEach(batch -> Values.positive(spec, "--batch", Optional.of(batch)));
        Values.positive(spec, "--repeats", Optional.of(repeats));
        require(seconds > 0 && Double.isFinite(seconds), "--seconds must be above 0, got " + seconds);
        boolean without = noData || !hasClasses || exits.equals(List.of(NO_EXITS));
        return new LatencyPlan(
                steps,
                batches,
                without ? List.of() : Values.read(spec, "--exit", this::rules),
                repeats,
                seconds,
                common.device(),
                common.precision(),
                common.threads());
    }

    private List<ExitRule> rules() {
        return exits.stream().map(ExitRule::parse).toList();
    }

    private String describe(Device device) {
        try (OpenDevice backend = device.open(common.threads())) {
            return backend.describe();
        }
    }

    private Dataset images(SpikingModel network, Progress progress) {
        if (noData) {
            progress.note("images are random: accuracy and early exits are left out");
            return RandomImages.of(network, common.seed());
        }
        return StageImages.test(common.images(), network.saved(), progress::note);
    }

    private LatencyReport report(
            BenchmarkInput input,
            LatencyPlan plan,
            Reference reference,
            String device,
            Map<String, String> machine,
            List<LatencyPoint> points) {
        return new LatencyReport(
                "ambispike",
                input.model().network() + ", " + String.join(" and ", input.neurons()) + " neurons",
                reference.source(),
                input.images().name(),
                input.labelled() ? input.images().size() : 0,
                device,
                Choice.label(plan.precision()),
                plan.threads(),
                Version.current().commit(),
                machine,
                plan.described(),
                points,
                typed());
    }

    private void print(LatencyReport report, List<Path> written) {
        PrintWriter out = out();
        if (report.points().stream().anyMatch(point -> Double.isFinite(point.accuracy()))) {
            out.println("accuracy on " + report.measuredImages());
        }
        out.print(LatencyTables.fixed(report));
        if (!report.early().isEmpty()) {
            out.println();
            out.print(LatencyTables.early(report));
        }
        out.println();
        out.println("ANN: " + report.ann());
        report.machine().forEach((name, value) -> out.println(name + ": " + value));
        report.settings().forEach((name, value) -> out.println(name + ": " + value));
        written.forEach(out::println);
        logits.ifPresent(out::println);
    }
}
