package org.ambispike.backend.cpu;

import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.PoolKernel;
import org.ambispike.common.BackendException;
import org.ambispike.graph.PoolGeometry;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;

/** Average pooling of NHWC maps, f32. */
final class DnnlAveragePool implements PoolKernel {
    private final DnnlPrimitive forward;
    private final DnnlPrimitive backward;

    DnnlAveragePool(DnnlEngine engine, String label, PoolGeometry geometry, int batch) {
        long[] srcDims = {batch, geometry.channels(), geometry.height(), geometry.width()};
        long[] dstDims = {batch, geometry.channels(), geometry.outHeight(), geometry.outWidth()};
        long[] stride = {geometry.stride(), geometry.stride()};
        long[] kernel = {geometry.kernel(), geometry.kernel()};
        long[] none = {0, 0};
        memory.desc src = new memory.desc(srcDims, data_type.f32, format_tag.nhwc);
        memory.desc dst = new memory.desc(dstDims, data_type.f32, format_tag.nhwc);
        int algorithm = dnnl.dnnl_pooling_avg_exclude_padding;
        pooling_forward.primitive_desc planned = new pooling_forward.primitive_desc(
                engine.cpu(),
                dnnl.dnnl_forward_training,
                algorithm,
                src,
                dst,
                stride,
                kernel,
                none,
                none,
                none,
                engine.attributes(),
                false);
        forward = new DnnlPrimitive(engine, label + " forward", planned, dnnl.DNNL_ARG_SRC, dnnl.DNNL_ARG_DST);
        pooling_backward.primitive_desc plannedBackward = new pooling_backward.primitive_desc(
                engine.cpu(),
                algorithm,
                src,
                dst,
                stride,
                kernel,
                none,
                none,
                none,
                planned,
                engine.attributes(),
                false);
        backward = new DnnlPrimitive(
                engine, label + " backward", plannedBackward, dnnl.DNNL_ARG_DIFF_DST, dnnl.DNNL_ARG_DIFF_SRC);
        if (forward.scratchBytes() + backward.scratchBytes() > 0) {
            throw new BackendException(label + ": oneDNN wants scratch for pooling, which it gets nowhere");
        }
    }

    @Override
    public void forward(DeviceBuffer src, DeviceBuffer dst) {
        forward.set(dnnl.DNNL_ARG_SRC, CpuBuffer.of(src).pointer());
        forward.set(dnnl.DNNL_ARG_DST, CpuBuffer.of(dst).pointer());
        forward.run();
    }

    @Override
    public void backward(DeviceBuffer gradDst, DeviceBuffer gradSrc) {
        backward.set(dnnl.DNNL_ARG_DIFF_DST, CpuBuffer.of(gradDst).pointer());
        backward.set(dnnl.DNNL_ARG_DIFF_SRC, CpuBuffer.of(gradSrc).pointer());
        backward.run();
    }

    @Override
    public void close() {
        forward.close();
        backward.close();
    }
}
