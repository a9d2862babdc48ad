package org.ambispike.backend.cpu;

import java.util.Optional;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.WindowAxis;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;

/** Plans convolutions: activations NHWC, weights in the layout oneDNN likes best. */
final class DnnlConvolution {
    private DnnlConvolution() {}

    /**
     * The windows as oneDNN takes them, rows before columns. Its dilation counts the places left out between two of a window;
     * what no window reads at the end of an axis needs no word. The stride of a single window says nothing, and is as small
     * as can be: with larger ones some of oneDNN's kernels go wrong.
     */
    record Windows(long[] strides, long[] dilations, long[] before, long[] after) {
        static Windows of(ConvGeometry geometry) {
            WindowAxis down = geometry.down();
            WindowAxis across = geometry.across();
            return new Windows(
                    new long[] {stride(down), stride(across)},
                    new long[] {down.dilation() - 1, across.dilation() - 1},
                    new long[] {down.padding(), across.padding()},
                    new long[] {Math.max(0, down.paddingAfter()), Math.max(0, across.paddingAfter())});
        }

        private static long stride(WindowAxis axis) {
            return axis.windows() > 1 ? axis.stride() : 1 + Math.max(0, -axis.paddingAfter());
        }
    }

    /** Returns [out, in, kh, kw], or [groups, out / groups, in / groups, kh, kw]: oneDNN's order whatever the layout. */
    static long[] weightDims(ConvGeometry geometry) {
        long rows = geometry.down().kernel();
        long columns = geometry.across().kernel();
        return geometry.groups() == 1
                ? new long[] {geometry.outChannels(), geometry.inChannels(), rows, columns}
                : new long[] {geometry.groups(), geometry.groupOutputs(), geometry.groupInputs(), rows, columns};
    }

    /** Returns how the caller's weights lie, [out, kh, kw, in / groups]. */
    static format_tag weightLayout(ConvGeometry geometry) {
        return geometry.groups() == 1 ? format_tag.ohwi : format_tag.gohwi;
    }

    /** Where an output reads one channel, converting the caller's f32 to bf16 takes longer than bf16 saves. */
    private static boolean isDepthwise(ConvGeometry geometry) {
        return geometry.groups() == geometry.inChannels() && geometry.groups() == geometry.outChannels();
    }

    static LinearPlan plan(DnnlEngine engine, ConvGeometry geometry, int batch, boolean training, Precision precision) {
        long[] srcDims = {batch, geometry.inChannels(), geometry.height(), geometry.width()};
        long[] weightDims = weightDims(geometry);
        long[] dstDims = {batch, geometry.outChannels(), geometry.outHeight(), geometry.outWidth()};
        Windows windows = Windows.of(geometry);
        data_type operand = isDepthwise(geometry) ? data_type.f32 : DnnlTypes.operand(precision);

        memory.desc src = new memory.desc(srcDims, operand, format_tag.nhwc);
        memory.desc weights = new memory.desc(weightDims, operand, format_tag.any);
        memory.desc bias = new memory.desc(new long[] {geometry.outChannels()}, data_type.f32, format_tag.x);
        memory.desc dst = new memory.desc(dstDims, data_type.f32, format_tag.nhwc);
        convolution_forward.primitive_desc forward = DnnlImplementation.preferDirect(
                geometry,
                () -> new convolution_forward.primitive_desc(
                        engine.cpu(),
                        training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        dnnl.dnnl_convolution_direct,
                        src,
                        weights,
                        bias,
                        dst,
                        windows.strides(),
                        windows.dilations(),
                        windows.before(),
                        windows.after(),
                        engine.attributes(),
                        false));
        memory.desc callersSrc = new memory.desc(srcDims, data_type.f32, format_tag.nhwc);
        memory.desc callersWeights = new memory.desc(weightDims, data_type.f32, weightLayout(geometry));
        if (!training) {
            return new LinearPlan(
                    forward,
                    Optional.empty(),
                    Optional.empty(),
                    callersSrc,
                    callersWeights,
                    dst,
                    geometry.outChannels());
        }

        memory.desc gradDst = new memory.desc(dstDims, operand, format_tag.nhwc);
        memory.desc gradWeights = new memory.desc(weightDims, data_type.f32, format_tag.any);
        convolution_backward_data.primitive_desc backwardData = DnnlImplementation.preferDirect(
                geometry,
                () -> new convolution_backward_data.primitive_desc(
                        engine.cpu(),
                        dnnl.dnnl_convolution_direct,
                        callersSrc,
                        weights,
                        gradDst,
                        windows.strides(),
                        windows.dilations(),
                        windows.before(),
                        windows.after(),
                        forward,
                        engine.attributes(),
                        false));
        convolution_backward_weights.primitive_desc backwardWeights = DnnlImplementation.preferDirect(
                geometry,
                () -> new convolution_backward_weights.primitive_desc(
                        engine.cpu(),
                        dnnl.dnnl_convolution_direct,
                        src,
                        gradWeights,
                        bias,
                        gradDst,
                        windows.strides(),
                        windows.dilations(),
                        windows.before(),
                        windows.after(),
                        forward,
                        engine.attributes(),
                        false));
        return new LinearPlan(
                forward,
                Optional.of(backwardData),
                Optional.of(backwardWeights),
                callersSrc,
                callersWeights,
                dst,
                geometry.outChannels());
    }
}
