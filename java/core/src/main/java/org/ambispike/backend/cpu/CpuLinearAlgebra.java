package org.ambispike.backend.cpu;

import static org.ambispike.backend.cpu.CpuBuffer.bytes;
import static org.ambispike.backend.cpu.CpuBuffer.floats;
import static org.ambispike.backend.cpu.CpuBuffer.ints;

import org.ambispike.backend.BlockCopy;
import org.ambispike.backend.BlockNumbers;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearAlgebra;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolKernel;
import org.ambispike.backend.SampleTables;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;

/** oneDNN for convolutions, matrix multiplications and pools, our own C++ kernels for arrays. */
final class CpuLinearAlgebra implements LinearAlgebra {
    private final CpuThreads threads;
    private final DnnlEngine engine;
    private final Precision precision;
    private final BlockNumbers blocks = new BlockNumbers();

    CpuLinearAlgebra(CpuThreads threads, DnnlEngine engine, Precision precision) {
        this.threads = threads;
        this.engine = engine;
        this.precision = precision;
    }

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
    public void scale(DeviceBuffer x, double factor) {
        threads.enter();
        CpuStatus.check("scale", Kernels.ambi_scale(floats(x), x.floats(), (float) factor));
    }

    @Override
    public void add(DeviceBuffer a, DeviceBuffer b, DeviceBuffer y) {
        threads.enter();
        CpuStatus.check("add", Kernels.ambi_add(floats(a), floats(b), floats(y), y.floats()));
    }

    @Override
    public void gatherRows(DeviceBuffer x, DeviceBuffer index, DeviceBuffer y, int rows, long width) {
        threads.enter();
        CpuStatus.check("gatherRows", Kernels.ambi_gather_rows(floats(x), ints(index), floats(y), rows, width));
    }

    @Override
    public void copyBlocks(BlockCopy copy, DeviceBuffer x, DeviceBuffer y) {
        threads.enter();
        CpuStatus.check(
                "copyBlocks", Kernels.ambi_copy_blocks(bytes(x), bytes(y), blocks.of(copy), x.bytes(), y.bytes()));
    }

    @Override
    public void resample(SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer y, long images) {
        threads.enter();
        CpuStatus.check("resample", Kernels.ambi_resample(floats(x), ints(table), floats(y), tables.numbers(), images));
    }

    @Override
    public void copyPlaces(
            SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer y, long images, Element element) {
        threads.enter();
        CpuStatus.check(
                "copyPlaces",
                Kernels.ambi_copy_places(
                        bytes(x), ints(table), bytes(y), tables.numbers(), images, element.bytes(), element.zero()));
    }

    @Override
    public void expand(DeviceBuffer x, DeviceBuffer y) {
        threads.enter();
        CpuStatus.check("expand", Kernels.ambi_expand(floats(x), floats(y), Math.toIntExact(y.floats())));
    }

    @Override
    public void reduce(DeviceBuffer x, DeviceBuffer y) {
        threads.enter();
        CpuStatus.check("reduce", Kernels.ambi_reduce(floats(x), floats(y), Math.toIntExact(x.floats())));
    }

    @Override
    public void runningMean(DeviceBuffer x, DeviceBuffer y, long count, int steps) {
        threads.enter();
        CpuStatus.check("runningMean", Kernels.ambi_running_mean(floats(x), floats(y), count, steps));
    }

    @Override
    public void spreadMean(DeviceBuffer x, DeviceBuffer y, long count, int steps) {
        threads.enter();
        CpuStatus.check("spreadMean", Kernels.ambi_spread_mean(floats(x), floats(y), count, steps));
    }
}
