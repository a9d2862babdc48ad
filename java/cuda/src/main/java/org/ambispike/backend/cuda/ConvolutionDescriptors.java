package org.ambispike.backend.cuda;

import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.bytedeco.cuda.cudnn.cudnnConvolutionStruct;
import org.bytedeco.cuda.cudnn.cudnnFilterStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;

/** What cuDNN must know of a convolution: its arrays, its geometry and its arithmetic. Used by one thread. */
final class ConvolutionDescriptors implements AutoCloseable {
    private final cudnnTensorStruct src = new cudnnTensorStruct();
    private final cudnnTensorStruct dst = new cudnnTensorStruct();
    private final cudnnFilterStruct weights = new cudnnFilterStruct();
    private final cudnnConvolutionStruct convolution = new cudnnConvolutionStruct();
    private final String label;
    private final int arithmetic;
    /** The math type that is set; before the first, none that cuDNN knows. */
    private int used = -1;

    ConvolutionDescriptors(String label, Precision precision, ConvGeometry geometry, int batch) {
        this.label = label;
        this.arithmetic = switch (precision) {
            case F32 -> cudnn.CUDNN_FMA_MATH;
            case TF32 -> cudnn.CUDNN_DEFAULT_MATH;
            case BF16, INT8 -> cudnn.CUDNN_TENSOR_OP_MATH;
        };
        boolean whole = precision == Precision.INT8;
        int type =
                switch (precision) {
                    case F32, TF32 -> cudnn.CUDNN_DATA_FLOAT;
                    case BF16 -> cudnn.CUDNN_DATA_BFLOAT16;
                    case INT8 -> cudnn.CUDNN_DATA_INT8;
                };
        int sums = whole ? cudnn.CUDNN_DATA_FLOAT : type;
        tensor("src", src, type, batch, geometry.inChannels(), geometry.height(), geometry.width());
        tensor("dst", dst, sums, batch, geometry.outChannels(), geometry.outHeight(), geometry.outWidth());
        check("weights", cudnn.cudnnCreateFilterDescriptor(weights));
        check(
                "weights",
                cudnn.cudnnSetFilter4dDescriptor(
                        weights,
                        type,
                        cudnn.CUDNN_TENSOR_NHWC,
                        geometry.outChannels(),
                        geometry.groupInputs(),
                        geometry.down().kernel(),
                        geometry.across().kernel()));
        check("geometry", cudnn.cudnnCreateConvolutionDescriptor(convolution));
        check(
                "geometry",
                cudnn.cudnnSetConvolution2dDescriptor(
                        convolution,
                        geometry.down().padding(),
                        geometry.across().padding(),
                        geometry.down().stride(),
                        geometry.across().stride(),
                        geometry.down().dilation(),
                        geometry.across().dilation(),
                        cudnn.CUDNN_CROSS_CORRELATION,
                        whole ? cudnn.CUDNN_DATA_INT32 : cudnn.CUDNN_DATA_FLOAT));
        check("groups", cudnn.cudnnSetConvolutionGroupCount(convolution, geometry.groups()));
        use(arithmetic);
    }

    private void tensor(
            String what, cudnnTensorStruct tensor, int type, int images, int channels, int height, int width) {
        check(what, cudnn.cudnnCreateTensorDescriptor(tensor));
        check(
                what,
                cudnn.cudnnSetTensor4dDescriptor(
                        tensor, cudnn.CUDNN_TENSOR_NHWC, type, images, channels, height, width));
    }

    private void check(String what, int status) {
        CudaStatus.checkCudnn(label + " " + what, status);
    }

    /** The layer's name. */
    String label() {
        return label;
    }

    cudnnTensorStruct src() {
        return src;
    }

    cudnnTensorStruct dst() {
        return dst;
    }

    cudnnFilterStruct weights() {
        return weights;
    }

    cudnnConvolutionStruct convolution() {
        return convolution;
    }

    /** cuDNN's number of the math type that algorithms are asked for with. */
    int arithmetic() {
        return arithmetic;
    }

    /** Whether an algorithm may compute with a math type: in f32 none but that which keeps all bits. */
    boolean allows(int math) {
        return arithmetic != cudnn.CUDNN_FMA_MATH || math == arithmetic;
    }

    /** Sets the math type of the passes that follow. */
    void use(int math) {
        if (math != used) {
            check("arithmetic", cudnn.cudnnSetConvolutionMathType(convolution, math));
            used = math;
        }
    }

    @Override
    public void close() {
        cudnn.cudnnDestroyConvolutionDescriptor(convolution);
        cudnn.cudnnDestroyFilterDescriptor(weights);
        cudnn.cudnnDestroyTensorDescriptor(dst);
        cudnn.cudnnDestroyTensorDescriptor(src);
    }
}
