package org.ambispike.backend.cpu;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.PoolNumbers;
import org.ambispike.backend.SampleTables;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.WindowAxis;

/** Spikes in bytes on the CPU: oneDNN for convolutions and matrix multiplications, our own kernels for the rest. */
final class CpuInt8 implements Int8Operations {
    /** What oneDNN multiplies are unsigned bytes. */
    static final int ZERO = Kernels.AMBI_INT8_ZERO;

    private final DnnlEngine engine;
    private final PoolNumbers numbers = new PoolNumbers();

    CpuInt8(DnnlEngine engine) {
        this.engine = engine;
    }

    @Override
    public int zero() {
        return ZERO;
    }

    @Override
    public Int8Kernel planConvolution(String label, ConvGeometry geometry, int batch) {
        return engine.plan(
                label + " " + geometry + ", batch " + batch + ", int8",
                () -> DnnlInt8.convolution(engine, label, geometry, batch));
    }

    @Override
    public Int8Kernel planMatMul(String label, int rows, int inputs, int outputs, int channels) {
        if (inputs % channels != 0) {
            throw new IllegalArgumentException(
                    label + ": " + inputs + " inputs are no whole number of pixels of " + channels + " channels");
        }
        return engine.plan(
                label + " [" + rows + ", " + inputs + "] x [" + inputs + ", " + outputs + "], int8",
                () -> DnnlInt8.matMul(engine, label, rows, inputs, outputs));
    }

    @Override
    public void spikeForward(SpikeLayout layout, SpikeBuffers buffers, DeviceBuffer levels, boolean resume) {
        engine.enter();
        if (layout.pool().isPresent()) {
            pooledSpikeForward(layout, buffers, levels, resume);
            return;
        }
        CpuStatus.check(
                "int8 spikeForward",
                Kernels.ambi_int8_spike_forward(
                        CpuBuffer.floats(buffers.drive()),
                        CpuBuffer.floats(buffers.parameters()),
                        CpuBuffer.floats(levels),
                        CpuBuffer.floats(buffers.carry()),
                        CpuBuffer.bytes(buffers.spikes()),
                        CpuBuffer.floats(buffers.rate()),
                        CpuBuffer.longs(buffers.counts()),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        CpuNeuronKernels.mode(layout) | (resume ? Kernels.AMBI_CARRY_IN : 0)));
    }

    private void pooledSpikeForward(SpikeLayout layout, SpikeBuffers buffers, DeviceBuffer levels, boolean resume) {
        CpuStatus.check(
                "int8 spikeForward behind a max pool",
                Kernels.ambi_int8_max_pool_spike_forward(
                        CpuBuffer.floats(buffers.drive()),
                        CpuBuffer.floats(buffers.parameters()),
                        CpuBuffer.floats(levels),
                        CpuBuffer.floats(buffers.carry()),
                        CpuBuffer.floats(buffers.sums()),
                        CpuBuffer.bytes(buffers.spikes()),
                        CpuBuffer.floats(buffers.rate()),
                        CpuBuffer.longs(buffers.counts()),
                        numbers.of(layout.pool().orElseThrow()),
                        layout.images(),
                        layout.steps(),
                        CpuNeuronKernels.mode(layout) | (resume ? Kernels.AMBI_CARRY_IN : 0)));
    }

    @Override
    public void sumPool(PoolGeometry geometry, long images, DeviceBuffer src, DeviceBuffer sums) {
        pool(geometry, images, src, DeviceBuffer.absent(), sums, DeviceBuffer.absent());
    }

    @Override
    public void averagePool(
            PoolGeometry geometry, long images, DeviceBuffer src, DeviceBuffer unit, DeviceBuffer means) {
        pool(geometry, images, src, unit, DeviceBuffer.absent(), means);
    }

    private void pool(
            PoolGeometry geometry,
            long images,
            DeviceBuffer src,
            DeviceBuffer unit,
            DeviceBuffer sums,
            DeviceBuffer means) {
        engine.enter();
        CpuStatus.check(
                "int8 averagePool",
                Kernels.ambi_int8_average_pool(
                        CpuBuffer.bytes(src),
                        CpuBuffer.floats(unit),
                        CpuBuffer.bytes(sums),
                        CpuBuffer.floats(means),
                        images,
                        geometry.height(),
                        geometry.width(),
                        geometry.channels(),
                        geometry.kernel(),
                        geometry.stride()));
    }

    @Override
    public void resample(
            SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer unit, DeviceBuffer y, long images) {
        engine.enter();
        CpuStatus.check(
                "int8 resample",
                Kernels.ambi_int8_resample(
                        CpuBuffer.bytes(x),
                        CpuBuffer.floats(unit),
                        CpuBuffer.ints(table),
                        CpuBuffer.floats(y),
                        tables.numbers(),
                        images));
    }

    @Override
    public void add(DeviceBuffer x, DeviceBuffer unit, DeviceBuffer added, DeviceBuffer y, long rows, int channels) {
        engine.enter();
        CpuStatus.check(
                "int8 add",
                Kernels.ambi_int8_add(
                        CpuBuffer.bytes(x),
                        CpuBuffer.floats(unit),
                        CpuBuffer.floats(added),
                        CpuBuffer.floats(y),
                        rows,
                        channels));
    }

    /** Adds a map to all images where the windows of a convolution reach over the edge. */
    static void addBorder(CpuBuffer x, CpuBuffer border, ConvGeometry geometry, int images) {
        WindowAxis down = geometry.down();
        WindowAxis across = geometry.across();
        CpuStatus.check(
                "int8 addBorder",
                Kernels.ambi_int8_add_border(
                        x.floatPointer(),
                        border.floatPointer(),
                        images,
                        down.windows(),
                        across.windows(),
                        geometry.outChannels(),
                        down.firstWhole(),
                        down.behindLastWhole(),
                        across.firstWhole(),
                        across.behindLastWhole()));
    }
}
