package org.ambispike.contract;

import java.util.Arrays;
import java.util.Random;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeGradients;
import org.ambispike.backend.SpikeLayout;

/** One layer of spiking neurons on a device, and the reference of the same drive and parameters. */
final class SpikeFixture implements AutoCloseable {
    static final double KAPPA = 3;
    /** Slopes of channels, so that N is exact, or infinite. */
    private static final float[] SLOPES = {0.125f, 0, 0.5f, 1};

    private final Backend backend;
    private final SpikeLayout layout;
    private final DeviceArrays arrays;
    private final ReferenceSpike reference;
    private final float[] drive;
    private final float[] parameters;
    private final DeviceBuffer driveBuffer;
    private final DeviceBuffer parameterBuffer;

    SpikeFixture(Backend backend, SpikeLayout layout, float[] drive, float[] parameters) {
        this.backend = backend;
        this.layout = layout;
        this.arrays = new DeviceArrays(backend);
        this.reference = new ReferenceSpike(layout, KAPPA);
        this.drive = drive;
        this.parameters = parameters;
        this.driveBuffer = arrays.upload("drive", drive);
        this.parameterBuffer = arrays.upload("parameters", parameters);
    }

    /** Numbers whose sums are exact in f32: device and reference see the same membranes, and fire together. */
    static SpikeFixture exact(Backend backend, SpikeLayout layout, Random random) {
        float[] drive = new float[driveCount(layout)];
        for (int i = 0; i < drive.length; i++) {
            drive[i] = (random.nextInt(257) - 128) / 64f;
        }
        int channels = layout.channels();
        float[] parameters = new float[(5 + 2 * layout.gains().steps()) * channels];
        for (int c = 0; c < channels; c++) {
            parameters[c] = (1 + random.nextInt(4)) / 4f;
            parameters[channels + c] = (1 + random.nextInt(4)) / 16f;
            parameters[2 * channels + c] = random.nextInt(5) / 4f;
            parameters[3 * channels + c] = random.nextInt(5) / 4f;
            parameters[4 * channels + c] = SLOPES[random.nextInt(SLOPES.length)];
        }
        for (int i = 0; i < layout.gains().steps() * channels; i++) {
            parameters[5 * channels + i] = (1 + random.nextInt(4)) / 2f;
            parameters[(5 + layout.gains().steps()) * channels + i] = (random.nextInt(65) - 32) / 64f;
        }
        return new SpikeFixture(backend, layout, drive, parameters);
    }

    static SpikeFixture random(Backend backend, SpikeLayout layout, Random random) {
        int channels = layout.channels();
        int gained = layout.gains().steps() * channels;
        float[] parameters = Arrays.copyOf(parameters(random, channels), 5 * channels + 2 * gained);
        for (int i = 0; i < gained; i++) {
            parameters[5 * channels + i] = 0.5f + random.nextFloat();
            parameters[5 * channels + gained + i] = 0.2f * (float) random.nextGaussian();
        }
        return new SpikeFixture(backend, layout, DeviceArrays.gaussian(random, driveCount(layout)), parameters);
    }

    /** [5, channels]; one channel in four, at random, has no slope. */
    static float[] parameters(Random random, int channels) {
        float[] parameters = new float[5 * channels];
        for (int c = 0; c < channels; c++) {
            parameters[c] = 0.3f + random.nextFloat();
            parameters[channels + c] = 0.05f + 0.2f * random.nextFloat();
            parameters[2 * channels + c] = random.nextFloat();
            parameters[3 * channels + c] = random.nextFloat();
            parameters[4 * channels + c] = random.nextInt(4) == 0 ? 0 : 0.1f + 0.5f * random.nextFloat();
        }
        return parameters;
    }

    static int driveCount(SpikeLayout layout) {
        return Math.toIntExact(layout.neurons() * (layout.constantDrive() ? 1 : layout.steps()));
    }

    DeviceArrays arrays() {
        return arrays;
    }

    ReferenceSpike reference() {
        return reference;
    }

    double[] drive() {
        return DeviceArrays.widen(drive);
    }

    double[] parameters() {
        return DeviceArrays.widen(parameters);
    }

    DeviceBuffer output(String label, long floats) {
        return arrays.output(label, floats);
    }

    DeviceBuffer spikes() {
        return output("spikes", layout.steps() * layout.neurons());
    }

    DeviceBuffer rate() {
        return output("rate", layout.neurons());
    }

    DeviceBuffer carry() {
        return output("carry", 2 * layout.neurons());
    }

    /** [T, 2] zeros. */
    DeviceBuffer counts() {
        return arrays.upload("counts", new float[4 * layout.steps()]);
    }

    long[] counts(DeviceBuffer counts) {
        long[] values = new long[2 * layout.steps()];
        backend.memory().download(counts, values);
        return values;
    }

    void forward(DeviceBuffer carry, DeviceBuffer spikes, DeviceBuffer rate, DeviceBuffer counts) {
        backend.neurons()
                .spikeForward(
                        layout,
                        new SpikeBuffers(driveBuffer, parameterBuffer, carry, spikes, rate, counts),
                        false,
                        KAPPA);
    }

    /** Some of the steps, from the membranes that the ones before left. */
    void forward(int firstStep, int steps, DeviceBuffer carry, DeviceBuffer spikes, DeviceBuffer counts) {
        long neurons = layout.neurons();
        DeviceBuffer part = layout.constantDrive()
                ? driveBuffer
                : driveBuffer.slice("drive of a part", firstStep * neurons, steps * neurons);
        backend.neurons()
                .spikeForward(
                        part(layout, firstStep, steps),
                        new SpikeBuffers(
                                part,
                                parameterBuffer,
                                carry,
                                spikes.slice("spikes of a part", firstStep * neurons, steps * neurons),
                                DeviceBuffer.absent(),
                                counts.slice("counts of a part", 4L * firstStep, 4L * steps)),
                        firstStep > 0,
                        KAPPA);
    }

    private static SpikeLayout part(SpikeLayout layout, int firstStep, int steps) {
        int gained = layout.gains().steps();
        return new SpikeLayout(
                        layout.model(),
                        steps,
                        layout.rows(),
                        layout.channels(),
                        layout.constantDrive(),
                        layout.smooth(),
                        layout.quanta())
                .with(new SpikeLayout.Gains(gained, Math.min(firstStep, gained)));
    }

    /** [4, channels], and gains and biases by step. */
    DeviceBuffer parameterGradients() {
        return output("gradParameters", (long) layout.gradients() * layout.channels());
    }

    void backward(DeviceBuffer gradSpikes, DeviceBuffer gradRate, DeviceBuffer gradDrive, DeviceBuffer gradParameters) {
        DeviceBuffer scratch = gradParameters.isAbsent()
                ? DeviceBuffer.absent()
                : output("scratch", backend.memory().scratchBytes(layout.channels(), layout.gradients()) / Float.BYTES);
        backend.neurons()
                .spikeBackward(
                        layout,
                        driveBuffer,
                        parameterBuffer,
                        new SpikeGradients(gradSpikes, gradRate, gradDrive, gradParameters),
                        scratch,
                        KAPPA);
    }

    @Override
    public void close() {
        arrays.close();
    }
}
