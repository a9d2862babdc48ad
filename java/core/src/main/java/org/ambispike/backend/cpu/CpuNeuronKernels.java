package org.ambispike.backend.cpu;

import static org.ambispike.backend.cpu.CpuBuffer.bytes;
import static org.ambispike.backend.cpu.CpuBuffer.floats;
import static org.ambispike.backend.cpu.CpuBuffer.longs;

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

/** Layers of neurons by our own C++ kernels; each method is one call across the C ABI. */
final class CpuNeuronKernels implements NeuronKernels {
    private final CpuThreads threads;
    private final PoolNumbers numbers = new PoolNumbers();

    CpuNeuronKernels(CpuThreads threads) {
        this.threads = threads;
    }

    @Override
    public void spikeForward(SpikeLayout layout, SpikeBuffers buffers, boolean resume, double kappa) {
        threads.enter();
        if (layout.pool().isPresent()) {
            pooledSpikeForward(layout, buffers, resume);
            return;
        }
        CpuStatus.check(
                "spikeForward",
                Kernels.ambi_spike_forward(
                        floats(buffers.drive()),
                        floats(buffers.parameters()),
                        floats(buffers.carry()),
                        floats(buffers.spikes()),
                        floats(buffers.rate()),
                        longs(buffers.counts()),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        mode(layout) | (resume ? Kernels.AMBI_CARRY_IN : 0),
                        (float) kappa));
    }

    private void pooledSpikeForward(SpikeLayout layout, SpikeBuffers buffers, boolean resume) {
        CpuStatus.check(
                "spikeForward behind a max pool",
                Kernels.ambi_max_pool_spike_forward(
                        floats(buffers.drive()),
                        floats(buffers.parameters()),
                        floats(buffers.carry()),
                        floats(buffers.sums()),
                        floats(buffers.spikes()),
                        floats(buffers.rate()),
                        longs(buffers.counts()),
                        numbers.of(layout.pool().orElseThrow()),
                        layout.images(),
                        layout.steps(),
                        mode(layout) | (resume ? Kernels.AMBI_CARRY_IN : 0)));
    }

    @Override
    public void spikeBackward(
            SpikeLayout layout,
            DeviceBuffer drive,
            DeviceBuffer parameters,
            SpikeGradients gradients,
            DeviceBuffer scratch,
            double kappa) {
        threads.enter();
        CpuStatus.check(
                "spikeBackward",
                Kernels.ambi_spike_backward(
                        floats(drive),
                        floats(parameters),
                        floats(gradients.spikes()),
                        floats(gradients.rate()),
                        floats(gradients.drive()),
                        floats(gradients.parameters()),
                        floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        mode(layout),
                        (float) kappa));
    }

    static int mode(SpikeLayout layout) {
        return model(layout.model())
                | (layout.constantDrive() ? Kernels.AMBI_DRIVE_CONSTANT : 0)
                | (layout.smooth() ? Kernels.AMBI_SMOOTH : 0)
                | layout.quanta() - 1 << Kernels.AMBI_QUANTA_SHIFT
                | layout.gains().steps() << Kernels.AMBI_GAINS_SHIFT
                | layout.gains().past() << Kernels.AMBI_FIRST_SHIFT;
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
        threads.enter();
        CpuStatus.check(
                "maxPoolForward",
                Kernels.ambi_max_pool_forward(
                        floats(drive),
                        floats(sums),
                        floats(pooled),
                        bytes(argmax),
                        numbers.of(layout.geometry()),
                        layout.images(),
                        layout.steps(),
                        mode(layout) | (resume ? Kernels.AMBI_CARRY_IN : 0)));
    }

    @Override
    public void maxPoolBackward(
            MaxPoolLayout layout, DeviceBuffer gradPooled, DeviceBuffer argmax, DeviceBuffer gradDrive) {
        threads.enter();
        CpuStatus.check(
                "maxPoolBackward",
                Kernels.ambi_max_pool_backward(
                        floats(gradPooled),
                        bytes(argmax),
                        floats(gradDrive),
                        numbers.of(layout.geometry()),
                        layout.images(),
                        layout.steps(),
                        mode(layout)));
    }

    private static int mode(MaxPoolLayout layout) {
        return layout.constantDrive() ? Kernels.AMBI_DRIVE_CONSTANT : 0;
    }

    @Override
    public void activationForward(ActivationLayout layout, DeviceBuffer x, DeviceBuffer parameters, DeviceBuffer y) {
        threads.enter();
        CpuStatus.check(
                "activationForward",
                Kernels.ambi_activation_forward(
                        floats(x),
                        floats(parameters),
                        floats(y),
                        layout.rows(),
                        layout.channels(),
                        kind(layout.kind()),
                        layout.levels(),
                        (float) layout.dither()));
    }

    @Override
    public void activationBackward(
            ActivationLayout layout,
            DeviceBuffer x,
            DeviceBuffer parameters,
            ActivationGradients gradients,
            DeviceBuffer scratch) {
        threads.enter();
        CpuStatus.check(
                "activationBackward",
                Kernels.ambi_activation_backward(
                        floats(x),
                        floats(parameters),
                        floats(gradients.y()),
                        floats(gradients.extra()),
                        floats(gradients.x()),
                        floats(gradients.parameters()),
                        floats(scratch),
                        layout.rows(),
                        layout.channels(),
                        kind(layout.kind()),
                        layout.levels(),
                        (float) layout.dither()));
    }

    private static int kind(ActivationKind kind) {
        return switch (kind) {
            case LEAKY -> Kernels.AMBI_ACTIVATION_LEAKY;
            case CLIPPED -> Kernels.AMBI_ACTIVATION_CLIPPED;
            case QUANTISED -> Kernels.AMBI_ACTIVATION_QUANTISED;
        };
    }
}
