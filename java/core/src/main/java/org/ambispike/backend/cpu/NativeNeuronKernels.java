package org.ambispike.backend.cpu;

import org.ambispike.backend.ActivationGradients;
import org.ambispike.backend.ActivationLayout;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.MaxPoolLayout;
import org.ambispike.backend.NeuronKernels;
import org.ambispike.backend.PoolNumbers;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeGradients;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Op.ActivationKind;

/** Layers of neurons by our own kernels; each method is one call across the C ABI, and on a GPU returns at once. */
public final class NativeNeuronKernels implements NeuronKernels {
    private final KernelDevice device;
    private final KernelTable kernels;
    private final PoolNumbers numbers = new PoolNumbers();

    /** @param device that the kernels are of */
    public NativeNeuronKernels(KernelDevice device) {
        this.device = device;
        this.kernels = device.kernels();
    }

    @Override
    public void spikeForward(SpikeLayout layout, SpikeBuffers buffers, boolean resume, double kappa) {
        if (layout.pool().isPresent()) {
            pooledSpikeForward(layout, buffers, resume);
            return;
        }
        device.check(
                "spikeForward",
                kernels.spike_forward(
                        device.floats(buffers.drive()),
                        device.floats(buffers.parameters()),
                        device.floats(buffers.carry()),
                        device.floats(buffers.spikes()),
                        device.floats(buffers.rate()),
                        device.longs(buffers.counts()),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        mode(layout, resume),
                        (float) kappa,
                        device.stream()));
    }

    private void pooledSpikeForward(SpikeLayout layout, SpikeBuffers buffers, boolean resume) {
        device.check(
                "spikeForward behind a max pool",
                kernels.max_pool_spike_forward(
                        device.floats(buffers.drive()),
                        device.floats(buffers.parameters()),
                        device.floats(buffers.carry()),
                        device.floats(buffers.sums()),
                        device.floats(buffers.spikes()),
                        device.floats(buffers.rate()),
                        device.longs(buffers.counts()),
                        numbers.of(layout.pool().orElseThrow()),
                        layout.images(),
                        layout.steps(),
                        mode(layout, resume),
                        device.stream()));
    }

    @Override
    public void spikeBackward(
            SpikeLayout layout,
            DeviceBuffer drive,
            DeviceBuffer parameters,
            SpikeGradients gradients,
            DeviceBuffer scratch,
            double kappa) {
        device.check(
                "spikeBackward",
                kernels.spike_backward(
                        device.floats(drive),
                        device.floats(parameters),
                        device.floats(gradients.spikes()),
                        device.floats(gradients.rate()),
                        device.floats(gradients.drive()),
                        device.floats(gradients.parameters()),
                        device.floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        mode(layout),
                        (float) kappa,
                        device.stream()));
    }

    /** Returns the mode of a layer, as AMBI_MODEL_PAIR and those that follow have it. */
    public static int mode(SpikeLayout layout) {
        return model(layout.model())
                | (layout.constantDrive() ? Kernels.AMBI_DRIVE_CONSTANT : 0)
                | (layout.smooth() ? Kernels.AMBI_SMOOTH : 0)
                | layout.quanta() - 1 << Kernels.AMBI_QUANTA_SHIFT
                | layout.gains().steps() << Kernels.AMBI_GAINS_SHIFT
                | layout.gains().past() << Kernels.AMBI_FIRST_SHIFT;
    }

    /** Returns the mode of a pass, which may go on from the membranes of the last one. */
    public static int mode(SpikeLayout layout, boolean resume) {
        return mode(layout) | (resume ? Kernels.AMBI_CARRY_IN : 0);
    }

    private static int model(NeuronModel model) {
        return switch (model) {
            case PAIR -> Kernels.AMBI_MODEL_PAIR;
            case SINGLE -> Kernels.AMBI_MODEL_SINGLE;
            case INTEGRATE_AND_FIRE -> Kernels.AMBI_MODEL_IF;
            case MEMORY -> Kernels.AMBI_MODEL_MEMORY;
            case GRADED -> Kernels.AMBI_MODEL_GRADED;
        };
    }

    @Override
    public void maxPoolForward(
            MaxPoolLayout layout,
            DeviceBuffer drive,
            DeviceBuffer sums,
            DeviceBuffer pooled,
            DeviceBuffer argmax,
            boolean resume) {
        device.check(
                "maxPoolForward",
                kernels.max_pool_forward(
                        device.floats(drive),
                        device.floats(sums),
                        device.floats(pooled),
                        device.bytes(argmax),
                        numbers.of(layout.geometry()),
                        layout.images(),
                        layout.steps(),
                        mode(layout) | (resume ? Kernels.AMBI_CARRY_IN : 0),
                        device.stream()));
    }

    @Override
    public void maxPoolBackward(
            MaxPoolLayout layout, DeviceBuffer gradPooled, DeviceBuffer argmax, DeviceBuffer gradDrive) {
        device.check(
                "maxPoolBackward",
                kernels.max_pool_backward(
                        device.floats(gradPooled),
                        device.bytes(argmax),
                        device.floats(gradDrive),
                        numbers.of(layout.geometry()),
                        layout.images(),
                        layout.steps(),
                        mode(layout),
                        device.stream()));
    }

    private static int mode(MaxPoolLayout layout) {
        return layout.constantDrive() ? Kernels.AMBI_DRIVE_CONSTANT : 0;
    }

    @Override
    public void activationForward(ActivationLayout layout, DeviceBuffer x, DeviceBuffer parameters, DeviceBuffer y) {
        device.check(
                "activationForward",
                kernels.activation_forward(
                        device.floats(x),
                        device.floats(parameters),
                        device.floats(y),
                        layout.rows(),
                        layout.channels(),
                        kind(layout.kind()),
                        layout.levels(),
                        (float) layout.dither(),
                        device.stream()));
    }

    @Override
    public void activationBackward(
            ActivationLayout layout,
            DeviceBuffer x,
            DeviceBuffer parameters,
            ActivationGradients gradients,
            DeviceBuffer scratch) {
        device.check(
                "activationBackward",
                kernels.activation_backward(
                        device.floats(x),
                        device.floats(parameters),
                        device.floats(gradients.y()),
                        device.floats(gradients.extra()),
                        device.floats(gradients.x()),
                        device.floats(gradients.parameters()),
                        device.floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        kind(layout.kind()),
                        layout.levels(),
                        (float) layout.dither(),
                        device.stream()));
    }

    private static int kind(ActivationKind kind) {
        return switch (kind) {
            case LEAKY -> Kernels.AMBI_ACTIVATION_LEAKY;
            case CLIPPED -> Kernels.AMBI_ACTIVATION_CLIPPED;
            case QUANTISED -> Kernels.AMBI_ACTIVATION_QUANTISED;
        };
    }
}
