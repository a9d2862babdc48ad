package org.ambispike.backend.cpu;

import org.ambispike.backend.BlockCopy;
import org.ambispike.backend.BlockNumbers;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearAlgebra;
import org.ambispike.backend.SampleTables;

/** The arithmetic of whole arrays by our own kernels; layers with weights and pools are a library's. */
public abstract class NativeLinearAlgebra implements LinearAlgebra {
    private final KernelDevice device;
    private final KernelTable kernels;
    private final BlockNumbers blocks = new BlockNumbers();

    /** @param device that the kernels are of */
    protected NativeLinearAlgebra(KernelDevice device) {
        this.device = device;
        this.kernels = device.kernels();
    }

    @Override
    public void scale(DeviceBuffer x, double factor) {
        device.check("scale", kernels.scale(device.floats(x), x.floats(), (float) factor, device.stream()));
    }

    @Override
    public void add(DeviceBuffer a, DeviceBuffer b, DeviceBuffer y) {
        device.check(
                "add", kernels.add(device.floats(a), device.floats(b), device.floats(y), y.floats(), device.stream()));
    }

    @Override
    public void gatherRows(DeviceBuffer x, DeviceBuffer index, DeviceBuffer y, int rows, long width) {
        device.check(
                "gatherRows",
                kernels.gather_rows(
                        device.floats(x), device.ints(index), device.floats(y), rows, width, device.stream()));
    }

    @Override
    public void copyBlocks(BlockCopy copy, DeviceBuffer x, DeviceBuffer y) {
        device.check(
                "copyBlocks",
                kernels.copy_blocks(
                        device.bytes(x), device.bytes(y), blocks.of(copy), x.bytes(), y.bytes(), device.stream()));
    }

    @Override
    public void resample(SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer y, long images) {
        device.check(
                "resample",
                kernels.resample(
                        device.floats(x),
                        device.ints(table),
                        device.floats(y),
                        tables.numbers(),
                        images,
                        device.stream()));
    }

    @Override
    public void copyPlaces(
            SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer y, long images, Element element) {
        device.check(
                "copyPlaces",
                kernels.copy_places(
                        device.bytes(x),
                        device.ints(table),
                        device.bytes(y),
                        tables.numbers(),
                        images,
                        element.bytes(),
                        element.zero(),
                        device.stream()));
    }

    @Override
    public void expand(DeviceBuffer x, DeviceBuffer y) {
        device.check(
                "expand",
                kernels.expand(device.floats(x), device.floats(y), Math.toIntExact(y.floats()), device.stream()));
    }

    @Override
    public void reduce(DeviceBuffer x, DeviceBuffer y) {
        device.check(
                "reduce",
                kernels.reduce(device.floats(x), device.floats(y), Math.toIntExact(x.floats()), device.stream()));
    }

    @Override
    public void runningMean(DeviceBuffer x, DeviceBuffer y, long count, int steps) {
        device.check(
                "runningMean", kernels.running_mean(device.floats(x), device.floats(y), count, steps, device.stream()));
    }

    @Override
    public void spreadMean(DeviceBuffer x, DeviceBuffer y, long count, int steps) {
        device.check(
                "spreadMean", kernels.spread_mean(device.floats(x), device.floats(y), count, steps, device.stream()));
    }
}
