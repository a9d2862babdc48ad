package org.ambispike.paper;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.ambispike.Quantisation;
import org.ambispike.common.PenaltyGrouping;
import org.ambispike.common.Require;
import org.ambispike.data.Augmentation;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.train.CalibrationTarget;
import org.ambispike.train.Fit;

/**
 * All settings of one way from images to a calibrated spiking network. A value: two runs of equal recipes and seeds
 * give the same bytes on the same machine.
 *
 * @param alpha slope of Leaky ReLU; 0 for ReLU, 1 for an activation that only clips
 * @param dropout before and after the hidden linear layer of the ANN
 * @param start initial potentials as a fraction of the thresholds: one half rounds, 0 truncates
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
        Calibration calibration,
        double start) {
    /** @throws IllegalArgumentException naming what is out of its range */
    public Recipe {
        if (!name.matches("[\\w.-]{1,64}")) {
            throw new IllegalArgumentException("name must be 1 to 64 letters, digits, dots, dashes and underscores");
        }
        Require.share("alpha", alpha);
        Require.shareBelowOne("dropout", dropout);
        Require.share("start", start);
    }

    /**
     * Training the ANN on the labels.
     *
     * @param threshold at which activations clip from the start, in both directions; empty where they do not
     */
    public record Ann(Fit fit, double smoothing, Optional<Double> threshold) {
        /** @throws IllegalArgumentException naming what is out of its range */
        public Ann {
            Require.shareBelowOne("smoothing", smoothing);
            threshold.ifPresent(value -> Require.above("threshold", value, 0));
        }

        public Ann with(Fit other) {
            return new Ann(other, smoothing, threshold);
        }
    }

    /**
     * Fine-tuning with the variance penalty (eq. 21-23, 31).
     *
     * @param weight of the penalty relative to the loss, 0.1 in the paper
     */
    public record Penalty(Fit fit, PenaltyGrouping grouping, double weight) {
        /** @throws IllegalArgumentException naming what is out of its range */
        public Penalty {
            Require.atLeast("weight", weight, 0);
        }
    }

    /**
     * The clipping thresholds (eq. 24).
     *
     * @param fit trains them together with the weights; empty to leave them where they start
     * @param quantile of the activations of either polarity where the thresholds start; 1 for the largest
     */
    public record Clip(Optional<Fit> fit, double quantile, boolean perChannel) {
        /** @throws IllegalArgumentException naming what is out of its range */
        public Clip {
            Require.above("quantile", quantile, 0);
            Require.share("quantile", quantile);
        }

        public Clip withPerChannel(boolean other) {
            return new Clip(fit, quantile, other);
        }
    }

    /**
     * Training on with quantised activations, as {@link Quantisation} has it.
     *
     * @param levels steps between 0 and a threshold
     * @param dither in levels
     */
    public record Quantise(Fit fit, int levels, CalibrationTarget target, double dither) {
        /** @throws IllegalArgumentException naming what is out of its range */
        public Quantise {
            Require.atLeast("levels", levels, 1);
            Require.atLeast("dither", dither, 0);
        }

        public Quantise with(Fit other) {
            return new Quantise(other, levels, target, dither);
        }

        Quantisation quantisation() {
            return Quantisation.builder(levels)
                    .fit(fit)
                    .target(target)
                    .dither(dither)
                    .build();
        }
    }

    /** How spiking networks are calibrated. */
    public enum Method {
        /** Not at all. */
        NONE,
        /** Initial potentials, then one layer after another, each by itself. */
        LAYERWISE,
        /** All layers together (eq. 25-33). */
        JOINT
    }

    /** How the networks for several T come about. */
    public enum Sequence {
        /** Each from the converted network, by as many steps. */
        APART,
        /**
         * From the smallest T up, each from the network for the T below it: what short T have learned in steps that cost little
         * is most of what longer ones need. A T below {@link Calibration#LONG} takes as many more steps as its own are cheaper.
         */
        ASCENDING
    }

    /**
     * Calibration by BPTT, for each T.
     *
     * @param floatTeacher whether the ANN as first trained is the teacher, rather than the one that was converted
     * @param stepGains how far gains by step lie apart at first, as {@link org.ambispike.Calibration.Builder#stepGains} has it;
     *     empty for neurons without
     */
    public record Calibration(
            Fit fit,
            CalibrationTarget target,
            boolean floatTeacher,
            Method method,
            Sequence sequence,
            Optional<Double> stepGains) {
        private static final int LONG = 8;

        /** @throws IllegalArgumentException naming what is out of its range */
        public Calibration {
            stepGains.ifPresent(spread -> Require.shareBelowOne("stepGains", spread));
            if (stepGains.isPresent() && method != Method.JOINT) {
                throw new IllegalArgumentException("stepGains is for the method JOINT, got " + method);
            }
        }

        /** How the network for this T goes through the images. */
        public Fit fitFor(int timeSteps) {
            return sequence == Sequence.APART ? fit : fit.withEpochs(fit.epochs() * Math.max(1, LONG / timeSteps));
        }

        /** The T in the order in which they are calibrated. */
        public List<Integer> order(List<Integer> timeSteps) {
            return sequence == Sequence.APART
                    ? timeSteps
                    : timeSteps.stream().sorted().toList();
        }

        /**
         * What the next T in order starts from.
         *
         * @param converted the network before any calibration
         * @param calibrated the network of the T before
         */
        public <N> N next(N converted, N calibrated) {
            return sequence == Sequence.APART ? converted : calibrated;
        }

        public Calibration with(Fit other) {
            return new Calibration(other, target, floatTeacher, method, sequence, stepGains);
        }

        public Calibration with(CalibrationTarget other) {
            return new Calibration(fit, other, floatTeacher, method, sequence, stepGains);
        }

        public Calibration with(Sequence other) {
            return new Calibration(fit, target, floatTeacher, method, other, stepGains);
        }

        public Calibration withStepGains(Optional<Double> other) {
            return new Calibration(fit, target, floatTeacher, method, sequence, other);
        }
    }

    public Recipe with(NeuronVariant other) {
        return new Recipe(name, alpha, dropout, other, ann, penalty, clip, quantise, calibration, start);
    }

    public Recipe with(Ann other) {
        return new Recipe(name, alpha, dropout, neuron, other, penalty, clip, quantise, calibration, start);
    }

    public Recipe withPenalty(Optional<Penalty> other) {
        return new Recipe(name, alpha, dropout, neuron, ann, other, clip, quantise, calibration, start);
    }

    public Recipe with(Clip other) {
        return new Recipe(name, alpha, dropout, neuron, ann, penalty, other, quantise, calibration, start);
    }

    public Recipe with(Calibration other) {
        return new Recipe(name, alpha, dropout, neuron, ann, penalty, clip, quantise, other, start);
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
                ann.with(change.apply(ann.fit())),
                penalty.map(stage -> new Penalty(change.apply(stage.fit()), stage.grouping(), stage.weight())),
                new Clip(clip.fit().map(change), clip.quantile(), clip.perChannel()),
                quantise.map(stage -> stage.with(change.apply(stage.fit()))),
                calibration.with(change.apply(calibration.fit())),
                start);
    }
}
