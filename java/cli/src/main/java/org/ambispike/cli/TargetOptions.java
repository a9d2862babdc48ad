package org.ambispike.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ambispike.AnnModel;
import org.ambispike.Comparison;
import org.ambispike.Model;
import org.ambispike.SpikingModel;
import org.ambispike.Targets;
import org.ambispike.common.InputException;
import org.ambispike.paper.ModelNames;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a network's results are compared with. */
final class TargetOptions {
    private static final String ANN = "ann";
    private static final String ARRAY = ".npy";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--target",
            paramLabel = "ann|FILE[,FILE...]",
            split = ",",
            hideParamSyntax = true,
            description =
                    "Compare results in place of classes: with those of an ANN (its model file; ann: model.safetensors beside"
                            + " MODEL, else the clipped ANN that it tends to), or with given ones (.npy, a row for each image;"
                            + " a file for each result, or one for all). Writes MODEL-outputs.json, .csv and .html.")
    private List<String> target = List.of();

    @Option(
            names = "--range",
            paramLabel = "R",
            description = "Range of the values that the PSNR is of, such as 1 for pixels. Default: the targets' own.")
    private Optional<Double> range;

    /**
     * What to compare with.
     *
     * @param source in words
     */
    record Chosen(Targets targets, String source) {}

    /** Whether results are to be compared; so it is where there are no classes. */
    boolean wanted(Model network) {
        range.ifPresent(given ->
                Values.require(spec, given > 0 && Double.isFinite(given), "--range must be above 0, got " + given));
        return !target.isEmpty() || !network.hasClasses();
    }

    /** @throws InputException if there is nothing to compare with */
    Chosen choose(Model network, ModelArgument model) {
        if (target.isEmpty() || target.equals(List.of(ANN))) {
            return ann(network, model);
        }
        List<Path> files = target.stream().map(Path::of).toList();
        if (target.stream().allMatch(name -> name.endsWith(ARRAY))) {
            return new Chosen(Targets.read(network, files), "given targets (" + String.join(", ", target) + ")");
        }
        if (files.size() > 1) {
            throw new InputException("--target takes one model, or .npy files alone, got " + target);
        }
        return new Chosen(Targets.of(AnnModel.load(files.get(0))), "the ANN of " + files.get(0));
    }

    private static Chosen ann(Model network, ModelArgument model) {
        if (!(network instanceof SpikingModel spiking)) {
            throw new InputException(
                    "an ANN is compared with another one or with given targets: name a file with --target");
        }
        Path beside = model.sibling(ModelNames.ANN);
        if (Files.exists(beside)) {
            AnnModel ann = AnnModel.load(beside);
            if (ann.outputLength() == network.outputLength() && ann.inputShape().equals(network.inputShape())) {
                return new Chosen(Targets.of(ann), "the ANN of " + ModelNames.ANN);
            }
        }
        return new Chosen(Targets.of(spiking.clippedAnn()), "the clipped ANN that it tends to");
    }

    /** Adds the range, if one was named. */
    void applyTo(Comparison.Builder comparison) {
        range.ifPresent(comparison::range);
    }
}
