package org.ambispike.train;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.exec.ExecutionOptions;
import org.ambispike.exec.Executor;
import org.ambispike.exec.ParameterStore;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/**
 * Looks for the settings of one layer's neurons, each channel by itself, with which the squared error of their mean emitted value
 * is smallest: one setting after another, from a few values each, those that are there already among them. So no channel's error
 * grows. Used by the backend's thread.
 */
final class LayerSearch implements AutoCloseable {
    private static final String DRIVE = "drive";
    /** Thresholds are looked for among so many parts of the largest activation. */
    private static final int THRESHOLDS = 20;

    private static final int POTENTIALS = 10;
    /** A fraction of the mean error; much of a channel may be where the activation does not answer to a shift. */
    private static final float[] SHIFTS = {0.5f, 1, 1.5f, 2, 3};
    /** A dead channel keeps its thresholds. */
    private static final float SMALLEST = 1e-4f;

    /** What is looked for, in the order of the arrays of {@link Settings}. */
    private enum Setting {
        THETA_POSITIVE("thetaPositive"),
        THETA_NEGATIVE("thetaNegative"),
        START_POSITIVE("startPositive"),
        START_NEGATIVE("startNegative"),
        /** Added to the drive. */
        SHIFT("");

        private final String parameter;

        Setting(String parameter) {
            this.parameter = parameter;
        }

        private static List<Setting> parameters() {
            return List.of(THETA_POSITIVE, THETA_NEGATIVE, START_POSITIVE, START_NEGATIVE);
        }
    }

    /**
     * What was found.
     *
     * @param weights the parameters of the neurons
     * @param shift of the drive, [channels]
     * @param before relative error of the mean emitted values
     * @param after the same with the new settings
     */
    record Result(Weights weights, float[] shift, double before, double after) {}

    /** Settings by channel, and the errors with them. */
    private record Settings(float[][] values, double[] errors, double[] means) {
        Settings copy() {
            float[][] copies = Arrays.stream(values).map(float[]::clone).toArray(float[][]::new);
            return new Settings(copies, errors.clone(), means.clone());
        }

        float[] of(Setting setting) {
            return values[setting.ordinal()];
        }

        void take(Settings other, int channel) {
            for (int setting = 0; setting < values.length; setting++) {
                values[setting][channel] = other.values[setting][channel];
            }
            errors[channel] = other.errors[channel];
            means[channel] = other.means[channel];
        }
    }

    /** What a candidate of a channel is. */
    @FunctionalInterface
    private interface Candidate {
        float of(int channel);
    }

    private final Backend backend;
    private final Node neuron;
    private final LayerSample sample;
    private final int channels;
    private final ParameterStore store;
    private final Executor executor;
    private final float[] drive;
    private final float[] rates;
    private final Settings best;

    /** @param weights of the network, with thresholds by channel */
    LayerSearch(Backend backend, Node neuron, Weights weights, LayerSample sample, int timeSteps) {
        this.backend = backend;
        this.neuron = neuron;
        this.sample = sample;
        this.channels = sample.channels();
        Shape shape = Shape.of(channels);
        Node image = new Node("image", new Op.Input(shape), List.of());
        Node given = new Node(DRIVE, new Op.Input(shape), List.of());
        // what the first input gives does not vary in time
        Graph graph = new Graph(
                sample.steps() < timeSteps
                        ? List.of(given, new Node(neuron.name(), neuron.op(), List.of(DRIVE)))
                        : List.of(image, given, new Node(neuron.name(), neuron.op(), List.of(DRIVE))));
        this.store = ParameterStore.create(backend, graph, weights.of(graph), false);
        this.executor = Executor.plan(
                backend,
                graph,
                store,
                ExecutionOptions.inference(sample.size(), timeSteps).withRates());
        this.drive = sample.drive().clone();
        this.rates = new float[sample.size() * channels];
        float[][] values = new float[Setting.values().length][channels];
        for (Setting setting : Setting.parameters()) {
            values[setting.ordinal()] =
                    weights.get(neuron.parameter(setting.parameter)).values().clone();
        }
        this.best = new Settings(values, new double[channels], new double[channels]);
    }

    /** @param shifts whether the drive may be shifted */
    Result run(boolean shifts) {
        measure(best);
        double before = relativeError();
        Op.Spike spike = (Op.Spike) neuron.op();
        boolean negative = spike.model() != NeuronModel.INTEGRATE_AND_FIRE && !spike.isRectified();
        tryThresholds(Setting.THETA_POSITIVE, 1);
        if (negative) {
            tryThresholds(Setting.THETA_NEGATIVE, -1);
        }
        if (shifts) {
            double[] means = best.means().clone();
            float[] from = best.of(Setting.SHIFT).clone();
            for (float factor : SHIFTS) {
                attempt(Setting.SHIFT, channel -> from[channel] + factor * (float) means[channel]);
            }
        }
        tryPotentials(Setting.START_POSITIVE);
        if (negative) {
            tryPotentials(Setting.START_NEGATIVE);
        }
        return new Result(parameters(best), best.of(Setting.SHIFT).clone(), before, relativeError());
    }

    private void tryThresholds(Setting setting, int sign) {
        float[] largest = new float[channels];
        for (int index = 0; index < sample.target().length; index++) {
            int channel = index % channels;
            largest[channel] = Math.max(largest[channel], sign * sample.target()[index]);
        }
        float[] now = best.of(setting).clone();
        IntStream.rangeClosed(1, THRESHOLDS)
                .forEach(part -> attempt(setting, channel -> {
                    float threshold = largest[channel] * part / THRESHOLDS;
                    return threshold < SMALLEST ? now[channel] : threshold;
                }));
    }

    private void tryPotentials(Setting setting) {
        IntStream.rangeClosed(0, POTENTIALS).forEach(part -> attempt(setting, channel -> (float) part / POTENTIALS));
    }

    /** Keeps the candidate of each channel whose error falls by it. */
    private void attempt(Setting setting, Candidate candidate) {
        Settings tried = best.copy();
        for (int channel = 0; channel < channels; channel++) {
            tried.of(setting)[channel] = candidate.of(channel);
        }
        measure(tried);
        for (int channel = 0; channel < channels; channel++) {
            if (tried.errors()[channel] < best.errors()[channel]) {
                best.take(tried, channel);
            }
        }
    }

    /** Runs the neurons, and writes by channel the squared errors and the mean ones. */
    private void measure(Settings settings) {
        float[] shift = settings.of(Setting.SHIFT);
        float[] driven = sample.drive();
        for (int row = 0; row < drive.length; row += channels) {
            for (int channel = 0; channel < channels; channel++) {
                drive[row + channel] = driven[row + channel] + shift[channel];
            }
        }
        store.load(parameters(settings));
        boolean constant = executor.graph().given().isEmpty();
        DeviceBuffer input = constant ? executor.images() : executor.given(DRIVE);
        backend.memory().upload(drive, 0, drive.length, input);
        executor.forward();
        backend.memory().download(executor.rate(neuron.name()), rates, 0, rates.length);
        Arrays.fill(settings.errors(), 0);
        Arrays.fill(settings.means(), 0);
        float[] target = sample.target();
        for (int row = 0; row < rates.length; row += channels) {
            for (int channel = 0; channel < channels; channel++) {
                double error = target[row + channel] - rates[row + channel];
                settings.errors()[channel] += error * error;
                settings.means()[channel] += error / sample.size();
            }
        }
    }

    private Weights parameters(Settings settings) {
        Weights parameters = new Weights(Map.of());
        for (Setting setting : Setting.parameters()) {
            parameters = parameters.with(
                    neuron.parameter(setting.parameter),
                    new HostTensor(Shape.of(channels), settings.of(setting).clone()));
        }
        return parameters;
    }

    /** The root of the squared errors over the ANN's squares. */
    private double relativeError() {
        double squares = 0;
        for (float value : sample.target()) {
            squares += (double) value * value;
        }
        return squares == 0 ? 0 : Math.sqrt(Arrays.stream(best.errors()).sum() / squares);
    }

    @Override
    public void close() {
        executor.close();
        store.close();
    }
}
