package org.ambispike.exec;

import org.ambispike.backend.Backend;
import org.ambispike.backend.Bf16Operations;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.PoolKernel;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.support.Bf16Words;
import org.ambispike.tensor.ConvGeometry;
import org.ambispike.tensor.PoolGeometry;

/** Values in bf16 on the CPU: unpacked for the operations of its backend, and packed again. Slow and obvious. */
final class ReferenceBf16 implements Bf16Operations {
    private final Backend cpu;
    private int biases;
    private int narrowReads;

    ReferenceBf16(Backend cpu) {
        this.cpu = cpu;
    }

    /** How often neurons were given a bias. */
    int biases() {
        return biases;
    }

    /** How often a layer with weights read bf16. */
    int narrowReads() {
        return narrowReads;
    }

    private float[] read(DeviceBuffer source, Storage type, int count) {
        int words = type == Storage.F32 ? count : (count + 1) / 2;
        float[] values = new float[words];
        cpu.download(source, values, 0, words);
        return type == Storage.F32 ? values : Bf16Words.unpack(values, count);
    }

    private void write(float[] values, Storage type, DeviceBuffer target) {
        if (type == Storage.F32) {
            cpu.upload(values, 0, values.length, target);
        } else {
            int[] words = Bf16Words.pack(values);
            cpu.upload(words, 0, words.length, target);
        }
    }

    /** Runs work on an f32 array that is filled first, and gives what it left in another. */
    private float[] through(float[] from, int results, Operation work) {
        try (DeviceBuffer src = cpu.allocate("unpacked", (long) from.length * Float.BYTES);
                DeviceBuffer dst = cpu.allocate("result", (long) results * Float.BYTES)) {
            cpu.upload(from, 0, from.length, src);
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
        return new Kernel(cpu.planConvolution(label, geometry, batch, false), in, out, src, dst);
    }

    @Override
    public LinearKernel planMatMul(String label, int rows, int inputs, int outputs, Storage src) {
        LinearKernel kernel = cpu.planMatMul(label, rows, inputs, outputs, false);
        return new Kernel(kernel, rows * inputs, rows * outputs, src, Storage.F32);
    }

    @Override
    public void spikeForward(
            SpikeLayout layout,
            DeviceBuffer drive,
            Storage type,
            DeviceBuffer bias,
            DeviceBuffer parameters,
            DeviceBuffer carry,
            boolean resume,
            DeviceBuffer spikes,
            DeviceBuffer rate,
            DeviceBuffer counts) {
        int neurons = Math.toIntExact(layout.neurons());
        float[] driven = read(drive, type, neurons * (layout.constantDrive() ? 1 : layout.steps()));
        if (!bias.isAbsent()) {
            biases++;
            float[] added = read(bias, Storage.F32, layout.channels());
            for (int i = 0; i < driven.length; i++) {
                driven[i] += added[i % added.length];
            }
        }
        float[] emitted = through(
                driven,
                neurons * layout.steps(),
                (src, dst) -> cpu.spikeForward(layout, src, parameters, carry, resume, dst, rate, counts, 1));
        write(emitted, Storage.BF16, spikes);
    }

    @Override
    public void averagePool(PoolGeometry geometry, int images, DeviceBuffer src, DeviceBuffer dst) {
        int in = Math.toIntExact(images * geometry.inputShape().elements());
        int out = Math.toIntExact(images * geometry.outputShape().elements());
        try (PoolKernel pool = cpu.planAveragePool("pool", geometry, images)) {
            write(through(read(src, Storage.BF16, in), out, pool::forward), Storage.BF16, dst);
        }
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
