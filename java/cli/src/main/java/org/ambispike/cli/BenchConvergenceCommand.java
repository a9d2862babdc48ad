package org.ambispike.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ambispike.AnnModel;
import org.ambispike.Comparison;
import org.ambispike.Model;
import org.ambispike.OutputError;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.Targets;
import org.ambispike.common.InputException;
import org.ambispike.data.Dataset;
import org.ambispike.data.ValueFile;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Op;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.onnx.OnnxImport;
import org.ambispike.report.ConvergenceRow;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how networks tend to their ANNs as T grows. */
@Command(
        name = "convergence",
        abbreviateSynopsis = true,
        description =
                "Prints the relative error of all results against the ANN at each T, uncalibrated, for networks that lie in folders"
                        + " with their input.npy: model.onnx, or a model file. ANNs are converted with thresholds measured on that"
                        + " input. A network tends to its ANN if, from the T at which its error is below 0.5, four times the steps"
                        + " leave at most 0.35 of it on average; the largest share that they leave anywhere is beside it.",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike bench convergence networks --neuron memory,pair",
            "  ambispike bench convergence runs/unet/model.onnx --data images.npy --T 8,32,128"
        })
final class BenchConvergenceCommand extends CliCommand {
    private static final String INPUT = "input.npy";
    private static final int DEEPEST = 2;

    @Parameters(
            paramLabel = "PLACE",
            arity = "1..*",
            description = "Folder of networks in folders, folder of one, or file (.onnx or .safetensors).")
    private List<Path> places;

    @Option(
            names = "--T",
            paramLabel = "N[,N...]",
            split = ",",
            hideParamSyntax = true,
            description = "Numbers of time steps. Default: 4,16,64,256,1024.")
    private List<Integer> timeSteps = List.of(4, 16, 64, 256, 1024);

    @Option(
            names = "--neuron",
            paramLabel = "NAME[,NAME...]",
            split = ",",
            hideParamSyntax = true,
            description = "Neurons of ANNs that are converted, as for convert. Default: memory.")
    private List<NeuronVariant> neurons = List.of(NeuronVariant.MEMORY);

    @Option(
            names = "--quantile",
            paramLabel = "Q",
            defaultValue = "1",
            description = "Of the activations, for thresholds; 1 for the largest. Default: ${DEFAULT-VALUE}.")
    private double quantile;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the rows as JSON.")
    private Optional<Path> json;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        List<Integer> steps = Values.timeSteps(spec, "--T", timeSteps);
        require(quantile > 0 && quantile <= 1, "--quantile must be in (0, 1], got " + quantile);
        List<Path> files =
                places.stream().flatMap(place -> files(place).stream()).toList();
        List<ConvergenceRow> rows = CommandContext.open(common, err(), tools -> {
            List<ConvergenceRow> measured = new ArrayList<>();
            tools.progress().stage("convergence", files.size());
            for (Path file : files) {
                measured.addAll(rows(tools, file, steps));
                tools.progress().step(measured.size(), name(file));
            }
            tools.progress().stageDone("");
            return measured;
        });
        json.ifPresent(file -> ConvergenceRow.write(file, rows));
        out().print(ConvergenceRow.table(steps, rows));
        rows.stream().filter(row -> !row.refusal().isEmpty()).forEach(row -> out().println(
                        row.network() + ": " + row.refusal()));
        return 0;
    }

    /** Networks of a place: itself, in a folder, or in its folders. */
    private List<Path> files(Path place) {
        if (Files.isRegularFile(place)) {
            return List.of(place);
        }
        try (Stream<Path> found = Files.walk(place, DEEPEST)) {
            List<Path> files = found.filter(file -> isNetwork(file) && Files.exists(data(file)))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new InputException(
                        place + ": holds no networks (.onnx or .safetensors) with " + INPUT + " beside them");
            }
            return files;
        } catch (IOException e) {
            throw new InputException(place + ": cannot be read as a folder: " + e, e);
        }
    }

    private static boolean isNetwork(Path file) {
        return file.toString().endsWith(".onnx") || file.toString().endsWith(".safetensors");
    }

    private Path data(Path file) {
        return common.images().place().orElseGet(() -> file.toAbsolutePath().resolveSibling(INPUT));
    }

    private static String name(Path file) {
        return String.valueOf(file.toAbsolutePath().getParent().getFileName());
    }

    private List<ConvergenceRow> rows(CommandContext.Tools tools, Path file, List<Integer> steps) {
        try {
            Model model = read(file);
            Dataset images = new ValueFile(data(file)).load(model.inputShape());
            if (model instanceof SpikingModel snn) {
                return List.of(row(tools, file, snn, snn.clippedAnn(), images, steps));
            }
            AnnModel ann = (AnnModel) model;
            if (ann.neuronLayers().isEmpty()) {
                return List.of(
                        new ConvergenceRow(name(file), "none", steps, Collections.nCopies(steps.size(), 0.0), ""));
            }
            TrainingContext context = TrainingContext.on(tools.backend(), new TrainingImages(images, images));
            AnnModel clipped = ann.hasThresholds() ? ann : ann.withThresholds(context, quantile, false);
            return neurons.stream()
                    .map(neuron -> row(tools, file, clipped.convert(neuron), ann, images, steps))
                    .toList();
        } catch (InputException | IllegalArgumentException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            return List.of(new ConvergenceRow(name(file), "", steps, List.of(), reason));
        }
    }

    private static Model read(Path file) {
        if (!file.toString().endsWith(".onnx")) {
            return Model.load(file);
        }
        OnnxImport.Result result = OnnxImport.read(file);
        int channels = result.require().graph().inputShape().extent(-1);
        return AnnModel.of(new SavedModel(
                result.require(),
                new ModelInfo(
                        name(file),
                        ModelInfo.UNKNOWN,
                        Normalisation.none(channels),
                        List.of(),
                        List.of(),
                        result.provenance())));
    }

    private ConvergenceRow row(
            CommandContext.Tools tools,
            Path file,
            SpikingModel snn,
            AnnModel ann,
            Dataset images,
            List<Integer> steps) {
        SessionOptions usual = Comparison.forTimeSteps(steps).session();
        Comparison comparison = Comparison.builder(steps)
                .session(common.session(usual, tools.device().request()))
                .cancellation(tools.cancellation())
                .build();
        List<OutputError> errors = snn.compare(images, Targets.of(ann), comparison);
        int results = errors.size() / steps.size();
        List<Double> all = new ArrayList<>();
        for (int index = 0; index < errors.size(); index += results) {
            all.add(errors.get(index).relativeError());
        }
        return new ConvergenceRow(name(file), neurons(snn), steps, all, "");
    }

    private static String neurons(SpikingModel snn) {
        return snn.saved().graph().neurons().stream()
                .map(node -> Choice.label(((Op.Spike) node.op()).model()))
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
