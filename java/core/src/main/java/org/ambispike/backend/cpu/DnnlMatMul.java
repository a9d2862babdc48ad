package org.ambispike.backend.cpu;

import java.util.Optional;
import org.ambispike.common.Precision;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.inner_product_backward_data;
import org.bytedeco.dnnl.inner_product_backward_weights;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;

/** Plans fully connected layers as oneDNN's inner products. */
final class DnnlMatMul {
    private DnnlMatMul() {}

    static LinearPlan plan(
            DnnlEngine engine, int rows, int inputs, int outputs, boolean training, Precision precision) {
        long[] srcDims = {rows, inputs};
        long[] weightDims = {outputs, inputs};
        long[] dstDims = {rows, outputs};
        data_type operand = DnnlTypes.operand(precision);

        memory.desc src = new memory.desc(srcDims, operand, format_tag.nc);
        memory.desc weights = new memory.desc(weightDims, operand, format_tag.any);
        memory.desc bias = new memory.desc(new long[] {outputs}, data_type.f32, format_tag.x);
        memory.desc dst = new memory.desc(dstDims, data_type.f32, format_tag.nc);
        inner_product_forward.primitive_desc forward = new inner_product_forward.primitive_desc(
                engine.cpu(),
                training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                src,
                weights,
                bias,
                dst,
                engine.attributes(),
                false);
        memory.desc callersSrc = new memory.desc(srcDims, data_type.f32, format_tag.nc);
        memory.desc callersWeights = new memory.desc(weightDims, data_type.f32, format_tag.oi);
        if (!training) {
            return new LinearPlan(
                    forward, Optional.empty(), Optional.empty(), callersSrc, callersWeights, dst, outputs);
        }

        memory.desc gradDst = new memory.desc(dstDims, operand, format_tag.nc);
        memory.desc gradWeights = new memory.desc(weightDims, data_type.f32, format_tag.any);
        inner_product_backward_data.primitive_desc backwardData = new inner_product_backward_data.primitive_desc(
                engine.cpu(), callersSrc, weights, gradDst, forward, engine.attributes(), false);
        inner_product_backward_weights.primitive_desc backwardWeights = new inner_product_backward_weights
                .primitive_desc(engine.cpu(), src, gradWeights, bias, gradDst, forward, engine.attributes(), false);
        return new LinearPlan(
                forward,
                Optional.of(backwardData),
                Optional.of(backwardWeights),
                callersSrc,
                callersWeights,
                dst,
                outputs);
    }
}
