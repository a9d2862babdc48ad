package org.ambispike.backend.cpu;

import java.util.Optional;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
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

    /** Returns [out, in, k, k], or [groups, out / groups, in / groups, k, k]: oneDNN's order whatever the layout. */
    static long[] weightDims(ConvGeometry geometry) {
        long kernel = geometry.kernel();
        return geometry.groups() == 1
                ? new long[] {geometry.outChannels(), geometry.inChannels(), kernel, kernel}
                : new long[] {geometry.groups(), geometry.groupOutputs(), geometry.groupInputs(), kernel, kernel};
    }

    /** Returns how the caller's weights lie, [out, k, k, in / groups]. */
    static format_tag weightLayout(ConvGeometry geometry) {
        return geometry.groups() == 1 ? format_tag.ohwi : format_tag.gohwi;
    }

    static LinearPlan plan(DnnlEngine engine, ConvGeometry geometry, int batch, boolean training, Precision precision) {
        long[] srcDims = {batch, geometry.inChannels(), geometry.height(), geometry.width()};
        long[] weightDims = weightDims(geometry);
        long[] dstDims = {batch, geometry.outChannels(), geometry.outHeight(), geometry.outWidth()};
        long[] stride = {geometry.stride(), geometry.stride()};
        long[] padding = {geometry.padding(), geometry.padding()};
        data_type operand = DnnlTypes.operand(precision);

        memory.desc src = new memory.desc(srcDims, operand, format_tag.nhwc);
        memory.desc weights = new memory.desc(weightDims, operand, format_tag.any);
        memory.desc bias = new memory.desc(new long[] {geometry.outChannels()}, data_type.f32, format_tag.x);
        memory.desc dst = new memory.desc(dstDims, data_type.f32, format_tag.nhwc);
        convolution_forward.primitive_desc forward =
                DnnlImplementation.preferDirect(() -> new convolution_forward.primitive_desc(
                        engine.cpu(),
                        training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                        dnnl.dnnl_convolution_direct,
                        src,
                        weights,
                        bias,
                        dst,
                        stride,
                        padding,
                        padding,
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
        convolution_backward_data.primitive_desc backwardData =
                DnnlImplementation.preferDirect(() -> new convolution_backward_data.primitive_desc(
                        engine.cpu(),
                        dnnl.dnnl_convolution_direct,
                        callersSrc,
                        weights,
                        gradDst,
                        stride,
                        padding,
                        padding,
                        forward,
                        engine.attributes(),
                        false));
        convolution_backward_weights.primitive_desc backwardWeights =
                DnnlImplementation.preferDirect(() -> new convolution_backward_weights.primitive_desc(
                        engine.cpu(),
                        dnnl.dnnl_convolution_direct,
                        src,
                        gradWeights,
                        bias,
                        gradDst,
                        stride,
                        padding,
                        padding,
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
