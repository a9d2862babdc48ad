package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every backend's optimisers must compute, over several steps and on ranges of any length. */
abstract class OptimiserContract {
    private static final int STEPS = 4;
    private static final int[] COUNTS = {1, 3, 16, 17, 1000, 40_000};
    private static final double TOLERANCE = 5e-6;

    /** A fresh backend; the test closes it. */
    abstract Backend backend();

    /** Settings of both optimisers; each differs from the first in what is under test. */
    static Stream<ParameterUpdate> updates() {
        return Stream.of(
                new ParameterUpdate(0.01, 0, 0, 1, false, 1),
                new ParameterUpdate(0.01, 0.1, 0, 1, false, 1),
                new ParameterUpdate(0.01, 0, 0.3, 1, false, 1),
                new ParameterUpdate(0.01, 0, 0, 0.125, false, 1),
                new ParameterUpdate(0.01, 0.1, 0.3, 0.125, false, 1),
                new ParameterUpdate(0.01, 0, 0, 1, true, 1),
                new ParameterUpdate(0.01, 0.1, 0.3, 0.125, true, 1));
    }

    private static ParameterUpdate at(ParameterUpdate update, int step) {
        return new ParameterUpdate(
                update.learningRate(), update.decay(), update.l2(), update.gradientScale(), update.logSpace(), step);
    }

    /** Parameters in double: what the gradient means and how a step is taken do not depend on the optimiser. */
    private static final class Reference {
        final ParameterUpdate update;
        final double[] parameters;

        Reference(ParameterUpdate update, float[] parameters) {
            this.update = update;
            this.parameters = DeviceArrays.widen(parameters);
        }

        double gradient(int i, double raw) {
            double w = parameters[i];
            double gradient = raw * update.gradientScale() + 2 * update.l2() * w;
            return update.logSpace() ? gradient * w : gradient;
        }

        /** In log-space decay would pull towards 1, which means nothing: there is none. */
        void move(int i, double direction) {
            double w = parameters[i];
            double rate = update.learningRate();
            parameters[i] = update.logSpace()
                    ? Math.exp(Math.log(w) - rate * direction)
                    : w - rate * direction - rate * update.decay() * w;
        }
    }

    private static float[] positive(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = 0.1f + random.nextFloat();
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("updates")
    void sgdIsThatOfTheReference(ParameterUpdate update) {
        for (double momentumFactor : new double[] {0, 0.9}) {
            for (boolean nesterov : new boolean[] {false, true}) {
                for (int count : COUNTS) {
                    assertSgd(update, count, momentumFactor, nesterov);
                }
            }
        }
    }

    private void assertSgd(ParameterUpdate update, int count, double momentumFactor, boolean nesterov) {
        Random random = new Random(1);
        float[] start = positive(random, count);
        Reference reference = new Reference(update, start);
        double[] velocity = new double[count];
        try (Backend backend = backend();
                DeviceArrays arrays = new DeviceArrays(backend)) {
            DeviceBuffer parameters = arrays.upload("parameters", start);
            DeviceBuffer gradients = arrays.output("gradients", count);
            DeviceBuffer momentum = arrays.upload("momentum", new float[count]);
            for (int step = 1; step <= STEPS; step++) {
                float[] raw = arrays.uploadRandom(random, gradients);
                backend.sgd(at(update, step), parameters, gradients, momentum, momentumFactor, nesterov);
                for (int i = 0; i < count; i++) {
                    double gradient = reference.gradient(i, raw[i]);
                    velocity[i] = momentumFactor * velocity[i] + gradient;
                    reference.move(i, nesterov ? gradient + momentumFactor * velocity[i] : velocity[i]);
                }
                Compare.assertClose("momentum", arrays.download(momentum), velocity, TOLERANCE);
                Compare.assertClose("parameters", arrays.download(parameters), reference.parameters, TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("updates")
    void adamWIsThatOfTheReference(ParameterUpdate update) {
        for (int count : COUNTS) {
            assertAdamW(update, count, 0.9, 0.999, 1e-8);
        }
        assertAdamW(update, 17, 0.5, 0.75, 0.5);
    }

    private void assertAdamW(ParameterUpdate update, int count, double beta1, double beta2, double epsilon) {
        Random random = new Random(2);
        float[] start = positive(random, count);
        Reference reference = new Reference(update, start);
        double[] first = new double[count];
        double[] second = new double[count];
        try (Backend backend = backend();
                DeviceArrays arrays = new DeviceArrays(backend)) {
            DeviceBuffer parameters = arrays.upload("parameters", start);
            DeviceBuffer gradients = arrays.output("gradients", count);
            DeviceBuffer firstMoment = arrays.upload("first moment", new float[count]);
            DeviceBuffer secondMoment = arrays.upload("second moment", new float[count]);
            for (int step = 1; step <= STEPS; step++) {
                float[] raw = arrays.uploadRandom(random, gradients);
                backend.adamW(
                        at(update, step), parameters, gradients, firstMoment, secondMoment, beta1, beta2, epsilon);
                for (int i = 0; i < count; i++) {
                    double gradient = reference.gradient(i, raw[i]);
                    first[i] = beta1 * first[i] + (1 - beta1) * gradient;
                    second[i] = beta2 * second[i] + (1 - beta2) * gradient * gradient;
                    double mean = first[i] / (1 - Math.pow(beta1, step));
                    double square = second[i] / (1 - Math.pow(beta2, step));
                    reference.move(i, mean / (Math.sqrt(square) + epsilon));
                }
                // 1 - 0.999 in f32 is wrong by 5e-5 of itself
                Compare.assertClose("first moment", arrays.download(firstMoment), first, 1e-5);
                Compare.assertClose("second moment", arrays.download(secondMoment), second, 1e-4);
                Compare.assertClose("parameters", arrays.download(parameters), reference.parameters, TOLERANCE);
            }
        }
    }

    @Test
    void parametersInLogSpaceStayPositive() {
        ParameterUpdate update = new ParameterUpdate(0.5, 0, 0, 1, true, 1);
        try (Backend backend = backend();
                DeviceArrays arrays = new DeviceArrays(backend)) {
            DeviceBuffer parameters = arrays.upload("parameters", 1e-3f, 1f, 100f);
            DeviceBuffer gradients = arrays.upload("gradients", 100f, 10f, 0.25f);
            DeviceBuffer momentum = arrays.upload("momentum", 0f, 0f, 0f);
            backend.sgd(update, parameters, gradients, momentum, 0, false);
            Compare.assertClose(
                    "parameters",
                    arrays.download(parameters),
                    new double[] {1e-3 * Math.exp(-0.05), Math.exp(-5), 100 * Math.exp(-12.5)},
                    1e-6);
            for (float value : arrays.download(parameters)) {
                assertThat(value).isPositive();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.999, 1})
    void theMovingAverageForgetsAtItsRate(double decay) {
        for (int count : COUNTS) {
            Random random = new Random(3);
            try (Backend backend = backend();
                    DeviceArrays arrays = new DeviceArrays(backend)) {
                DeviceBuffer average = arrays.output("average", count);
                DeviceBuffer parameters = arrays.output("parameters", count);
                double[] expected = DeviceArrays.widen(arrays.uploadRandom(random, average));
                for (int step = 0; step < STEPS; step++) {
                    float[] values = arrays.uploadRandom(random, parameters);
                    backend.movingAverage(average, parameters, decay);
                    for (int i = 0; i < count; i++) {
                        expected[i] = decay * expected[i] + (1 - decay) * values[i];
                    }
                }
                Compare.assertClose("average", arrays.download(average), expected, 1e-6);
            }
        }
    }
}
