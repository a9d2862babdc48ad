package org.ambispike.backend.cuda;

import java.util.List;
import java.util.Optional;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.GpuFacts;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolKernel;
import org.ambispike.backend.RecordedWork;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;

/**
 * An NVIDIA GPU: cuDNN for convolutions, cuBLAS for matrix products, our own CUDA kernels for the rest. One stream; calls
 * return before their work is done, and copies to the host wait for it. Used by one thread, the one that opened it.
 */
public final class CudaBackend extends CudaBatchNormOperations {
    private final Precision precision;
    private final CudaOptions options;
    private final GpuFacts facts;
    private final CudaMemory memory;
    private final CudaTransfers transfers;
    private final CudaLibraries libraries;
    private final CudaProducts products;

    private final CudaGraphs graphs;

    private CudaBackend(Precision precision, CudaOptions options, GpuFacts facts, CudaStream stream) {
        super(stream);
        this.precision = precision;
        this.options = options;
        this.facts = facts;
        this.memory = new CudaMemory(stream);
        this.transfers = new CudaTransfers(stream);
        this.libraries = new CudaLibraries(stream, memory, precision, options, facts.description());
        this.products = new CudaProducts(stream, libraries, precision);
        this.graphs = new CudaGraphs(stream, options.graphs());
    }

    /** Opens the first device, as the environment has it. */
    public static CudaBackend open(Precision precision) {
        return open(precision, CudaOptions.fromEnvironment());
    }

    /**
     * Opens the first device.
     *
     * @throws PrecisionException if it is int8
     * @throws BackendException saying what is missing, if there is no device, driver or kernels' library
     */
    public static CudaBackend open(Precision precision, CudaOptions options) {
        if (precision == Precision.INT8) {
            throw new PrecisionException("int8 runs on the CPU only; use precision f32, tf32 or bf16 on a GPU");
        }
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
    public Optional<Int8Operations> int8() {
        return Optional.empty();
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
        transfers.upload(CudaBuffer.of(target), count, Float.BYTES, (staging, first, size) -> new FloatPointer(staging)
                .put(source, offset + first, size));
    }

    @Override
    public void upload(int[] source, int offset, int count, DeviceBuffer target) {
        transfers.upload(CudaBuffer.of(target), count, Integer.BYTES, (staging, first, size) -> new IntPointer(staging)
                .put(source, offset + first, size));
    }

    @Override
    public void upload(double[] source, DeviceBuffer target) {
        transfers.upload(
                CudaBuffer.of(target), source.length, Double.BYTES, (staging, first, size) -> new DoublePointer(staging)
                        .put(source, first, size));
    }

    @Override
    public void download(DeviceBuffer source, float[] target, int offset, int count) {
        transfers.download(
                CudaBuffer.of(source), count, Float.BYTES, (staging, first, size) -> new FloatPointer(staging)
                        .get(target, offset + first, size));
    }

    @Override
    public void download(DeviceBuffer source, double[] target) {
        transfers.download(
                CudaBuffer.of(source), target.length, Double.BYTES, (staging, first, size) -> new DoublePointer(staging)
                        .get(target, first, size));
    }

    @Override
    public void download(DeviceBuffer source, long[] target) {
        transfers.download(
                CudaBuffer.of(source), target.length, Long.BYTES, (staging, first, size) -> new LongPointer(staging)
                        .get(target, first, size));
    }

    @Override
    public void synchronize() {
        stream().synchronize();
    }

    @Override
    public double milliseconds(Runnable work) {
        try (CudaTimer timer = new CudaTimer(stream())) {
            return timer.milliseconds(work);
        }
    }

    @Override
    public RecordedWork record(String label, List<DeviceBuffer> buffers, Runnable work) {
        stream().requireOpen(label);
        return graphs.record(label, buffers, work);
    }

    @Override
    public LinearKernel planConvolution(String label, ConvGeometry geometry, int batch, boolean training) {
        return products.convolution(label, geometry, batch, training, CudaLinear.Arrays.F32);
    }

    @Override
    public LinearKernel planMatMul(String label, int rows, int inputs, int outputs, boolean training) {
        return products.matMul(label, rows, inputs, outputs, training, CudaLinear.Arrays.F32);
    }

    @Override
    public Optional<Bf16Operations> bf16() {
        return precision == Precision.BF16 ? Optional.of(new CudaBf16(stream(), products)) : Optional.empty();
    }

    @Override
    public PoolKernel planAveragePool(String label, PoolGeometry geometry, int batch) {
        stream().requireOpen(label);
        return new CudaAveragePool(stream(), label, geometry, batch);
    }

    @Override
    public void close() {
        libraries.close();
        transfers.close();
        memory.close();
        stream().close();
    }
}
