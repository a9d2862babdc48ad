package org.ambispike.backend.cuda;

import static org.ambispike.backend.cuda.CudaBuffer.bytes;
import static org.ambispike.backend.cuda.CudaBuffer.floats;
import static org.ambispike.backend.cuda.CudaBuffer.longs;

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

/** Layers of neurons by our own CUDA kernels; each method is one call across the C ABI, and returns at once. */
final class CudaNeuronKernels implements NeuronKernels {
    private final CudaStream stream;
    private final PoolNumbers numbers = new PoolNumbers();

    CudaNeuronKernels(CudaStream stream) {
        this.stream = stream;
    }

    @Override
    public void spikeForward(SpikeLayout layout, SpikeBuffers buffers, boolean resume, double kappa) {
        if (layout.pool().isPresent()) {
            pooledSpikeForward(layout, buffers, resume);
            return;
        }
        CudaStatus.check(
                "spikeForward",
                CudaKernels.ambi_cuda_spike_forward(
                        floats(buffers.drive()),
                        floats(buffers.parameters()),
                        floats(buffers.carry()),
                        floats(buffers.spikes()),
                        floats(buffers.rate()),
                        longs(buffers.counts()),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        mode(layout) | (resume ? CudaKernels.AMBI_CARRY_IN : 0),
                        (float) kappa,
                        stream.address()));
    }

    private void pooledSpikeForward(SpikeLayout layout, SpikeBuffers buffers, boolean resume) {
        CudaStatus.check(
                "spikeForward behind a max pool",
                CudaKernels.ambi_cuda_max_pool_spike_forward(
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
                        mode(layout) | (resume ? CudaKernels.AMBI_CARRY_IN : 0),
                        stream.address()));
    }

    @Override
    public void spikeBackward(
            SpikeLayout layout,
            DeviceBuffer drive,
            DeviceBuffer parameters,
            SpikeGradients gradients,
            DeviceBuffer scratch,
            double kappa) {
        CudaStatus.check(
                "spikeBackward",
                CudaKernels.ambi_cuda_spike_backward(
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
                        (float) kappa,
                        stream.address()));
    }

    static int mode(SpikeLayout layout) {
        return model(layout.model())
                | (layout.constantDrive() ? CudaKernels.AMBI_DRIVE_CONSTANT : 0)
                | (layout.smooth() ? CudaKernels.AMBI_SMOOTH : 0)
                | layout.quanta() - 1 << CudaKernels.AMBI_QUANTA_SHIFT
                | layout.gains().steps() << CudaKernels.AMBI_GAINS_SHIFT
                | layout.gains().past() << CudaKernels.AMBI_FIRST_SHIFT;
    }

    private static int model(NeuronModel model) {
        return switch (model) {
            case PAIR -> CudaKernels.AMBI_MODEL_PAIR;
            case SINGLE -> CudaKernels.AMBI_MODEL_SINGLE;
            case INTEGRATE_AND_FIRE -> CudaKernels.AMBI_MODEL_IF;
            case MEMORY -> CudaKernels.AMBI_MODEL_MEMORY;
            case GRADED -> CudaKernels.AMBI_MODEL_GRADED;
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
        CudaStatus.check(
                "maxPoolForward",
                CudaKernels.ambi_cuda_max_pool_forward(
                        floats(drive),
                        floats(sums),
                        floats(pooled),
                        bytes(argmax),
                        numbers.of(layout.geometry()),
                        layout.images(),
                        layout.steps(),
                        mode(layout) | (resume ? CudaKernels.AMBI_CARRY_IN : 0),
                        stream.address()));
    }

    @Override
    public void maxPoolBackward(
            MaxPoolLayout layout, DeviceBuffer gradPooled, DeviceBuffer argmax, DeviceBuffer gradDrive) {
        CudaStatus.check(
                "maxPoolBackward",
                CudaKernels.ambi_cuda_max_pool_backward(
                        floats(gradPooled),
                        bytes(argmax),
                        floats(gradDrive),
                        numbers.of(layout.geometry()),
                        layout.images(),
                        layout.steps(),
                        mode(layout),
                        stream.address()));
    }

    private static int mode(MaxPoolLayout layout) {
        return layout.constantDrive() ? CudaKernels.AMBI_DRIVE_CONSTANT : 0;
    }

    @Override
    public void activationForward(ActivationLayout layout, DeviceBuffer x, DeviceBuffer parameters, DeviceBuffer y) {
        CudaStatus.check(
                "activationForward",
                CudaKernels.ambi_cuda_activation_forward(
                        floats(x),
                        floats(parameters),
                        floats(y),
                        layout.rows(),
                        layout.channels(),
                        kind(layout.kind()),
                        layout.levels(),
                        (float) layout.dither(),
                        stream.address()));
    }

    @Override
    public void activationBackward(
            ActivationLayout layout,
            DeviceBuffer x,
            DeviceBuffer parameters,
            ActivationGradients gradients,
            DeviceBuffer scratch) {
        CudaStatus.check(
                "activationBackward",
                CudaKernels.ambi_cuda_activation_backward(
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
                        (float) layout.dither(),
                        stream.address()));
    }

    private static int kind(ActivationKind kind) {
        return switch (kind) {
            case LEAKY -> CudaKernels.AMBI_ACTIVATION_LEAKY;
            case CLIPPED -> CudaKernels.AMBI_ACTIVATION_CLIPPED;
            case QUANTISED -> CudaKernels.AMBI_ACTIVATION_QUANTISED;
        };
    }
}
