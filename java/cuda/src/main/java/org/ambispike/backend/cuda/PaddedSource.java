package org.ambispike.backend.cuda;

import java.util.Optional;
import org.ambispike.backend.BlockCopy;
import org.ambispike.backend.BlockCopy.Extent;
import org.ambispike.backend.BlockNumbers;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.WindowAxis;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A copy of what a convolution reads, with zeros around it along the axes whose padding differs by side: cuDNN knows one
 * padding for both. Used by one thread.
 */
final class PaddedSource {
    private final String label;
    private final CudaStream stream;
    private final ConvGeometry geometry;
    private final long callersBytes;
    private final long bytes;
    private final LongPointer into;
    private final LongPointer outOf;

    private PaddedSource(
            String label,
            CudaStream stream,
            ConvGeometry callers,
            ConvGeometry geometry,
            int batch,
            long elementBytes) {
        this.label = label;
        this.stream = stream;
        this.geometry = geometry;
        long pixel = callers.inChannels() * elementBytes;
        long line = callers.width() * pixel;
        long paddedLine = geometry.width() * pixel;
        this.callersBytes = batch * callers.height() * line;
        this.bytes = batch * geometry.height() * paddedLine;
        long top = callers.down().padding() - geometry.down().padding();
        long left = callers.across().padding() - geometry.across().padding();
        BlockCopy copy = new BlockCopy(
                new Extent(batch, callers.height() * line, geometry.height() * paddedLine),
                new Extent(callers.height(), line, paddedLine),
                Extent.ONE,
                line,
                0,
                top * paddedLine + left * pixel);
        this.into = new BlockNumbers().of(copy);
        this.outOf = new BlockNumbers().of(copy.transposed());
    }

    /** Returns empty where cuDNN can have the caller's array. */
    static Optional<PaddedSource> of(
            String label, CudaStream stream, ConvGeometry geometry, int batch, long elementBytes) {
        if (geometry.down().isSymmetric() && geometry.across().isSymmetric()) {
            return Optional.empty();
        }
        ConvGeometry padded = new ConvGeometry(
                geometry.inChannels(),
                geometry.outChannels(),
                geometry.groups(),
                symmetric(geometry.down()),
                symmetric(geometry.across()));
        return Optional.of(new PaddedSource(label, stream, geometry, padded, batch, elementBytes));
    }

    /** The same windows over a map that holds the padding. */
    private static WindowAxis symmetric(WindowAxis axis) {
        return axis.isSymmetric()
                ? axis
                : new WindowAxis(
                        axis.padding() + axis.extent() + Math.max(0, axis.paddingAfter()),
                        axis.kernel(),
                        axis.stride(),
                        axis.dilation(),
                        0,
                        axis.windows());
    }

    /** Returns the convolution of the padded array. */
    ConvGeometry geometry() {
        return geometry;
    }

    /** Returns the bytes of the padded array. */
    long bytes() {
        return bytes;
    }

    /**
     * Fills the padded array.
     *
     * @param src [batch, H, W, C]
     * @param padded [batch, H', W', C]
     */
    void fill(Pointer src, Pointer padded) {
        CudaStatus.check(label + " padding", CudaKernels.ambi_cuda_clear(padded, bytes, stream.address()));
        copy(into, src, callersBytes, padded, bytes);
    }

    /** Takes the gradient of the array out of that of the padded one. */
    void crop(Pointer padded, Pointer src) {
        copy(outOf, padded, bytes, src, callersBytes);
    }

    private void copy(LongPointer numbers, Pointer from, long fromBytes, Pointer to, long toBytes) {
        CudaStatus.check(
                label + " padding",
                CudaKernels.ambi_cuda_copy_blocks(
                        new BytePointer(from), new BytePointer(to), numbers, fromBytes, toBytes, stream.address()));
    }
}
