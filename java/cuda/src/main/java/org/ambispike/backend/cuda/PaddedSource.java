package org.ambispike.backend.cuda;

import java.util.Optional;
import org.ambispike.backend.BlockCopy;
import org.ambispike.backend.BlockCopy.Extent;
import org.ambispike.backend.BlockNumbers;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.WindowAxis;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A copy of what a convolution reads, with zeros around it along the axes whose padding differs by side, for cuDNN knows one
 * padding for both; and with channels of zeros where there are no whole multiple of 4 in int8. Used by one thread.
 */
final class PaddedSource {
    /** What cuDNN and cuBLAS want a multiple of. */
    private static final int INT8_CHANNELS = 4;

    private final String label;
    private final CudaStream stream;
    private final long callersBytes;
    private final long bytes;
    private final LongPointer into;
    private final LongPointer outOf;

    private PaddedSource(
            String label, CudaStream stream, ConvGeometry callers, ConvGeometry planned, int batch, long elementBytes) {
        this.label = label;
        this.stream = stream;
        long pixel = callers.inChannels() * elementBytes;
        long paddedPixel = planned.inChannels() * elementBytes;
        long line = callers.width() * pixel;
        long paddedLine = planned.width() * paddedPixel;
        this.callersBytes = batch * callers.height() * line;
        this.bytes = batch * planned.height() * paddedLine;
        long top = callers.down().padding() - planned.down().padding();
        long left = callers.across().padding() - planned.across().padding();
        boolean whole = pixel == paddedPixel;
        BlockCopy copy = new BlockCopy(
                new Extent(batch, callers.height() * line, planned.height() * paddedLine),
                new Extent(callers.height(), line, paddedLine),
                whole ? Extent.ONE : new Extent(callers.width(), pixel, paddedPixel),
                whole ? line : pixel,
                0,
                top * paddedLine + left * paddedPixel);
        this.into = new BlockNumbers().of(copy);
        this.outOf = new BlockNumbers().of(copy.transposed());
    }

    /** Returns the convolution that a library is asked for, whose source and channels may be larger. */
    static ConvGeometry planned(ConvGeometry geometry, Precision precision) {
        // by groups there is no int8 at all
        int multiple = precision == Precision.INT8 && geometry.groups() == 1 ? INT8_CHANNELS : 1;
        return new ConvGeometry(
                up(geometry.inChannels(), multiple),
                up(geometry.outChannels(), multiple),
                geometry.groups(),
                symmetric(geometry.down()),
                symmetric(geometry.across()));
    }

    private static int up(int channels, int multiple) {
        return (channels + multiple - 1) / multiple * multiple;
    }

    /** Returns empty where the library can have the caller's array. */
    static Optional<PaddedSource> of(
            String label, CudaStream stream, ConvGeometry callers, ConvGeometry planned, int batch, long elementBytes) {
        return callers.inputShape().equals(planned.inputShape())
                ? Optional.empty()
                : Optional.of(new PaddedSource(label, stream, callers, planned, batch, elementBytes));
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
                stream.kernels()
                        .copy_blocks(
                                new BytePointer(from),
                                new BytePointer(to),
                                numbers,
                                fromBytes,
                                toBytes,
                                stream.address()));
    }
}
