package org.ambispike.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ambispike.backend.AdamSettings;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.backend.Segments;
import org.ambispike.backend.UpdateStep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every backend's optimisers must compute, over several steps and on ranges of any length. */
@OnDevices
class OptimiserTest extends DeviceContract {
    private static final int STEPS = 4;
    private static final int[] COUNTS = {1, 3, 16, 17, 1000, 40_000};
    private static final double TOLERANCE = 5e-6;
    private static final double[] GO = {1, 1};
    private static final AdamSettings ADAM = new AdamSettings(0.9, 0.999, 1e-8);

    /**
     * What is under test.
     *
     * @param gradientScale of clipping
     */
    record Setting(ParameterUpdate update, double gradientScale) {}

    /** Settings of both optimisers; each differs from the first in what is under test. */
    static Stream<Setting> settings() {
        return Stream.of(
                new Setting(new ParameterUpdate(0.01, 0, 0, false), 1),
                new Setting(new ParameterUpdate(0.01, 0.1, 0, false), 1),
                new Setting(new ParameterUpdate(0.01, 0, 0.3, false), 1),
                new Setting(new ParameterUpdate(0.01, 0, 0, false), 0.125),
                new Setting(new ParameterUpdate(0.01, 0.1, 0.3, false), 0.125),
                new Setting(new ParameterUpdate(0.01, 0, 0, true), 1),
                new Setting(new ParameterUpdate(0.01, 0.1, 0.3, true), 0.125));
    }

    /** Another in each step, as a schedule has it. */
    private static double rateFactor(int step) {
        return 1.0 / step;
    }

    private static UpdateStep step(DeviceArrays arrays, double[] schedule, double... clip) {
        return new UpdateStep(arrays.uploadDoubles("schedule", schedule), arrays.uploadDoubles("clip", clip));
    }

    /** Parameters in double: what the gradient means and how a step is taken do not depend on the optimiser. */
    private static final class Reference {
        final ParameterUpdate update;
        final double gradientScale;
        final double[] parameters;

        Reference(Setting setting, float[] parameters) {
            this.update = setting.update();
            this.gradientScale = setting.gradientScale();
            this.parameters = DeviceArrays.widen(parameters);
        }

        double gradient(int i, double raw) {
            double w = parameters[i];
            double gradient = raw * gradientScale + 2 * update.l2() * w;
            return update.logSpace() ? gradient * w : gradient;
        }

        /** In log-space decay would pull towards 1, which means nothing: there is none. */
        void move(int i, double direction, int step) {
            double w = parameters[i];
            double rate = update.learningRate() * rateFactor(step);
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
    @MethodSource("settings")
    void sgdIsThatOfTheReference(Setting setting) {
        for (double momentumFactor : new double[] {0, 0.9}) {
            for (boolean nesterov : new boolean[] {false, true}) {
                for (int count : COUNTS) {
                    assertSgd(setting, count, momentumFactor, nesterov);
                }
            }
        }
    }

    private void assertSgd(Setting setting, int count, double momentumFactor, boolean nesterov) {
        Random random = new Random(1);
        float[] start = positive(random, count);
        Reference reference = new Reference(setting, start);
        double[] velocity = new double[count];
        DeviceBuffer parameters = arrays.upload("parameters", start);
        DeviceBuffer gradients = arrays.output("gradients", count);
        DeviceBuffer momentum = arrays.upload("momentum", new float[count]);
        for (int step = 1; step <= STEPS; step++) {
            float[] raw = arrays.uploadRandom(random, gradients);
            double[] schedule = UpdateStep.schedule(rateFactor(step), 0, 0, step);
            UpdateStep now = step(arrays, schedule, setting.gradientScale(), 1);
            backend.optimizer().sgd(setting.update(), now, parameters, gradients, momentum, momentumFactor, nesterov);
            for (int i = 0; i < count; i++) {
                double gradient = reference.gradient(i, raw[i]);
                velocity[i] = momentumFactor * velocity[i] + gradient;
                reference.move(i, nesterov ? gradient + momentumFactor * velocity[i] : velocity[i], step);
            }
            Compare.assertClose("momentum", arrays.download(momentum), velocity, TOLERANCE);
            Compare.assertClose("parameters", arrays.download(parameters), reference.parameters, TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void adamWIsThatOfTheReference(Setting setting) {
        for (int count : COUNTS) {
            assertAdamW(setting, count, ADAM);
        }
        assertAdamW(setting, 17, new AdamSettings(0.5, 0.75, 0.5));
    }

    private void assertAdamW(Setting setting, int count, AdamSettings adam) {
        double beta1 = adam.beta1();
        double beta2 = adam.beta2();
        Random random = new Random(2);
        float[] start = positive(random, count);
        Reference reference = new Reference(setting, start);
        double[] first = new double[count];
        double[] second = new double[count];
        DeviceBuffer parameters = arrays.upload("parameters", start);
        DeviceBuffer gradients = arrays.output("gradients", count);
        DeviceBuffer firstMoment = arrays.upload("first moment", new float[count]);
        DeviceBuffer secondMoment = arrays.upload("second moment", new float[count]);
        for (int step = 1; step <= STEPS; step++) {
            float[] raw = arrays.uploadRandom(random, gradients);
            double[] schedule = UpdateStep.schedule(rateFactor(step), beta1, beta2, step);
            UpdateStep now = step(arrays, schedule, setting.gradientScale(), 1);
            backend.optimizer().adamW(setting.update(), now, parameters, gradients, firstMoment, secondMoment, adam);
            for (int i = 0; i < count; i++) {
                double gradient = reference.gradient(i, raw[i]);
                first[i] = beta1 * first[i] + (1 - beta1) * gradient;
                second[i] = beta2 * second[i] + (1 - beta2) * gradient * gradient;
                double mean = first[i] / (1 - Math.pow(beta1, step));
                double square = second[i] / (1 - Math.pow(beta2, step));
                reference.move(i, mean / (Math.sqrt(square) + adam.epsilon()), step);
            }
            // 1 - 0.999 in f32 is wrong by 5e-5 of itself
            Compare.assertClose("first moment", arrays.download(firstMoment), first, 1e-5);
            Compare.assertClose("second moment", arrays.download(secondMoment), second, 1e-4);
            Compare.assertClose("parameters", arrays.download(parameters), reference.parameters, TOLERANCE);
        }
    }

    @Test
    void parametersInLogSpaceStayPositive() {
        ParameterUpdate update = new ParameterUpdate(0.5, 0, 0, true);
        DeviceBuffer parameters = arrays.upload("parameters", 1e-3f, 1f, 100f);
        DeviceBuffer gradients = arrays.upload("gradients", 100f, 10f, 0.25f);
        DeviceBuffer momentum = arrays.upload("momentum", 0f, 0f, 0f);
        UpdateStep now = step(arrays, UpdateStep.schedule(1, 0, 0, 1), GO);
        backend.optimizer().sgd(update, now, parameters, gradients, momentum, 0, false);
        Compare.assertClose(
                "parameters",
                arrays.download(parameters),
                new double[] {1e-3 * Math.exp(-0.05), Math.exp(-5), 100 * Math.exp(-12.5)},
                1e-6);
        for (float value : arrays.download(parameters)) {
            assertThat(value).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.999, 1})
    void theMovingAverageForgetsAtItsRate(double decay) {
        for (int count : COUNTS) {
            Random random = new Random(3);
            DeviceBuffer average = arrays.output("average", count);
            DeviceBuffer parameters = arrays.output("parameters", count);
            DeviceBuffer decayNow = arrays.uploadDoubles("decay", decay);
            DeviceBuffer clip = arrays.uploadDoubles("clip", GO);
            double[] expected = DeviceArrays.widen(arrays.uploadRandom(random, average));
            for (int step = 0; step < STEPS; step++) {
                float[] values = arrays.uploadRandom(random, parameters);
                backend.optimizer().movingAverage(average, parameters, decayNow, clip);
                for (int i = 0; i < count; i++) {
                    expected[i] = decay * expected[i] + (1 - decay) * values[i];
                }
            }
            Compare.assertClose("average", arrays.download(average), expected, 1e-6);
        }
    }

    /** Roles lie next to each other in one buffer, one with decay and one without, and each is updated by itself. */
    @Test
    void rolesAreUpdatedByThemselves() {
        List<ParameterUpdate> roles = List.of(
                new ParameterUpdate(0.01, 0.1, 0, false),
                new ParameterUpdate(0.02, 0, 0, false),
                new ParameterUpdate(0.01, 0, 0.3, true));
        int[] ends = {0, 1003, 1020, 1051};
        int count = ends[roles.size()] + 5;
        Random random = new Random(9);
        float[] start = positive(random, count);
        List<Reference> references = roles.stream()
                .map(role -> new Reference(new Setting(role, 0.5), start))
                .toList();
        double[] expected = DeviceArrays.widen(start);
        double[] velocity = new double[count];
        DeviceBuffer parameters = arrays.upload("parameters", start);
        DeviceBuffer gradients = arrays.output("gradients", count);
        DeviceBuffer momentum = arrays.upload("momentum", new float[count]);
        for (int step = 1; step <= STEPS; step++) {
            float[] raw = arrays.uploadRandom(random, gradients);
            UpdateStep now = step(arrays, UpdateStep.schedule(rateFactor(step), 0, 0, step), 0.5, 1);
            for (int role = 0; role < roles.size(); role++) {
                int first = ends[role];
                int floats = ends[role + 1] - first;
                backend.optimizer()
                        .sgd(
                                roles.get(role),
                                now,
                                parameters.slice("role", first, floats),
                                gradients.slice("role", first, floats),
                                momentum.slice("role", first, floats),
                                0.9,
                                true);
                Reference reference = references.get(role);
                for (int i = first; i < ends[role + 1]; i++) {
                    double gradient = reference.gradient(i, raw[i]);
                    velocity[i] = 0.9 * velocity[i] + gradient;
                    reference.move(i, gradient + 0.9 * velocity[i], step);
                    expected[i] = reference.parameters[i];
                }
            }
            Compare.assertClose("momentum", arrays.download(momentum), velocity, TOLERANCE);
            Compare.assertClose("parameters", arrays.download(parameters), expected, TOLERANCE);
        }
    }

    /** As what lies between the tensors of a role does, whose gradients are zeros. */
    @Test
    void zerosBetweenTensorsStayZeros() {
        for (boolean logSpace : new boolean[] {false, true}) {
            ParameterUpdate update = new ParameterUpdate(0.1, 0.1, logSpace ? 0 : 0.3, logSpace);
            Random random = new Random(10);
            float[] start = positive(random, 100);
            float[] gradient = DeviceArrays.gaussian(random, start.length);
            for (int i = 37; i < 48; i++) {
                start[i] = 0;
                gradient[i] = 0;
            }
            DeviceBuffer gradients = arrays.upload("gradients", gradient);
            DeviceBuffer bySgd = arrays.upload("by SGD", start);
            DeviceBuffer byAdamW = arrays.upload("by AdamW", start);
            List<DeviceBuffer> moments = new ArrayList<>();
            for (String label : List.of("momentum", "first", "second")) {
                moments.add(arrays.upload(label, new float[start.length]));
            }
            for (int step = 1; step <= STEPS; step++) {
                UpdateStep now = step(arrays, UpdateStep.schedule(1, ADAM.beta1(), ADAM.beta2(), step), GO);
                backend.optimizer().sgd(update, now, bySgd, gradients, moments.get(0), 0.9, true);
                backend.optimizer().adamW(update, now, byAdamW, gradients, moments.get(1), moments.get(2), ADAM);
            }
            for (DeviceBuffer buffer : List.of(bySgd, byAdamW, moments.get(0), moments.get(1), moments.get(2))) {
                float[] values = arrays.download(buffer);
                for (int i = 0; i < values.length; i++) {
                    assertThat(values[i] == 0)
                            .as("%s %d is 0", buffer.label(), i)
                            .isEqualTo(start[i] == 0);
                }
            }
        }
    }

    /** Tensors of all sizes, at any place of a buffer, with something between them that stays as it is. */
    private static List<Segments.Range> tensors() {
        List<Segments.Range> tensors = new ArrayList<>();
        long first = 1;
        for (int count : COUNTS) {
            tensors.add(new Segments.Range(first, count));
            first += count + 2;
        }
        return tensors;
    }

    /** Momentum, direction, its norm, and the step along it, but for the products between. */
    @Test
    void muonsStepsAreThoseOfTheReference() {
        double mu = 0.95;
        double scale = 0.25;
        ParameterUpdate update = new ParameterUpdate(0.02, 0.1, 0, false);
        List<Segments.Range> tensors = tensors();
        int count = (int) tensors.get(tensors.size() - 1).first() + COUNTS[COUNTS.length - 1] + 3;
        double[] sizes = new Random(12).doubles(tensors.size(), 0.5, 2).toArray();
        Random random = new Random(4);
        DeviceBuffer gradients = arrays.output("gradients", count);
        DeviceBuffer momentum = arrays.output("momentum", count);
        DeviceBuffer direction = arrays.output("direction", count);
        DeviceBuffer parameters = arrays.output("parameters", count);
        DeviceBuffer moves = arrays.uploadDoubles("sizes", sizes);
        Segments segments = arrays.segments(tensors);
        double[] velocity = DeviceArrays.widen(arrays.uploadRandom(random, momentum));
        double[] weights = DeviceArrays.widen(arrays.uploadRandom(random, parameters));
        for (int step = 1; step <= STEPS; step++) {
            float[] raw = arrays.uploadRandom(random, gradients);
            double rate = update.learningRate() * rateFactor(step);
            UpdateStep now = step(arrays, UpdateStep.schedule(rateFactor(step), 0, 0, step), scale, 1);
            backend.optimizer().nesterov(gradients, momentum, direction, mu, now.clip());
            double[] along = new double[count];
            for (int i = 0; i < count; i++) {
                velocity[i] = mu * velocity[i] + scale * raw[i];
                along[i] = scale * raw[i] + mu * velocity[i];
            }
            Compare.assertClose("momentum", arrays.download(momentum), velocity, TOLERANCE);
            Compare.assertClose("direction", arrays.download(direction), along, TOLERANCE);
            double[] squares = new double[sizes.length];
            for (int tensor = 0; tensor < sizes.length; tensor++) {
                Segments.Range range = tensors.get(tensor);
                int first = (int) range.first();
                int end = first + (int) range.floats();
                for (int i = first; i < end; i++) {
                    squares[tensor] += along[i] * along[i];
                }
                for (int i = first; i < end; i++) {
                    along[i] /= Math.sqrt(squares[tensor]);
                    weights[i] = (1 - rate * update.decay()) * weights[i] - rate * sizes[tensor] * along[i];
                }
            }
            backend.optimizer().unit(direction, segments, arrays.uploadDoubles("squares", squares));
            Compare.assertClose("unit", arrays.download(direction), along, TOLERANCE);
            backend.optimizer().muonMove(update, now, parameters, direction, segments, moves);
            Compare.assertClose("parameters", arrays.download(parameters), weights, TOLERANCE);
        }
    }

    @Test
    void zerosHaveNoDirection() {
        DeviceBuffer x = arrays.upload("x", 0f, 0f, 0f, 3f, 4f);
        Segments tensors = arrays.segments(List.of(new Segments.Range(0, 3), new Segments.Range(3, 2)));
        backend.optimizer().unit(x, tensors, arrays.uploadDoubles("squares", 0, 25));
        Compare.assertClose("x", arrays.download(x), new double[] {0, 0, 0, 0.6, 0.8}, 1e-7);
    }

    @ParameterizedTest
    @CsvSource({"0,0,1", "1,1,0", "1,1,3", "3,5,0.5", "300,700,2", "256,256,1e6"})
    void gradientsAreClippedByTheirNorm(int numbers, int tensors, double limit) {
        double[] squares = new Random(5).doubles(tensors, 0, 2).toArray();
        double norm = Math.sqrt(Arrays.stream(squares).sum());
        double expected = limit > 0 && norm > limit ? limit / norm : 1;
        assertThat(clip(new double[numbers], squares, limit)[0]).isCloseTo(expected, within(1e-12));
        assertThat(clip(new double[numbers], squares, limit)[1]).isEqualTo(1);
    }

    /** Wherever it is, and whatever else is infinite. */
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aNumberThatIsNotFiniteForbidsTheUpdate(double broken) {
        for (int at : new int[] {0, 1, 254, 255, 256, 299}) {
            double[] numbers = new Random(6).doubles(300).toArray();
            double[] sound = new Random(7).doubles(300).toArray();
            numbers[at] = broken;
            assertThat(clip(numbers, sound, 1)[1]).as("number %d", at).isZero();
            assertThat(clip(sound, numbers, 1)[1]).as("square %d", at).isZero();
            assertThat(clip(sound, sound, 1)[1]).isEqualTo(1);
        }
        assertThat(clip(new double[] {broken, -broken}, new double[] {1}, 0)[1]).isZero();
        assertThat(clip(new double[] {0}, new double[] {broken, -broken}, 0)[1]).isZero();
    }

    private double[] clip(double[] numbers, double[] squares, double limit) {
        DeviceBuffer clip = arrays.output("clip", 2L * UpdateStep.CLIP_NUMBERS);
        DeviceBuffer room = arrays.uploadDoubles("numbers", Arrays.copyOf(numbers, numbers.length + 1));
        DeviceBuffer others = arrays.uploadDoubles("squares", Arrays.copyOf(squares, squares.length + 1));
        backend.optimizer()
                .clip(
                        room.slice("numbers", 0, 2L * numbers.length),
                        others.slice("squares", 0, 2L * squares.length),
                        limit,
                        clip);
        return arrays.downloadDoubles(clip);
    }

    @Test
    void nothingIsUpdatedWhereSomethingIsNotFinite() {
        ParameterUpdate update = new ParameterUpdate(0.1, 0.1, 0.1, false);
        for (int count : new int[] {3, 1000, 40_000}) {
            Random random = new Random(8);
            UpdateStep none = step(arrays, UpdateStep.schedule(1, 0.9, 0.999, 1), Double.NaN, 0);
            DeviceBuffer gradients = arrays.output("gradients", count);
            List<DeviceBuffer> kept = new ArrayList<>();
            List<float[]> before = new ArrayList<>();
            for (String label : List.of("parameters", "first", "second", "average")) {
                kept.add(arrays.output(label, count));
                before.add(arrays.uploadRandom(random, kept.get(kept.size() - 1)));
            }
            arrays.poison(gradients);
            DeviceBuffer parameters = kept.get(0);
            DeviceBuffer first = kept.get(1);
            DeviceBuffer direction = arrays.output("direction", count);
            backend.optimizer().sgd(update, none, parameters, gradients, first, 0.9, true);
            backend.optimizer().adamW(update, none, parameters, gradients, first, kept.get(2), ADAM);
            backend.optimizer().movingAverage(kept.get(3), gradients, arrays.uploadDoubles("decay", 0.5), none.clip());
            backend.optimizer().nesterov(gradients, first, direction, 0.9, none.clip());
            backend.optimizer()
                    .muonMove(
                            update,
                            none,
                            parameters,
                            gradients,
                            arrays.segments(List.of(new Segments.Range(0, count))),
                            arrays.uploadDoubles("sizes", 1));
            for (int index = 0; index < kept.size(); index++) {
                assertThat(arrays.download(kept.get(index)))
                        .as(kept.get(index).label())
                        .isEqualTo(before.get(index));
            }
        }
    }
}
