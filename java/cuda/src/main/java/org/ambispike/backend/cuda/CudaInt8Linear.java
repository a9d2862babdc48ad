package org.ambispike.backend.cuda;

import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.Int8Weights;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A layer with weights over spikes in bytes: whole sums by a library, in int8, or where it refuses that in f32, which holds them up
 * to 2^24; then their scale and the bias. The library may compute more channels than there are, with weights of 0.
 */
final class CudaInt8Linear implements Int8Kernel {
    private final CudaStream stream;
    private final CudaMemory memory;
    private final String label;
    private final ConvGeometry geometry;
    private final CudaLinearPlan plan;
    private final boolean bytes;
    private Optional<Parts> parts = Optional.empty();
    private boolean prepared;

    /**
     * The passes of a layer.
     *
     * @param operands INT8, or F32 where the library has no int8 for it
     */
    record Sums(CudaLinearPlan plan, Precision operands) {}

    /**
     * Places in the memory that was attached.
     *
     * @param x the spikes in f32, where the library multiplies that
     * @param sums of all the library's channels, where they are more than the caller's
     */
    private record Parts(
            CudaBuffer own,
            DeviceBuffer weights,
            CudaBuffer scales,
            CudaBuffer bias,
            Pointer workspace,
            Pointer x,
            Pointer sums) {}

    CudaInt8Linear(CudaStream stream, CudaMemory memory, String label, ConvGeometry geometry, Sums sums) {
        this.stream = stream;
        this.memory = memory;
        this.label = label;
        this.geometry = geometry;
        this.plan = sums.plan;
        this.bytes = sums.operands == Precision.INT8;
    }

    private long weightBytes() {
        return CudaLinear.aligned(plan.weightElements() * (bytes ? 1 : Float.BYTES));
    }

    private long bytesByOutput() {
        return CudaLinear.aligned((long) geometry.outChannels() * Float.BYTES);
    }

    private long workspaceBytes() {
        return CudaLinear.aligned(Math.max(1, plan.workspaceBytes()));
    }

    private long xBytes() {
        return bytes ? 0 : CudaLinear.aligned(plan.srcElements() * Float.BYTES);
    }

    private boolean isWidened() {
        return plan.outputs() != geometry.outChannels();
    }

    @Override
    public long ownBytes() {
        return weightBytes() + 2 * bytesByOutput();
    }

    @Override
    public long scratchBytes() {
        long sums = isWidened() ? CudaLinear.aligned(plan.rows() * plan.outputs() * Float.BYTES) : 0;
        return workspaceBytes() + xBytes() + sums;
    }

    @Override
    public void attach(DeviceBuffer own, DeviceBuffer scratch) {
        if (own.bytes() < ownBytes() || scratch.bytes() < scratchBytes()) {
            throw new IllegalArgumentException(label + " needs " + ownBytes() + " bytes of its own and "
                    + scratchBytes() + " of scratch, got " + own.bytes() + " and " + scratch.bytes());
        }
        CudaBuffer shared = CudaBuffer.of(scratch);
        long scales = weightBytes() / Float.BYTES;
        long each = bytesByOutput() / Float.BYTES;
        parts = Optional.of(new Parts(
                CudaBuffer.of(own),
                own.slice(label + ".weights", 0, scales),
                CudaBuffer.of(own.slice(label + ".scales", scales, each)),
                CudaBuffer.of(own.slice(label + ".bias", scales + each, each)),
                shared.pointer(),
                shared.pointer(workspaceBytes()),
                shared.pointer(workspaceBytes() + xBytes())));
        prepared = false;
    }

    @Override
    public void prepare(DeviceBuffer changed, DeviceBuffer bias, DeviceBuffer unit, double factor) {
        Parts mine = attached();
        Int8Weights values = new Int8Weights(geometry, floats(changed), floats(unit), factor);
        byte[] widened = widened(values.rounded());
        if (bytes) {
            memory.upload(widened, 0, widened.length, mine.weights);
        } else {
            float[] whole = new float[widened.length];
            for (int index = 0; index < whole.length; index++) {
                whole[index] = widened[index];
            }
            memory.upload(whole, 0, whole.length, mine.weights);
        }
        memory.upload(values.scales(), 0, geometry.outChannels(), mine.scales);
        memory.upload(floats(bias), 0, geometry.outChannels(), mine.bias);
        prepared = true;
    }

    private float[] floats(DeviceBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.floats())];
        memory.download(buffer, values, 0, values.length);
        return values;
    }

    /** With zeros for the channels that only the library has. */
    private byte[] widened(byte[] rounded) {
        int inputs = geometry.groupInputs();
        int places = geometry.down().kernel() * geometry.across().kernel();
        int inputsOfPlan = Math.toIntExact(plan.weightElements() / ((long) plan.outputs() * places));
        byte[] widened = new byte[Math.toIntExact(plan.weightElements())];
        for (int line = 0; line < rounded.length / inputs; line++) {
            System.arraycopy(rounded, line * inputs, widened, line * inputsOfPlan, inputs);
        }
        return widened;
    }

    private Parts attached() {
        // no lambdas: a pass makes no garbage
        if (parts.isEmpty()) {
            throw new IllegalStateException(label + " is used before its memory was attached");
        }
        return parts.get();
    }

    @Override
    public void forward(DeviceBuffer src, DeviceBuffer dst) {
        Parts mine = attached();
        if (!prepared) {
            throw new IllegalStateException(label + " is used before its weights were prepared");
        }
        CudaBuffer y = CudaBuffer.of(dst);
        Pointer sums = isWidened() ? mine.sums : y.pointer();
        plan.forward(spikes(src, mine), CudaBuffer.of(mine.weights).pointer(), sums, mine.workspace);
        CudaStatus.check(
                label + " scale",
                CudaKernels.ambi_cuda_int8_scale(
                        sums,
                        mine.scales.floatPointer(),
                        mine.bias.floatPointer(),
                        y.floatPointer(),
                        plan.rows(),
                        geometry.outChannels(),
                        plan.outputs(),
                        bytes && !plan.writesFloats() ? 1 : 0,
                        stream.address()));
    }

    private Pointer spikes(DeviceBuffer src, Parts mine) {
        if (bytes) {
            return CudaBuffer.of(src).pointer();
        }
        int channels = geometry.inChannels();
        CudaStatus.check(
                label + " operands",
                stream.kernels()
                        .int8_add(
                                stream.bytes(src),
                                null,
                                null,
                                new FloatPointer(mine.x),
                                plan.srcElements() / channels,
                                channels,
                                stream.address()));
        return mine.x;
    }

    @Override
    public String describe() {
        return label + ": " + plan.describe() + (bytes ? ", int8" : ", f32");
    }

    @Override
    public void close() {
        plan.close();
    }
}
