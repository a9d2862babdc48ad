package org.ambispike.exec;

import java.util.Optional;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolKernel;
import org.ambispike.backend.SampleTables;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.support.BackendProxy;
import org.ambispike.support.Bf16Words;
import org.ambispike.support.ByteWords;
import org.ambispike.support.SpikeBytes;
import org.bytedeco.javacpp.IntPointer;

/** Values in bf16, and spikes in bytes, on the CPU: unpacked for the operations of its backend, and packed again. Slow and obvious. */
final class ReferenceBf16 implements Bf16Operations {
    private final Backend cpu;
    private int biases;
    private int narrowReads;
    private int sums;
    private int pools;

    ReferenceBf16(Backend cpu) {
        this.cpu = cpu;
    }

    /** The backend with this beside it. */
    Backend backend() {
        return BackendProxy.of(
                cpu,
                (target, method, arguments) -> method.getName().equals("bf16")
                        ? Optional.of(this)
                        : BackendProxy.invoke(target, method, arguments));
    }

    /** How often neurons were given a bias. */
    int biases() {
        return biases;
    }

    /** How often a layer with weights read bf16. */
    int narrowReads() {
        return narrowReads;
    }

    /** How often neurons added two drives. */
    int sums() {
        return sums;
    }

    /** How often spikes in bytes were pooled. */
    int poolsOfBytes() {
        return pools;
    }

    private float[] read(DeviceBuffer source, Storage type, int count) {
        int words = type == Storage.F32 ? count : (count + 1) / 2;
        float[] values = new float[words];
        cpu.memory().download(source, values, 0, words);
        return type == Storage.F32 ? values : Bf16Words.unpack(values, count);
    }

    private void write(float[] values, Storage type, DeviceBuffer target) {
        if (type == Storage.F32) {
            cpu.memory().upload(values, 0, values.length, target);
        } else {
            int[] words = Bf16Words.pack(values);
            cpu.memory().upload(words, 0, words.length, target);
        }
    }

    /** Runs work on an f32 array that is filled first, and gives what it left in another. */
    private float[] through(float[] from, int results, Operation work) {
        try (DeviceBuffer src = cpu.memory().allocate("unpacked", (long) from.length * Float.BYTES);
                DeviceBuffer dst = cpu.memory().allocate("result", (long) results * Float.BYTES)) {
            cpu.memory().upload(from, 0, from.length, src);
            work.run(src, dst);
            return read(dst, Storage.F32, results);
        }
    }

    private interface Operation {
        void run(DeviceBuffer src, DeviceBuffer dst);
    }

    @Override
    public LinearKernel planConvolution(String label, ConvGeometry geometry, int batch, Storage src, Storage dst) {
        int in = Math.toIntExact(batch * geometry.inputShape().elements());
        int out = Math.toIntExact(batch * geometry.outputShape().elements());
        return new Kernel(cpu.linear().planConvolution(label, geometry, batch, false), in, out, src, dst);
    }

    @Override
    public LinearKernel planMatMul(String label, int rows, int inputs, int outputs, Storage src) {
        LinearKernel kernel = cpu.linear().planMatMul(label, rows, inputs, outputs, false);
        return new Kernel(kernel, rows * inputs, rows * outputs, src, Storage.F32);
    }

    @Override
    public void spikeForward(SpikeLayout layout, SpikeBuffers buffers, SpikeForm form, boolean resume) {
        Addend addend = form.addend();
        float[] driven = read(buffers.drive(), form.drive(), form.bias(), layout, layout.constantDrive());
        SpikeLayout whole = layout;
        if (!addend.values().isAbsent()) {
            sums++;
            float[] added = read(addend.values(), Storage.BF16, addend.bias(), layout, addend.constant());
            float[] together = new float[Math.max(driven.length, added.length)];
            for (int i = 0; i < together.length; i++) {
                together[i] = driven[i % driven.length] + added[i % added.length];
            }
            driven = together;
            whole = withConstantDrive(layout, layout.constantDrive() && addend.constant());
        }
        SpikeLayout given = whole;
        int neurons = Math.toIntExact(layout.neurons());
        float[] values = through(driven, neurons * layout.steps(), (src, dst) -> cpu.neurons()
                .spikeForward(
                        given,
                        new SpikeBuffers(
                                src,
                                buffers.parameters(),
                                buffers.carry(),
                                dst,
                                buffers.rate(),
                                buffers.counts(),
                                buffers.sums()),
                        resume,
                        1));
        if (form.spikes() == Storage.BF16) {
            write(values, Storage.BF16, buffers.spikes());
        } else {
            int channels = layout.channels();
            float[] thetas = read(buffers.parameters(), Storage.F32, 2 * channels);
            int[] words = ByteWords.pack(IntStream.range(0, values.length)
                    .map(i -> SpikeBytes.of(values[i], thetas[i % channels], thetas[channels + i % channels]))
                    .toArray());
            cpu.memory().upload(words, 0, words.length, buffers.spikes());
        }
    }

    private static SpikeLayout withConstantDrive(SpikeLayout layout, boolean constant) {
        return new SpikeLayout(
                layout.model(),
                layout.steps(),
                layout.rows(),
                layout.channels(),
                constant,
                layout.smooth(),
                layout.quanta(),
                layout.gains(),
                layout.pool());
    }

    /** A drive with its bias, if it has one. */
    private float[] read(DeviceBuffer drive, Storage type, DeviceBuffer bias, SpikeLayout layout, boolean constant) {
        long count = layout.pool()
                .map(pool -> layout.images() * pool.inputShape().elements())
                .orElse(layout.neurons());
        float[] values = read(drive, type, Math.toIntExact(count) * (constant ? 1 : layout.steps()));
        if (!bias.isAbsent()) {
            biases++;
            float[] added = read(bias, Storage.F32, layout.channels());
            for (int i = 0; i < values.length; i++) {
                values[i] += added[i % added.length];
            }
        }
        return values;
    }

    @Override
    public void resample(SampleTables tables, DeviceBuffer table, DeviceBuffer x, DeviceBuffer y, long images) {
        IntPointer axes = tables.numbers();
        long from = images * axes.get(0) * axes.get(3) * axes.get(6);
        long to = images * axes.get(1) * axes.get(4) * axes.get(7);
        float[] values =
                through(read(x, Storage.BF16, Math.toIntExact(from)), Math.toIntExact(to), (src, dst) -> cpu.linear()
                        .resample(tables, table, src, dst, images));
        write(values, Storage.BF16, y);
    }

    @Override
    public void averagePool(PoolGeometry geometry, int images, DeviceBuffer src, DeviceBuffer dst) {
        pool(geometry, images, read(src, Storage.BF16, elements(geometry, images)), dst);
    }

    private static int elements(PoolGeometry geometry, int images) {
        return Math.toIntExact(images * geometry.inputShape().elements());
    }

    private void pool(PoolGeometry geometry, int images, float[] src, DeviceBuffer dst) {
        int out = Math.toIntExact(images * geometry.outputShape().elements());
        try (PoolKernel pool = cpu.linear().planAveragePool("pool", geometry, images)) {
            write(through(src, out, pool::forward), Storage.BF16, dst);
        }
    }

    @Override
    public void averagePoolOfBytes(
            PoolGeometry geometry, int images, DeviceBuffer src, DeviceBuffer thresholds, DeviceBuffer dst) {
        pools++;
        int channels = geometry.channels();
        float[] thetas = read(thresholds, Storage.F32, 2 * channels);
        int count = elements(geometry, images);
        int[] bytes = ByteWords.unpack(read(src, Storage.F32, (count + 3) / 4), count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = SpikeBytes.worth(bytes[i], thetas[i % channels], thetas[channels + i % channels]);
        }
        pool(geometry, images, values, dst);
    }

    private final class Kernel implements LinearKernel {
        private final LinearKernel wide;
        private final int in;
        private final int out;
        private final Storage srcType;
        private final Storage dstType;

        Kernel(LinearKernel wide, int in, int out, Storage srcType, Storage dstType) {
            this.wide = wide;
            this.in = in;
            this.out = out;
            this.srcType = srcType;
            this.dstType = dstType;
        }

        @Override
        public long ownBytes() {
            return wide.ownBytes();
        }

        @Override
        public long scratchBytes() {
            return wide.scratchBytes();
        }

        @Override
        public void attach(DeviceBuffer own, DeviceBuffer scratch) {
            wide.attach(own, scratch);
        }

        @Override
        public void prepareWeights(DeviceBuffer weights) {
            wide.prepareWeights(weights);
        }

        @Override
        public void forward(DeviceBuffer src, DeviceBuffer bias, DeviceBuffer dst) {
            narrowReads += srcType == Storage.BF16 ? 1 : 0;
            write(through(read(src, srcType, in), out, (x, y) -> wide.forward(x, bias, y)), dstType, dst);
        }

        @Override
        public void backwardData(DeviceBuffer gradDst, DeviceBuffer gradSrc) {
            throw new IllegalStateException("for inference");
        }

        @Override
        public void backwardWeights(
                DeviceBuffer src, DeviceBuffer gradDst, DeviceBuffer gradWeights, DeviceBuffer gradBias) {
            throw new IllegalStateException("for inference");
        }

        @Override
        public String describe() {
            return wide.describe();
        }

        @Override
        public void close() {
            wide.close();
        }
    }
}
