package org.ambispike.backend.cuda;

import java.util.List;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.CapturedGraph;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.DeviceMemory;
import org.ambispike.backend.GpuFacts;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.LinearAlgebra;
import org.ambispike.backend.NeuronKernels;
import org.ambispike.backend.OptimizerKernels;
import org.ambispike.backend.TrainingKernels;
import org.ambispike.backend.cpu.NativeNeuronKernels;
import org.ambispike.backend.cpu.NativeOptimizerKernels;
import org.ambispike.backend.cpu.NativeTrainingKernels;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;

/**
 * An NVIDIA GPU: cuDNN for convolutions, cuBLAS for matrix multiplications, our own CUDA kernels for the rest. One stream; calls
 * return before their work is done, and copies to the host wait for it. Used by one thread, the one that opened it.
 */
public final class CudaBackend implements Backend {
    private final Precision precision;
    private final CudaOptions options;
    private final GpuFacts facts;
    private final CudaStream stream;
    private final CudaTransfers transfers;
    private final CudaMemory memory;
    private final CudaLibraries libraries;
    private final CudaLinearPlanner planner;
    private final LinearAlgebra linear;
    private final NeuronKernels neurons;
    private final TrainingKernels training;
    private final OptimizerKernels optimizer;
    private final CudaGraphs graphs;
    private final Optional<Int8Operations> int8;

    private CudaBackend(Precision precision, CudaOptions options, GpuFacts facts, CudaStream stream) {
        this.precision = precision;
        this.options = options;
        this.facts = facts;
        this.stream = stream;
        this.transfers = new CudaTransfers(stream);
        this.memory = new CudaMemory(stream, transfers);
        this.libraries = new CudaLibraries(stream, memory, precision, options, facts.description());
        this.planner = new CudaLinearPlanner(stream, libraries, precision.withoutSpikes());
        this.linear = new CudaLinearAlgebra(stream, planner);
        this.neurons = new NativeNeuronKernels(stream);
        this.training = new NativeTrainingKernels(stream);
        this.optimizer = new NativeOptimizerKernels(stream);
        this.graphs = new CudaGraphs(stream, options.graphs());
        this.int8 = precision == Precision.INT8 ? Optional.of(new CudaInt8(stream, memory, planner)) : Optional.empty();
    }

    /**
     * Opens the first device.
     *
     * @throws BackendException saying what is missing, if there is no device, driver or kernels' library
     */
    public static CudaBackend open(Precision precision, CudaOptions options) {
        GpuFacts facts = CudaProbe.device();
        if (facts.problem().isPresent()) {
            throw new BackendException("no CUDA backend: " + facts.problem().get());
        }
        CudaStream stream = new CudaStream(0);
        try {
            return new CudaBackend(precision, options, facts, stream);
        } catch (BackendException e) {
            stream.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public String describe() {
        return "cuda: " + facts.description() + ", " + libraries.describe() + options.describe();
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public DeviceMemory memory() {
        return memory;
    }

    @Override
    public LinearAlgebra linear() {
        return linear;
    }

    @Override
    public NeuronKernels neurons() {
        return neurons;
    }

    @Override
    public TrainingKernels training() {
        return training;
    }

    @Override
    public OptimizerKernels optimizer() {
        return optimizer;
    }

    @Override
    public void synchronize() {
        stream.synchronize();
    }

    /**
     * Returns the milliseconds that work takes, by the device's own clock; waits until it is done.
     *
     * @param work calls on this backend
     */
    public double milliseconds(Runnable work) {
        try (CudaTimer timer = new CudaTimer(stream)) {
            return timer.milliseconds(work);
        }
    }

    @Override
    public CapturedGraph capture(String label, List<DeviceBuffer> buffers, Runnable work) {
        stream.requireOpen(label);
        return graphs.capture(label, buffers, work);
    }

    @Override
    public Optional<Int8Operations> int8() {
        return int8;
    }

    @Override
    public Optional<Bf16Operations> bf16() {
        return precision == Precision.BF16 ? Optional.of(new CudaBf16(stream, planner)) : Optional.empty();
    }

    @Override
    public void close() {
        libraries.close();
        transfers.close();
        memory.close();
        stream.close();
    }
}
