package org.ambispike.paper;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.ambispike.train.LayerWeighting;

/** The tables and figures of the paper, and the runs that each needs. */
public enum PaperTable {
    /** Methods with negative spikes, Net4 on Fashion-MNIST. */
    TABLE1,
    /** VGG-16 on CIFAR-10. */
    TABLE2,
    /** ResNet-18 on CIFAR-10. */
    TABLE3,
    /** Firing rates with and without threshold optimisation. */
    TABLE4,
    /** Weightings of the layers' losses. */
    TABLE5,
    /** Activations and thresholds. */
    FIGURE1,
    /** Accuracy against T. */
    FIGURE3;

    private static final String TWO_STAGE = "two-stage";
    private static final String VGG16 = "vgg16";
    private static final String RESNET18 = "resnet18";
    /** Epochs of every ANN in a quick comparison: three of them, and seven methods, fit into half an hour on two cores. */
    private static final int QUICK_EPOCHS = 6;

    private static final int SHORT_STEPS = 64;
    private static final int FULL_STEPS = 256;

    /**
     * One run.
     *
     * @param label of its row and its folder; equal ones are the same run, whatever table it is for
     */
    public record Run(String label, Plan plan) {}

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The table or figure of a label, if there is one. */
    public static Optional<PaperTable> ofLabel(String label) {
        return Stream.of(values()).filter(table -> table.label().equals(label)).findFirst();
    }

    /** The network that it is of. */
    public String network() {
        return switch (this) {
            case TABLE2 -> VGG16;
            case TABLE3 -> RESNET18;
            default -> Net4.NAME;
        };
    }

    /**
     * The runs in the order of their rows.
     *
     * @throws org.ambispike.common.InputException if the network does not have the profile
     */
    public List<Run> runs(Profile profile) {
        return switch (this) {
            case TABLE1 -> Stream.of(
                            "augmapping",
                            "strelu",
                            Recipes.PROPOSED,
                            TWO_STAGE,
                            "relu-max",
                            "relu-percentile",
                            Recipes.AMBISPIKE)
                    .map(name -> run(name, profile))
                    .toList();
            case TABLE2, TABLE3 -> Stream.of(TWO_STAGE, Recipes.PROPOSED, Recipes.AMBISPIKE)
                    .map(name -> run(name, profile))
                    .toList();
            case TABLE4, FIGURE1, FIGURE3 -> List.of(run(Recipes.PROPOSED, profile));
            case TABLE5 -> Stream.of(LayerWeighting.AVERAGE, LayerWeighting.COSINE, LayerWeighting.SIGMOID)
                    .map(weighting -> run(weighting, profile))
                    .toList();
        };
    }

    /** The T that networks are calibrated for. */
    public List<Integer> calibrated() {
        return Reproduction.CALIBRATED;
    }

    /** The most steps that a network which is not calibrated is followed for. */
    public static int longest(Profile profile) {
        return profile == Profile.FULL ? FULL_STEPS : SHORT_STEPS;
    }

    private Run run(String name, Profile profile) {
        Plan plan = Recipes.plan(network(), name, profile);
        return new Run(name, profile == Profile.QUICK ? plan.withAnnEpochs(QUICK_EPOCHS) : plan);
    }

    /** The paper's own weighting is its own run. */
    private Run run(LayerWeighting weighting, Profile profile) {
        Run proposed = run(Recipes.PROPOSED, profile);
        Recipe.Calibration calibration = proposed.plan().recipe().calibration();
        if (calibration.target().weighting() == weighting) {
            return proposed;
        }
        return new Run(
                Recipes.PROPOSED + "-" + weighting.label(),
                proposed.plan()
                        .with(recipe -> recipe.with(
                                calibration.with(calibration.target().with(weighting)))));
    }
}
