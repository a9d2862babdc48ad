package org.ambispike.backend.cuda;

import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.ambispike.backend.Precision;
import org.bytedeco.javacpp.Pointer;

/**
 * A layer with weights: the product by a library, and around it what all products share. With bf16 operands the scratch
 * holds the converted arrays, and the kernel's own memory the converted weights.
 */
final class CudaLinear implements LinearKernel {
    private static final long ALIGNMENT = 256;
    private static final int BF16_BYTES = 2;

    private final CudaStream stream;
    private final String label;
    private final CudaProduct product;
    private final boolean converts;
    private final boolean training;
    private final long dstElements;
    private Optional<Layout> attached = Optional.empty();
    private Optional<CudaBuffer> weights = Optional.empty();
    private boolean open = true;

    /**
     * Places in the memory that was attached, one after the other.
     *
     * @param ownWeights bf16 weights
     * @param src bf16 src, or its gradient
     * @param dst bf16 dst, or its gradient
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

    CudaLinear(CudaStream stream, String label, CudaProduct product, Precision precision, boolean training) {
        this.stream = stream;
        this.label = label;
        this.product = product;
        this.converts = precision == Precision.BF16;
        this.training = training;
        this.dstElements = product.rows() * product.outputs();
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private long convertedBytes(long elements) {
        return converts ? aligned(elements * BF16_BYTES) : 0;
    }

    private long sumBytes() {
        return training ? aligned(CudaKernels.ambi_cuda_scratch_floats(product.outputs(), 1) * Float.BYTES) : 0;
    }

    @Override
    public long ownBytes() {
        return convertedBytes(product.weightElements());
    }

    /** Never 0: a product may be given an address that it does not use. */
    @Override
    public long scratchBytes() {
        return ALIGNMENT
                + aligned(product.workspaceBytes())
                + convertedBytes(product.srcElements())
                + convertedBytes(dstElements)
                + (training ? convertedBytes(product.weightElements()) : 0)
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
        long src = aligned(product.workspaceBytes());
        long dst = src + convertedBytes(product.srcElements());
        long gradWeights = dst + convertedBytes(dstElements);
        long sums = gradWeights + (training ? convertedBytes(product.weightElements()) : 0);
        attached = Optional.of(new Layout(
                own,
                shared,
                converts ? CudaBuffer.of(own).pointer() : shared.pointer(),
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
        if (converts) {
            toBf16(callers, layout.ownWeights, product.weightElements());
        }
        weights = Optional.of(callers);
    }

    @Override
    public void forward(DeviceBuffer src, DeviceBuffer bias, DeviceBuffer dst) {
        Layout layout = attached();
        Pointer w = preparedWeights(layout);
        CudaBuffer y = CudaBuffer.of(dst);
        Pointer x = operand(CudaBuffer.of(src), layout.src, product.srcElements());
        product.forward(x, w, result(y, layout.dst), layout.workspace);
        finish(layout.dst, y, dstElements);
        if (!bias.isAbsent()) {
            CudaStatus.check(
                    label + " bias",
                    CudaKernels.ambi_cuda_add_bias(
                            y.floatPointer(),
                            CudaBuffer.floats(bias),
                            product.rows(),
                            product.outputs(),
                            stream.address()));
        }
    }

    @Override
    public void backwardData(DeviceBuffer gradDst, DeviceBuffer gradSrc) {
        requireTraining();
        Layout layout = attached();
        Pointer w = preparedWeights(layout);
        CudaBuffer gx = CudaBuffer.of(gradSrc);
        Pointer gy = operand(CudaBuffer.of(gradDst), layout.dst, dstElements);
        product.backwardData(gy, w, result(gx, layout.src), layout.workspace);
        finish(layout.src, gx, product.srcElements());
    }

    @Override
    public void backwardWeights(
            DeviceBuffer src, DeviceBuffer gradDst, DeviceBuffer gradWeights, DeviceBuffer gradBias) {
        requireTraining();
        Layout layout = attached();
        CudaBuffer gw = CudaBuffer.of(gradWeights);
        Pointer x = operand(CudaBuffer.of(src), layout.src, product.srcElements());
        Pointer gy = operand(CudaBuffer.of(gradDst), layout.dst, dstElements);
        product.backwardWeights(x, gy, result(gw, layout.gradWeights), layout.workspace);
        finish(layout.gradWeights, gw, product.weightElements());
        if (!gradBias.isAbsent()) {
            CudaStatus.check(
                    label + " bias's gradient",
                    CudaKernels.ambi_cuda_column_sums(
                            CudaBuffer.floats(gradDst),
                            CudaBuffer.floats(gradBias),
                            layout.sums.floatPointer(),
                            product.rows(),
                            product.outputs(),
                            stream.address()));
        }
    }

    /** The address that the product reads: the caller's array, or its copy in bf16. */
    private Pointer operand(CudaBuffer callers, Pointer converted, long elements) {
        if (!converts) {
            return callers.pointer();
        }
        toBf16(callers, converted, elements);
        return converted;
    }

    private void toBf16(CudaBuffer from, Pointer to, long elements) {
        CudaStatus.check(
                label + " operands",
                CudaKernels.ambi_cuda_to_bf16(from.floatPointer(), to, elements, stream.address()));
    }

    /** The address that the product writes to. */
    private Pointer result(CudaBuffer callers, Pointer converted) {
        return converts && !product.writesFloats() ? converted : callers.pointer();
    }

    private void finish(Pointer converted, CudaBuffer callers, long elements) {
        if (converts && !product.writesFloats()) {
            CudaStatus.check(
                    label + " result",
                    CudaKernels.ambi_cuda_from_bf16(converted, callers.floatPointer(), elements, stream.address()));
        }
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
        if (converts) {
            CudaBuffer.of(layout.own).pointer();
        }
        return layout;
    }

    /** The weights' own buffer must still be open: without a conversion the product reads it. */
    private Pointer preparedWeights(Layout layout) {
        Pointer callers = weights.orElseThrow(
                        () -> new IllegalStateException(label + " is used before its weights were prepared"))
                .pointer();
        return converts ? layout.ownWeights : callers;
    }

    @Override
    public String describe() {
        return label + ": " + product.describe() + (converts ? ", bf16" : "");
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            product.close();
        }
    }
}
