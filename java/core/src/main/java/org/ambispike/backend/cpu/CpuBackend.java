package org.ambispike.backend.cpu;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolKernel;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;

/**
 * The CPU: oneDNN for convolutions, matrix products and pooling, our own C++ kernels for the rest, memory on the C
 * heap. Used by one thread; the kernels inside use several.
 */
public final class CpuBackend extends CpuBatchNormOperations {
    private static final int MAX_THREADS = 256;

    private final Precision precision;
    private final CpuFacts facts;
    private final CpuMemory memory = new CpuMemory();
    private final DnnlEngine engine;
    private final Optional<Int8Operations> int8;

    private CpuBackend(Precision precision, CpuThreads threads, CpuFacts facts) {
        super(threads);
        this.precision = precision;
        this.facts = facts;
        this.engine = new DnnlEngine(threads);
        this.int8 = precision == Precision.INT8 ? Optional.of(new CpuInt8(engine)) : Optional.empty();
    }

    /**
     * Opens the backend.
     *
     * @param threads OpenMP threads; 0 for all processors
     * @throws PrecisionException if the processor lacks the precision
     * @throws BackendException if a native library cannot be loaded
     */
    public static CpuBackend open(Precision precision, int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads must be 0 (all) or more, got " + threads);
        }
        CpuFacts facts = CpuProbe.probe();
        if (facts.problem().isPresent()) {
            throw new BackendException("no CPU backend: " + facts.problem().get());
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
                    + ") has no products of bytes (VNNI); use precision f32 or bf16");
        }
        CpuThreads chosen = new CpuThreads(threads == 0 ? Math.min(facts.cores(), MAX_THREADS) : threads);
        chosen.enter();
        return new CpuBackend(precision, chosen, facts);
    }

    @Override
    public int parts() {
        return threads().count() == 1 ? 0 : threads().count();
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
        int threads = threads().count();
        return "cpu: " + threads + (threads == 1 ? " thread, " : " threads, ") + facts.instructions() + ", oneDNN "
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
    public DeviceBuffer allocate(String label, long bytes) {
        return memory.allocate(label, bytes);
    }

    @Override
    public long liveBytes() {
        return memory.liveBytes();
    }

    @Override
    public long allocations() {
        return memory.allocations();
    }

    @Override
    public long availableBytes() {
        return memory.availableBytes();
    }

    @Override
    public void upload(float[] source, int offset, int count, DeviceBuffer target) {
        CpuBuffer.of(target).requireRoom((long) count * Float.BYTES);
        CpuBuffer.of(target).floatPointer().put(source, offset, count);
    }

    @Override
    public void upload(int[] source, int offset, int count, DeviceBuffer target) {
        CpuBuffer.of(target).requireRoom((long) count * Integer.BYTES);
        CpuBuffer.of(target).intPointer().put(source, offset, count);
    }

    @Override
    public void upload(double[] source, DeviceBuffer target) {
        CpuBuffer.of(target).requireRoom((long) source.length * Double.BYTES);
        CpuBuffer.of(target).doublePointer().put(source);
    }

    @Override
    public void download(DeviceBuffer source, float[] target, int offset, int count) {
        CpuBuffer.of(source).requireRoom((long) count * Float.BYTES);
        CpuBuffer.of(source).floatPointer().get(target, offset, count);
    }

    @Override
    public void download(DeviceBuffer source, double[] target) {
        CpuBuffer.of(source).requireRoom((long) target.length * Double.BYTES);
        CpuBuffer.of(source).doublePointer().get(target);
    }

    @Override
    public void download(DeviceBuffer source, long[] target) {
        CpuBuffer.of(source).requireRoom((long) target.length * Long.BYTES);
        CpuBuffer.of(source).longPointer().get(target);
    }

    /** Nothing to wait for: every call returns when its work is done. */
    @Override
    public void synchronize() {}

    @Override
    public LinearKernel planConvolution(String label, ConvGeometry geometry, int batch, boolean training) {
        return engine.plan(
                label + " " + geometry + ", batch " + batch,
                () -> new DnnlLinear(
                        engine, label, DnnlConvolution.plan(engine, geometry, batch, training, precision)));
    }

    @Override
    public LinearKernel planMatMul(String label, int rows, int inputs, int outputs, boolean training) {
        return engine.plan(
                label + " [" + rows + ", " + inputs + "] x [" + inputs + ", " + outputs + "]",
                () -> new DnnlLinear(
                        engine, label, DnnlMatMul.plan(engine, rows, inputs, outputs, training, precision)));
    }

    @Override
    public PoolKernel planAveragePool(String label, PoolGeometry geometry, int batch) {
        return engine.plan(
                label + " " + geometry + ", batch " + batch, () -> new DnnlAveragePool(engine, label, geometry, batch));
    }

    @Override
    public void close() {
        engine.close();
        memory.close();
    }
}
