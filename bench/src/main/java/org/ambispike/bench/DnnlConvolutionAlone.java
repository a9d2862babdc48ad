package org.ambispike.bench;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_SCALES;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.common.Precision;
import org.ambispike.graph.ConvGeometry;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * oneDNN's convolution and nothing around it: all arrays in the layouts and types that it takes. Runs on as many threads as the
 * backend that was opened last.
 */
final class DnnlConvolutionAlone implements AutoCloseable {
    private final List<Pointer> opened = new ArrayList<>();
    private final engine cpu = kept(new engine(engine.kind.cpu, 0));
    private final stream queue = kept(new stream(cpu));
    private final primitive primitive;
    private final String implementation;
    private final dnnl_exec_arg_t arguments;
    private final int count;

    /** @param geometry of groups, with the same padding on both sides */
    DnnlConvolutionAlone(Precision precision, ConvGeometry geometry, int batch) {
        boolean int8 = precision == Precision.INT8;
        data_type sources =
                switch (precision) {
                    case INT8 -> data_type.u8;
                    case BF16 -> data_type.bf16;
                    default -> data_type.f32;
                };
        long[] stride = {geometry.down().stride(), geometry.across().stride()};
        long[] padding = {geometry.down().padding(), geometry.across().padding()};
        primitive_attr attributes = kept(new primitive_attr());
        attributes.set_scratchpad_mode(dnnl.dnnl_scratchpad_mode_user);
        if (int8) {
            attributes.set_scales_mask(DNNL_ARG_WEIGHTS, 3);
        }
        convolution_forward.primitive_desc planned = kept(new convolution_forward.primitive_desc(
                cpu,
                dnnl.dnnl_forward_inference,
                dnnl.dnnl_convolution_direct,
                any(sources, batch, geometry.inChannels(), geometry.height(), geometry.width()),
                any(
                        int8 ? data_type.s8 : sources,
                        geometry.groups(),
                        geometry.groupOutputs(),
                        geometry.groupInputs(),
                        geometry.down().kernel(),
                        geometry.across().kernel()),
                any(data_type.f32, geometry.outChannels()),
                any(data_type.f32, batch, geometry.outChannels(), geometry.outHeight(), geometry.outWidth()),
                stride,
                padding,
                padding,
                attributes,
                false));
        implementation = planned.impl_info_str().getString();
        primitive = kept(new primitive(planned.get()));
        count = int8 ? 6 : 5;
        arguments = kept(new dnnl_exec_arg_t(count));
        argument(0, DNNL_ARG_SRC, planned.src_desc(0));
        argument(1, DNNL_ARG_WEIGHTS, planned.weights_desc(0));
        argument(2, DNNL_ARG_BIAS, planned.weights_desc(1));
        argument(3, DNNL_ARG_DST, planned.dst_desc(0));
        argument(4, dnnl.DNNL_ARG_SCRATCHPAD, planned.scratchpad_desc());
        if (int8) {
            long[] outputs = {geometry.outChannels()};
            argument(5, DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, new memory.desc(outputs, data_type.f32, format_tag.x));
        }
    }

    private static memory.desc any(data_type type, long... extents) {
        return new memory.desc(extents, type, extents.length == 1 ? format_tag.x : format_tag.any);
    }

    private <T extends Pointer> T kept(T pointer) {
        opened.add(pointer);
        return pointer;
    }

    private void argument(int index, int number, memory.desc shape) {
        BytePointer place = kept(new BytePointer(Math.max(shape.get_size(), Float.BYTES)));
        Pointer.memset(place, 0, place.capacity());
        memory array = kept(new memory(shape, cpu, place));
        arguments.getPointer(index).arg(number).memory(array.get());
    }

    void run() {
        int status = dnnl.dnnl_primitive_execute(primitive.get(), queue.get(), count, arguments);
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN's " + implementation + " failed with status " + status);
        }
    }

    /** oneDNN's name of what it runs. */
    String implementation() {
        return implementation;
    }

    @Override
    public void close() {
        for (int index = opened.size() - 1; index >= 0; index--) {
            opened.get(index).close();
        }
    }
}
