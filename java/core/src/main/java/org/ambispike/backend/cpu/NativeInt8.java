package org.ambispike.backend.cpu;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.Int8Operations;
import org.ambispike.backend.PoolNumbers;
import org.ambispike.backend.SampleTables;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.PoolGeometry;

/** Spikes in bytes by our own kernels; layers with weights are a library's. */
public abstract class NativeInt8 implements Int8Operations {
    private final KernelDevice device;
    private final KernelTable kernels;
    private final PoolNumbers numbers = new PoolNumbers();

    /** @param device that the kernels are of */
    protected NativeInt8(KernelDevice device) {
        this.device = device;
        this.kernels = device.kernels();
    }

    @Override
    public final Int8Kernel planMatMul(String label, int rows, int inputs, int outputs, int channels) {
        if (inputs % channels != 0) {
            throw new IllegalArgumentException(
                    label + ": " + inputs + " inputs are no whole number of pixels of " + channels + " channels");
        }
        return planMatMul(label, rows, inputs, outputs);
    }

    /** Plans y [rows, outputs] = x [rows, inputs] times the transpose of weights [outputs, inputs]. */
    protected abstract Int8Kernel planMatMul(String label, int rows, int inputs, int outputs);

    @Override
    public void spikeForward(SpikeLayout layout, SpikeBuffers buffers, DeviceBuffer levels, boolean resume) {
        if (layout.pool().isPresent()) {
            pooledSpikeForward(layout, buffers, levels, resume);
            return;
        }
        device.check(
                "int8 spikeForward",
                kernels.int8_spike_forward(
                        device.floats(buffers.drive()),
                        device.floats(buffers.parameters()),
                        device.floats(levels),
                        device.floats(buffers.carry()),
                        device.bytes(buffers.spikes()),
                        device.floats(buffers.rate()),
                        device.longs(buffers.counts()),
                        layout.rows(),
                        layout.channels(),
                        layout.steps(),
                        NativeNeuronKernels.mode(layout, resume),
                        device.stream()));
    }

    private void pooledSpikeForward(SpikeLayout layout, SpikeBuffers buffers, DeviceBuffer levels, boolean resume) {
        device.check(
                "int8 spikeForward behind a max pool",
                kernels.int8_max_pool_spike_forward(
                        device.floats(buffers.drive()),
                        device.floats(buffers.parameters()),
                        device.floats(levels),
                        device.floats(buffers.carry()),
                        device.floats(buffers.sums()),
                        device.bytes(buffers.spikes()),
                        device.floats(buffers.rate()),
                        device.longs(buffers.counts()),
                        numbers.of(layout.pool().orElseThrow()),
                        layout.images(),
                        layout.steps(),
                        NativeNeuronKernels.mode(layout, resume),
                        device.stream()));
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
        device.check(
                "int8 averagePool",
                kernels.int8_average_pool(
                        device.bytes(src),
                        device.floats(unit),
                        device.bytes(sums),
                        device.floats(means),
                        images,
                        geometry.height(),
                        geometry.width(),
                        geometry.channels(),
                        geometry.kernel(),
                        geometry.stride(),
                        device.stream()));
    }

    @Override
    public void resample(
            SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer unit, DeviceBuffer y, long images) {
        device.check(
                "int8 resample",
                kernels.int8_resample(
                        device.bytes(x),
                        device.floats(unit),
                        device.ints(table),
                        device.floats(y),
                        tables.numbers(),
                        images,
                        device.stream()));
    }

    @Override
    public void add(DeviceBuffer x, DeviceBuffer unit, DeviceBuffer added, DeviceBuffer y, long rows, int channels) {
        device.check(
                "int8 add",
                kernels.int8_add(
                        device.bytes(x),
                        device.floats(unit),
                        device.floats(added),
                        device.floats(y),
                        rows,
                        channels,
                        device.stream()));
    }
}
