package org.ambispike.recipe;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.ambispike.backend.PenaltyGrouping;
import org.ambispike.calibrate.CalibrationLoss;
import org.ambispike.calibrate.KappaSchedule;
import org.ambispike.calibrate.LayerWeighting;
import org.ambispike.data.Augmentation;
import org.ambispike.neuron.NeuronVariant;
import org.ambispike.train.OptimizerSettings;
import org.ambispike.train.Schedule;
import org.ambispike.train.StageSettings;

/**
 * All settings of one way from images to a calibrated spiking network. A value: two runs of equal recipes and seeds
 * give the same bytes on the same machine.
 *
 * @param alpha slope of Leaky ReLU
 * @param dropout before and after the hidden linear layer of the ANN
 */
public record Recipe(
        String name,
        double alpha,
        double dropout,
        NeuronVariant neuron,
        Ann ann,
        Optional<Penalty> penalty,
        Clip clip,
        Optional<Quantise> quantise,
        Calibration calibration) {

    /**
     * How a stage goes through the images.
     *
     * @param stepsPerEpoch after how many steps an epoch ends; 0 for a pass over all images
     * @param averageDecay of the moving average of the parameters; 0 for none
     */
    public record Fit(
            int epochs,
            int stepsPerEpoch,
            int batch,
            OptimizerSettings optimizer,
            Schedule schedule,
            double averageDecay,
            Augmentation augmentation) {
        public Fit withEpochs(int other) {
            return new Fit(other, stepsPerEpoch, batch, optimizer, schedule, averageDecay, augmentation);
        }

        public Fit withBatch(int other) {
            return new Fit(epochs, stepsPerEpoch, other, optimizer, schedule, averageDecay, augmentation);
        }

        public Fit with(OptimizerSettings other) {
            return new Fit(epochs, stepsPerEpoch, batch, other, schedule, averageDecay, augmentation);
        }

        public Fit with(Augmentation other) {
            return new Fit(epochs, stepsPerEpoch, batch, optimizer, schedule, averageDecay, other);
        }

        StageSettings stage(String name, long seed) {
            return new StageSettings(
                    name, epochs, stepsPerEpoch, batch, seed, schedule, optimizer, averageDecay, augmentation);
        }
    }

    /** Training the ANN on the labels. */
    public record Ann(Fit fit, double smoothing) {}

    /**
     * Fine-tuning with the variance penalty (eq. 21-23, 31).
     *
     * @param weight of the penalty relative to the loss, 0.1 in the paper
     */
    public record Penalty(Fit fit, PenaltyGrouping grouping, double weight) {}

    /**
     * The clipping thresholds (eq. 24).
     *
     * @param fit trains them together with the weights; empty to leave them where they start
     * @param quantile of the activations of either polarity where the thresholds start; 1 for the largest
     */
    public record Clip(Optional<Fit> fit, double quantile, boolean perChannel) {
        public Clip withPerChannel(boolean other) {
            return new Clip(fit, quantile, other);
        }
    }

    /**
     * Training on with activations rounded to the levels that spikes can express.
     *
     * @param levels steps between 0 and a threshold
     */
    public record Quantise(Fit fit, int levels, Target target) {}

    /** What a student learns from its teacher. */
    public record Target(CalibrationLoss loss, LayerWeighting weighting, KappaSchedule kappa) {
        public Target with(CalibrationLoss other) {
            return new Target(other, weighting, kappa);
        }

        public Target with(LayerWeighting other) {
            return new Target(loss, other, kappa);
        }

        public Target with(KappaSchedule other) {
            return new Target(loss, weighting, other);
        }
    }

    /**
     * Joint calibration by BPTT (eq. 25-33), for each T.
     *
     * @param floatTeacher whether the ANN as first trained is the teacher, rather than the one that was converted
     */
    public record Calibration(Fit fit, Target target, boolean floatTeacher) {
        public Calibration with(Fit other) {
            return new Calibration(other, target, floatTeacher);
        }

        public Calibration with(Target other) {
            return new Calibration(fit, other, floatTeacher);
        }
    }

    public Recipe with(NeuronVariant other) {
        return new Recipe(name, alpha, dropout, other, ann, penalty, clip, quantise, calibration);
    }

    public Recipe with(Ann other) {
        return new Recipe(name, alpha, dropout, neuron, other, penalty, clip, quantise, calibration);
    }

    public Recipe withPenalty(Optional<Penalty> other) {
        return new Recipe(name, alpha, dropout, neuron, ann, other, clip, quantise, calibration);
    }

    public Recipe with(Clip other) {
        return new Recipe(name, alpha, dropout, neuron, ann, penalty, other, quantise, calibration);
    }

    public Recipe with(Calibration other) {
        return new Recipe(name, alpha, dropout, neuron, ann, penalty, clip, quantise, other);
    }

    /** The same with as many images a step in every stage. */
    public Recipe withBatch(int batch) {
        return withFits(fit -> fit.withBatch(batch));
    }

    /** The same with images changed in this way in every stage. */
    public Recipe with(Augmentation augmentation) {
        return withFits(fit -> fit.with(augmentation));
    }

    private Recipe withFits(UnaryOperator<Fit> change) {
        return new Recipe(
                name,
                alpha,
                dropout,
                neuron,
                new Ann(change.apply(ann.fit()), ann.smoothing()),
                penalty.map(stage -> new Penalty(change.apply(stage.fit()), stage.grouping(), stage.weight())),
                new Clip(clip.fit().map(change), clip.quantile(), clip.perChannel()),
                quantise.map(stage -> new Quantise(change.apply(stage.fit()), stage.levels(), stage.target())),
                calibration.with(change.apply(calibration.fit())));
    }
}
