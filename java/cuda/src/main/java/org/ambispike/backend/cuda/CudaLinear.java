package org.ambispike.backend.cuda;

import java.util.Optional;
import org.ambispike.backend.Bf16Operations.Storage;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.common.Precision;
import org.bytedeco.javacpp.Pointer;

/**
 * A layer with weights: its passes by a library, and around them what all of them share. Where the caller's arrays have
 * not the library's type, the scratch holds the converted ones; with bf16 operands the kernel's own memory holds the
 * converted weights.
 */
final class CudaLinear implements LinearKernel {
    private static final long ALIGNMENT = 256;

    /** The types of the caller's src and dst, and of their gradients; weights and their gradients are f32. */
    record Arrays(Storage src, Storage dst) {
        static final Arrays F32 = new Arrays(Storage.F32, Storage.F32);
    }

    private final CudaStream stream;
    private final String label;
    private final CudaLinearPlan plan;
    private final Storage operands;
    private final Storage result;
    private final Arrays arrays;
    private final boolean training;
    private final long dstElements;
    private Optional<Layout> attached = Optional.empty();
    private Optional<CudaBuffer> weights = Optional.empty();
    private boolean open = true;

    /**
     * Places in the memory that was attached, one after the other.
     *
     * @param ownWeights bf16 weights
     * @param src converted src, or its gradient
     * @param dst converted dst, or its gradient
     * @param gradWeights bf16 gradient
     * @param sums partial sums of the bias's gradient
     */
    private record Layout(
            DeviceBuffer own,
            CudaBuffer scratch,
            Pointer ownWeights,
            Pointer workspace,
            Pointer src,
            Pointer dst,
            Pointer gradWeights,
            CudaBuffer sums) {}

    CudaLinear(
            CudaStream stream,
            String label,
            CudaLinearPlan plan,
            Precision precision,
            boolean training,
            Arrays arrays) {
        this.stream = stream;
        this.label = label;
        this.plan = plan;
        this.operands = precision == Precision.BF16 ? Storage.BF16 : Storage.F32;
        this.result = plan.writesFloats() ? Storage.F32 : operands;
        this.arrays = arrays;
        this.training = training;
        this.dstElements = plan.rows() * plan.outputs();
    }

    static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Room for an array in the library's type, where the caller's has another. */
    private long convertedBytes(long elements, Storage callers, Storage planned) {
        return callers == planned ? 0 : aligned(elements * planned.bytes());
    }

    /** Weights and their gradient. */
    private long convertedWeightBytes() {
        return convertedBytes(plan.weightElements(), Storage.F32, operands);
    }

    private long convertedSrcBytes() {
        return convertedBytes(plan.srcElements(), arrays.src, operands);
    }

    /** Bytes of the larger type where dst is written in one and its gradient read in another. */
    private long convertedDstBytes() {
        return Math.max(
                convertedBytes(dstElements, arrays.dst, result),
                training ? convertedBytes(dstElements, arrays.dst, operands) : 0);
    }

    private long sumBytes() {
        return training ? aligned(stream.scratchBytes(plan.outputs(), 1)) : 0;
    }

    @Override
    public long ownBytes() {
        return convertedWeightBytes();
    }

    /** Never 0: the library may be given an address that it does not use. */
    @Override
    public long scratchBytes() {
        return ALIGNMENT
                + aligned(plan.workspaceBytes())
                + convertedSrcBytes()
                + convertedDstBytes()
                + (training ? convertedWeightBytes() : 0)
                + sumBytes();
    }

    @Override
    public void attach(DeviceBuffer own, DeviceBuffer scratch) {
        requireBytes(own, ownBytes(), "memory of its own");
        requireBytes(scratch, scratchBytes(), "scratch");
        if (scratch.isAbsent()) {
            throw new IllegalArgumentException(label + " needs scratch, got none");
        }
        CudaBuffer shared = CudaBuffer.of(scratch);
        long src = aligned(plan.workspaceBytes());
        long dst = src + convertedSrcBytes();
        long gradWeights = dst + convertedDstBytes();
        long sums = gradWeights + (training ? convertedWeightBytes() : 0);
        attached = Optional.of(new Layout(
                own,
                shared,
                convertsWeights() ? CudaBuffer.of(own).pointer() : shared.pointer(),
                shared.pointer(),
                shared.pointer(src),
                shared.pointer(dst),
                shared.pointer(gradWeights),
                CudaBuffer.of(shared.slice(label + ".sums", sums / Float.BYTES, sumBytes() / Float.BYTES))));
    }

    private void requireBytes(DeviceBuffer buffer, long bytes, String purpose) {
        if (buffer.bytes() < bytes) {
            throw new IllegalArgumentException(
                    label + " needs " + bytes + " bytes of " + purpose + ", got " + buffer.bytes());
        }
    }

    @Override
    public void prepareWeights(DeviceBuffer changed) {
        Layout layout = attached();
        CudaBuffer callers = CudaBuffer.of(changed);
        callers.pointer();
        if (convertsWeights()) {
            convert("weights", callers.pointer(), Storage.F32, layout.ownWeights, operands, plan.weightElements());
        }
        weights = Optional.of(callers);
    }

    @Override
    public void forward(DeviceBuffer src, DeviceBuffer bias, DeviceBuffer dst) {
        Layout layout = attached();
        Pointer w = preparedWeights(layout);
        CudaBuffer y = CudaBuffer.of(dst);
        Pointer x = operand(CudaBuffer.of(src), arrays.src, layout.src, plan.srcElements());
        plan.forward(x, w, target(y, arrays.dst, result, layout.dst), layout.workspace);
        finish(layout.dst, result, y, arrays.dst, dstElements);
        if (!bias.isAbsent()) {
            addBias(bias, y);
        }
    }

    private void addBias(DeviceBuffer bias, CudaBuffer y) {
        if (arrays.dst != Storage.F32) {
            throw new IllegalArgumentException(label + " gives bf16, to which whoever reads it adds the bias");
        }
        CudaStatus.check(
                label + " bias",
                CudaKernels.ambi_cuda_add_bias(
                        y.floatPointer(), stream.floats(bias), plan.rows(), plan.outputs(), stream.address()));
    }

    @Override
    public void backwardData(DeviceBuffer gradDst, DeviceBuffer gradSrc) {
        requireTraining();
        Layout layout = attached();
        Pointer w = preparedWeights(layout);
        CudaBuffer gx = CudaBuffer.of(gradSrc);
        Pointer gy = operand(CudaBuffer.of(gradDst), arrays.dst, layout.dst, dstElements);
        plan.backwardData(gy, w, target(gx, arrays.src, result, layout.src), layout.workspace);
        finish(layout.src, result, gx, arrays.src, plan.srcElements());
    }

    @Override
    public void backwardWeights(
            DeviceBuffer src, DeviceBuffer gradDst, DeviceBuffer gradWeights, DeviceBuffer gradBias) {
        requireTraining();
        Layout layout = attached();
        CudaBuffer gw = CudaBuffer.of(gradWeights);
        Pointer x = operand(CudaBuffer.of(src), arrays.src, layout.src, plan.srcElements());
        Pointer gy = operand(CudaBuffer.of(gradDst), arrays.dst, layout.dst, dstElements);
        plan.backwardWeights(x, gy, target(gw, Storage.F32, result, layout.gradWeights), layout.workspace);
        finish(layout.gradWeights, result, gw, Storage.F32, plan.weightElements());
        if (!gradBias.isAbsent()) {
            CudaStatus.check(
                    label + " bias's gradient",
                    stream.kernels()
                            .column_sums(
                                    stream.floats(gradDst),
                                    stream.floats(gradBias),
                                    layout.sums.floatPointer(),
                                    plan.rows(),
                                    plan.outputs(),
                                    stream.address()));
        }
    }

    private boolean convertsWeights() {
        return operands != Storage.F32;
    }

    /** The address that the library reads: the caller's array, or its copy in the library's type. */
    private Pointer operand(CudaBuffer callers, Storage type, Pointer converted, long elements) {
        if (type == operands) {
            return callers.pointer();
        }
        convert("operands", callers.pointer(), type, converted, operands, elements);
        return converted;
    }

    /** The address that the library writes to. */
    private static Pointer target(CudaBuffer callers, Storage type, Storage written, Pointer converted) {
        return type == written ? callers.pointer() : converted;
    }

    private void finish(Pointer converted, Storage written, CudaBuffer callers, Storage type, long elements) {
        if (type != written) {
            convert("result", converted, written, callers.pointer(), type, elements);
        }
    }

    private void convert(String what, Pointer from, Storage fromType, Pointer to, Storage toType, long elements) {
        int code = toType == Storage.BF16
                ? CudaKernels.ambi_cuda_to_bf16(from, to, elements, stream.address())
                : CudaKernels.ambi_cuda_from_bf16(from, to, elements, stream.address());
        CudaStatus.check(label + " " + what + " from " + fromType + " to " + toType, code);
    }

    private void requireTraining() {
        if (!training) {
            throw new IllegalStateException(label + " was planned for inference and has no backward pass");
        }
    }

    private Layout attached() {
        Layout layout = attached.orElseThrow(
                () -> new IllegalStateException(label + " is used before its memory was attached"));
        layout.scratch.pointer();
        if (convertsWeights()) {
            CudaBuffer.of(layout.own).pointer();
        }
        return layout;
    }

    /** The weights' own buffer must still be open: without a conversion the library reads it. */
    private Pointer preparedWeights(Layout layout) {
        Pointer callers = weights.orElseThrow(
                        () -> new IllegalStateException(label + " is used before its weights were prepared"))
                .pointer();
        return convertsWeights() ? layout.ownWeights : callers;
    }

    @Override
    public String describe() {
        return label + ": " + plan.describe() + (convertsWeights() ? ", bf16" : "");
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            plan.close();
        }
    }
}
