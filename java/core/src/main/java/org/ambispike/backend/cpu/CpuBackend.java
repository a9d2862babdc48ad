package org.ambispike.backend.cpu;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceMemory;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.LinearAlgebra;
import org.ambispike.backend.NeuronKernels;
import org.ambispike.backend.OptimizerKernels;
import org.ambispike.backend.TrainingKernels;
import org.ambispike.common.LibraryException;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;

/**
 * The CPU: oneDNN for convolutions, matrix multiplications and pooling, our own C++ kernels for the rest, memory on the C
 * heap. Used by one thread; the kernels inside use several.
 */
public final class CpuBackend implements Backend {
    private static final int MAX_THREADS = 256;

    private final Precision precision;
    private final CpuFacts facts;
    private final CpuThreads threads;
    private final DnnlEngine engine;
    private final CpuMemory memory;
    private final LinearAlgebra linear;
    private final NeuronKernels neurons;
    private final TrainingKernels training;
    private final OptimizerKernels optimizer;
    private final Optional<Int8Operations> int8;

    private CpuBackend(Precision precision, CpuThreads threads, CpuFacts facts) {
        this.precision = precision;
        this.facts = facts;
        this.threads = threads;
        this.engine = new DnnlEngine(threads);
        this.memory = new CpuMemory(threads);
        this.linear = new CpuLinearAlgebra(threads, engine, precision);
        this.neurons = new NativeNeuronKernels(threads);
        this.training = new NativeTrainingKernels(threads);
        this.optimizer = new NativeOptimizerKernels(threads);
        this.int8 = precision == Precision.INT8 ? Optional.of(new CpuInt8(engine)) : Optional.empty();
    }

    /**
     * Opens the backend.
     *
     * @param threads OpenMP threads; 0 for all processors
     * @throws PrecisionException if the processor lacks the precision
     * @throws LibraryException if a native library cannot be loaded
     */
    public static CpuBackend open(Precision precision, int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads must be 0 (all) or more, got " + threads);
        }
        CpuFacts facts = CpuProbe.probe();
        if (facts.problem().isPresent()) {
            throw new LibraryException("no CPU backend: " + facts.problem().get());
        }
        if (precision == Precision.TF32) {
            throw new PrecisionException("tf32 is a mode of GPUs; use precision f32 or bf16 on the CPU");
        }
        if (precision == Precision.BF16 && !facts.bf16()) {
            throw new PrecisionException(
                    "this processor (" + facts.instructions() + ") has no bfloat16 instructions; use precision f32");
        }
        if (precision == Precision.INT8 && !facts.int8()) {
            throw new PrecisionException("this processor (" + facts.instructions()
                    + ") cannot multiply bytes (VNNI); use precision f32 or bf16");
        }
        CpuThreads chosen = new CpuThreads(threads == 0 ? Math.min(facts.cores(), MAX_THREADS) : threads);
        chosen.enter();
        return new CpuBackend(precision, chosen, facts);
    }

    @Override
    public int parts() {
        return threads.count() == 1 ? 0 : threads.count();
    }

    @Override
    public List<Backend> split() {
        return IntStream.range(0, parts())
                .<Backend>mapToObj(index -> new CpuBackend(precision, new CpuThreads(1), facts))
                .toList();
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String describe() {
        int count = threads.count();
        return "cpu: " + count + (count == 1 ? " thread, " : " threads, ") + facts.instructions() + ", oneDNN "
                + facts.dnnlVersion().orElseThrow() + ", kernels "
                + facts.kernels().orElseThrow() + ", precision "
                + precision.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public Optional<Int8Operations> int8() {
        return int8;
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

    /** Nothing to wait for: every call returns when its work is done. */
    @Override
    public void synchronize() {}

    @Override
    public void close() {
        engine.close();
        memory.close();
    }
}
