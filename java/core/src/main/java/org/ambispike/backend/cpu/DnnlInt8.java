package org.ambispike.backend.cpu;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_SCALES;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Kernel;
import org.ambispike.backend.Int8Weights;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.WindowAxis;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc;

/**
 * A convolution or matrix multiplication over bytes: unsigned ones, which the processor multiplies with signed weights as they
 * are, a fifth faster than signed ones. What they hold too much is taken off with the bias ({@link Int8Weights}).
 */
final class DnnlInt8 implements Int8Kernel {
    private static final int SCALES = DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS;

    private final CpuThreads threads;
    private final String label;
    private final ConvGeometry geometry;
    private final int batch;
    private final DnnlPass pass;
    private final DnnlOperand weights;
    private final DnnlOperand src;
    private final DnnlOperand dst;
    private final Layout layout;
    private final boolean bordered;
    private Optional<Parts> parts = Optional.empty();
    private boolean prepared;

    /** Where the parts of the kernel's own memory begin, in bytes. */
    private record Layout(long scales, long border, long rounded, long weights, long end) {
        static Layout of(ConvGeometry geometry, DnnlOperand weights) {
            long perOutput = CpuBlock.aligned((long) geometry.outChannels() * Float.BYTES);
            long border = geometry.isPadded() ? geometry.outputShape().elements() * Float.BYTES : 0;
            long rounded = 2 * perOutput + CpuBlock.aligned(border);
            long reordered = rounded + CpuBlock.aligned(geometry.weightShape().elements());
            return new Layout(
                    perOutput, 2 * perOutput, rounded, reordered, reordered + CpuBlock.aligned(weights.stagedBytes()));
        }
    }

    /** The parts themselves. */
    private record Parts(CpuBuffer own, CpuBuffer bias, CpuBuffer scales, CpuBuffer border) {}

    private DnnlInt8(
            DnnlEngine engine,
            String label,
            ConvGeometry geometry,
            int batch,
            primitive_desc planned,
            Callers callers) {
        this.threads = engine.threads();
        this.label = label;
        this.geometry = geometry;
        this.batch = batch;
        this.bordered = geometry.isPadded();
        memory.desc scales = new memory.desc(new long[] {geometry.outChannels()}, data_type.f32, format_tag.x);
        DnnlPrimitive primitive = new DnnlPrimitive(
                engine,
                label + " forward",
                planned,
                Map.of(SCALES, scales),
                DNNL_ARG_SRC,
                DNNL_ARG_WEIGHTS,
                DNNL_ARG_BIAS,
                DNNL_ARG_DST);
        this.src = DnnlOperand.input(engine, primitive, DNNL_ARG_SRC, callers.src, planned.src_desc(0));
        this.weights = DnnlOperand.input(engine, primitive, DNNL_ARG_WEIGHTS, callers.weights, planned.weights_desc(0));
        this.dst = DnnlOperand.output(engine, primitive, DNNL_ARG_DST, callers.dst, planned.dst_desc(0));
        this.pass = new DnnlPass(primitive, List.of(src), List.of(dst));
        this.layout = Layout.of(geometry, weights);
    }

    /** The caller's layouts. */
    private record Callers(memory.desc src, memory.desc weights, memory.desc dst) {}

    static DnnlInt8 convolution(DnnlEngine engine, String label, ConvGeometry geometry, int batch) {
        long[] srcDims = {batch, geometry.inChannels(), geometry.height(), geometry.width()};
        long[] weightDims = DnnlConvolution.weightDims(geometry);
        long[] dstDims = {batch, geometry.outChannels(), geometry.outHeight(), geometry.outWidth()};
        DnnlConvolution.Windows windows = DnnlConvolution.Windows.of(geometry);
        Callers callers = new Callers(
                new memory.desc(srcDims, data_type.u8, format_tag.nhwc),
                new memory.desc(weightDims, data_type.s8, DnnlConvolution.weightLayout(geometry)),
                new memory.desc(dstDims, data_type.f32, format_tag.nhwc));
        try (primitive_attr attributes = engine.attributesWithScales(geometry.groups() > 1)) {
            convolution_forward.primitive_desc planned = DnnlImplementation.first(
                    geometry,
                    () -> new convolution_forward.primitive_desc(
                            engine.cpu(),
                            dnnl.dnnl_forward_inference,
                            dnnl.dnnl_convolution_direct,
                            callers.src,
                            new memory.desc(weightDims, data_type.s8, format_tag.any),
                            new memory.desc(new long[] {geometry.outChannels()}, data_type.f32, format_tag.x),
                            callers.dst,
                            windows.strides(),
                            windows.dilations(),
                            windows.before(),
                            windows.after(),
                            attributes,
                            false));
            return new DnnlInt8(engine, label, geometry, batch, planned, callers);
        }
    }

    static DnnlInt8 matMul(DnnlEngine engine, String label, int rows, int inputs, int outputs) {
        long[] weightDims = {outputs, inputs};
        Callers callers = new Callers(
                new memory.desc(new long[] {rows, inputs}, data_type.u8, format_tag.nc),
                new memory.desc(weightDims, data_type.s8, format_tag.oi),
                new memory.desc(new long[] {rows, outputs}, data_type.f32, format_tag.nc));
        try (primitive_attr attributes = engine.attributesWithScales(false)) {
            inner_product_forward.primitive_desc planned = new inner_product_forward.primitive_desc(
                    engine.cpu(),
                    dnnl.dnnl_forward_inference,
                    callers.src,
                    new memory.desc(weightDims, data_type.s8, format_tag.any),
                    new memory.desc(new long[] {outputs}, data_type.f32, format_tag.x),
                    callers.dst,
                    attributes,
                    false);
            ConvGeometry geometry = new ConvGeometry(1, 1, inputs, outputs, 1, 1, 0);
            return new DnnlInt8(engine, label, geometry, rows, planned, callers);
        }
    }

    @Override
    public long ownBytes() {
        return layout.end;
    }

    @Override
    public long scratchBytes() {
        return Math.max(pass.scratchBytes(), weights.scratchBytes());
    }

    @Override
    public void attach(DeviceBuffer own, DeviceBuffer scratch) {
        if (own.bytes() < ownBytes() || scratch.bytes() < scratchBytes()) {
            throw new IllegalArgumentException(label + " needs " + ownBytes() + " bytes of its own and "
                    + scratchBytes() + " of scratch, got " + own.bytes() + " and " + scratch.bytes());
        }
        CpuBuffer mine = CpuBuffer.of(own);
        CpuBuffer shared = scratchBytes() == 0 ? mine : CpuBuffer.of(scratch);
        Parts cut = new Parts(
                mine,
                part(mine, "bias", 0, layout.scales),
                part(mine, "scales", layout.scales, layout.border),
                part(mine, "border", layout.border, layout.rounded));
        pass.attach(shared);
        weights.stage(mine.pointer(layout.weights), shared.pointer());
        pass.primitive().set(DNNL_ARG_BIAS, cut.bias.pointer());
        pass.primitive().set(SCALES, cut.scales.pointer());
        weights.pass(mine.pointer(layout.rounded));
        parts = Optional.of(cut);
        prepared = false;
    }

    private CpuBuffer part(CpuBuffer own, String name, long from, long to) {
        return CpuBuffer.of(own.slice(label + "." + name, from / Float.BYTES, (to - from) / Float.BYTES));
    }

    @Override
    public void prepare(DeviceBuffer changed, DeviceBuffer bias, DeviceBuffer unit, double factor) {
        Int8Weights values = new Int8Weights(geometry, floats(changed), floats(unit), factor);
        Parts mine = attached();
        mine.own.bytePointer().getPointer(layout.rounded).put(values.rounded());
        put(mine.scales, values.scales());
        put(mine.bias, values.bias(floats(bias), CpuInt8.ZERO));
        if (bordered) {
            put(mine.border, values.border(CpuInt8.ZERO));
        }
        weights.convert();
        prepared = true;
    }

    private static float[] floats(DeviceBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.floats())];
        CpuBuffer.of(buffer).floatPointer().get(values);
        return values;
    }

    private static void put(CpuBuffer buffer, float[] values) {
        buffer.requireRoom((long) values.length * Float.BYTES);
        buffer.floatPointer().put(values);
    }

    private Parts attached() {
        // no lambdas: a pass makes no garbage
        if (parts.isEmpty()) {
            throw new IllegalStateException(label + " is used before its memory was attached");
        }
        return parts.get();
    }

    @Override
    public void forward(DeviceBuffer from, DeviceBuffer to) {
        Parts mine = attached();
        mine.own.pointer();
        if (!prepared) {
            throw new IllegalStateException(label + " is used before its weights were prepared");
        }
        src.pass(CpuBuffer.of(from).pointer());
        dst.pass(CpuBuffer.of(to).pointer());
        pass.run();
        if (bordered) {
            addBorder(to, mine.border);
        }
    }

    /** Adds a map to all images where the windows reach over the edge. */
    private void addBorder(DeviceBuffer x, CpuBuffer border) {
        WindowAxis down = geometry.down();
        WindowAxis across = geometry.across();
        threads.check(
                "int8 addBorder",
                threads.kernels()
                        .int8_add_border(
                                threads.floats(x),
                                border.floatPointer(),
                                batch,
                                down.windows(),
                                across.windows(),
                                geometry.outChannels(),
                                down.firstWhole(),
                                down.behindLastWhole(),
                                across.firstWhole(),
                                across.behindLastWhole(),
                                threads.stream()));
    }

    @Override
    public String describe() {
        return label + ": forward " + pass.primitive().implementation()
                + (weights.converts() ? ", weights reordered" : "");
    }

    @Override
    public void close() {
        weights.close();
        pass.close();
    }
}
