package org.ambispike.recipe;

import java.util.Optional;
import org.ambispike.backend.PenaltyGrouping;
import org.ambispike.calibrate.CalibrationLoss;
import org.ambispike.calibrate.KappaSchedule;
import org.ambispike.calibrate.LayerWeighting;
import org.ambispike.data.Augmentation;
import org.ambispike.neuron.NeuronVariant;
import org.ambispike.train.OptimizerSettings;
import org.ambispike.train.Schedule;

/**
 * All settings of one way from images to a calibrated spiking network. A value: two runs of equal recipes and seeds
 * give the same bytes on the same machine.
 *
 * @param alpha slope of Leaky ReLU
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

    /** Training the ANN on the labels. */
    public record Ann(
            int epochs,
            int batch,
            OptimizerSettings optimizer,
            Schedule schedule,
            double smoothing,
            double averageDecay,
            Augmentation augmentation) {}

    /**
     * Fine-tuning with the variance penalty (eq. 21-23, 31); the rest as in {@link Ann}.
     *
     * @param weight of the penalty relative to the loss, 0.1 in the paper
     */
    public record Penalty(int epochs, OptimizerSettings optimizer, PenaltyGrouping grouping, double weight) {}

    /**
     * Training the clipping thresholds (eq. 24) together with the weights; the rest as in {@link Ann}.
     *
     * @param quantile of the activations of either polarity where the thresholds start; 1 for the largest
     */
    public record Clip(int epochs, OptimizerSettings optimizer, double quantile, boolean perChannel) {}

    /**
     * Training on with activations rounded to the levels that spikes can express.
     *
     * @param levels steps between 0 and a threshold
     */
    public record Quantise(int epochs, int levels, OptimizerSettings optimizer, CalibrationLoss loss) {}

    /**
     * Joint calibration by BPTT (eq. 25-33).
     *
     * @param epochs passes over the training images, for each T
     * @param floatTeacher whether the ANN as first trained is the teacher, rather than the one that was converted
     */
    public record Calibration(
            int epochs,
            int stepsPerEpoch,
            int batch,
            OptimizerSettings optimizer,
            Schedule schedule,
            double averageDecay,
            CalibrationLoss loss,
            LayerWeighting weighting,
            KappaSchedule kappa,
            Augmentation augmentation,
            boolean floatTeacher) {
        public Calibration with(CalibrationLoss other) {
            return new Calibration(
                    epochs,
                    stepsPerEpoch,
                    batch,
                    optimizer,
                    schedule,
                    averageDecay,
                    other,
                    weighting,
                    kappa,
                    augmentation,
                    floatTeacher);
        }

        public Calibration with(LayerWeighting other) {
            return new Calibration(
                    epochs,
                    stepsPerEpoch,
                    batch,
                    optimizer,
                    schedule,
                    averageDecay,
                    loss,
                    other,
                    kappa,
                    augmentation,
                    floatTeacher);
        }

        public Calibration with(OptimizerSettings other) {
            return new Calibration(
                    epochs,
                    stepsPerEpoch,
                    batch,
                    other,
                    schedule,
                    averageDecay,
                    loss,
                    weighting,
                    kappa,
                    augmentation,
                    floatTeacher);
        }

        public Calibration with(KappaSchedule other) {
            return new Calibration(
                    epochs,
                    stepsPerEpoch,
                    batch,
                    optimizer,
                    schedule,
                    averageDecay,
                    loss,
                    weighting,
                    other,
                    augmentation,
                    floatTeacher);
        }

        public Calibration withEpochs(int other) {
            return new Calibration(
                    other,
                    stepsPerEpoch,
                    batch,
                    optimizer,
                    schedule,
                    averageDecay,
                    loss,
                    weighting,
                    kappa,
                    augmentation,
                    floatTeacher);
        }
    }

    public Recipe with(NeuronVariant other) {
        return new Recipe(name, alpha, dropout, other, ann, penalty, clip, quantise, calibration);
    }

    public Recipe with(Calibration other) {
        return new Recipe(name, alpha, dropout, neuron, ann, penalty, clip, quantise, other);
    }

    public Recipe withPenalty(Optional<Penalty> other) {
        return new Recipe(name, alpha, dropout, neuron, ann, other, clip, quantise, calibration);
    }

    public Recipe withPerChannelThresholds(boolean perChannel) {
        Clip changed = new Clip(clip.epochs(), clip.optimizer(), clip.quantile(), perChannel);
        return new Recipe(name, alpha, dropout, neuron, ann, penalty, changed, quantise, calibration);
    }

    public Recipe withAnnEpochs(int epochs) {
        Ann changed = new Ann(
                epochs,
                ann.batch(),
                ann.optimizer(),
                ann.schedule(),
                ann.smoothing(),
                ann.averageDecay(),
                ann.augmentation());
        return new Recipe(name, alpha, dropout, neuron, changed, penalty, clip, quantise, calibration);
    }

    /** The same with as many images a step in every stage. */
    public Recipe withBatch(int batch) {
        Ann changed = new Ann(
                ann.epochs(),
                batch,
                ann.optimizer(),
                ann.schedule(),
                ann.smoothing(),
                ann.averageDecay(),
                ann.augmentation());
        Calibration calibrated = new Calibration(
                calibration.epochs(),
                calibration.stepsPerEpoch(),
                batch,
                calibration.optimizer(),
                calibration.schedule(),
                calibration.averageDecay(),
                calibration.loss(),
                calibration.weighting(),
                calibration.kappa(),
                calibration.augmentation(),
                calibration.floatTeacher());
        return new Recipe(name, alpha, dropout, neuron, changed, penalty, clip, quantise, calibrated);
    }
}
