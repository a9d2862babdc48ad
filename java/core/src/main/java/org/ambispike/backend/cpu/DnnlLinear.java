package org.ambispike.backend.cpu;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import java.util.List;
import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.LinearKernel;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_desc;

/** A convolution or matrix multiplication, forward and backward, from what oneDNN planned. */
final class DnnlLinear implements LinearKernel {
    private final String label;
    private final Forward forward;
    private final Optional<BackwardData> backwardData;
    private final Optional<BackwardWeights> backwardWeights;
    private final long biasBytes;
    private final long scratchBytes;
    private Optional<CpuBuffer> weights = Optional.empty();
    private Optional<CpuBuffer> ownMemory = Optional.empty();

    /** src * weights + bias. */
    private record Forward(DnnlPass pass, DnnlOperand src, DnnlOperand weights, DnnlOperand dst) {}

    /** @param weights empty where the forward pass's copy serves */
    private record BackwardData(
            DnnlPass pass, DnnlOperand gradDst, Optional<DnnlOperand> weights, DnnlOperand gradSrc) {}

    private record BackwardWeights(DnnlPass pass, DnnlOperand src, DnnlOperand gradDst, DnnlOperand gradWeights) {}

    DnnlLinear(DnnlEngine engine, String label, LinearPlan plan) {
        this.label = label;
        this.forward = forward(engine, label, plan);
        this.backwardData = plan.backwardData().map(planned -> backwardData(engine, label, plan, planned));
        this.backwardWeights = plan.backwardWeights().map(planned -> backwardWeights(engine, label, plan, planned));
        this.biasBytes = CpuBlock.aligned((long) plan.outputs() * Float.BYTES);
        long bytes = forward.pass.scratchBytes();
        bytes = Math.max(
                bytes, backwardData.map(each -> each.pass.scratchBytes()).orElse(0L));
        bytes = Math.max(
                bytes, backwardWeights.map(each -> each.pass.scratchBytes()).orElse(0L));
        bytes = Math.max(bytes, forward.weights.scratchBytes());
        this.scratchBytes = Math.max(
                bytes, ownBackwardWeights().map(DnnlOperand::scratchBytes).orElse(0L));
    }

    private static Forward forward(DnnlEngine engine, String label, LinearPlan plan) {
        primitive_desc planned = plan.forward();
        DnnlPrimitive primitive = new DnnlPrimitive(
                engine, label + " forward", planned, DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST);
        DnnlOperand src = DnnlOperand.input(engine, primitive, DNNL_ARG_SRC, plan.src(), planned.src_desc(0));
        DnnlOperand weights =
                DnnlOperand.input(engine, primitive, DNNL_ARG_WEIGHTS, plan.weights(), planned.weights_desc(0));
        DnnlOperand dst = DnnlOperand.output(engine, primitive, DNNL_ARG_DST, plan.dst(), planned.dst_desc(0));
        return new Forward(new DnnlPass(primitive, List.of(src), List.of(dst)), src, weights, dst);
    }

    private static BackwardData backwardData(DnnlEngine engine, String label, LinearPlan plan, primitive_desc planned) {
        DnnlPrimitive primitive = new DnnlPrimitive(
                engine, label + " backward by data", planned, DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC);
        DnnlOperand gradDst =
                DnnlOperand.input(engine, primitive, DNNL_ARG_DIFF_DST, plan.dst(), planned.diff_dst_desc(0));
        memory.desc wanted = planned.weights_desc(0);
        Optional<DnnlOperand> weights = wanted.equals(plan.forward().weights_desc(0))
                ? Optional.empty()
                : Optional.of(DnnlOperand.input(engine, primitive, DNNL_ARG_WEIGHTS, plan.weights(), wanted));
        DnnlOperand gradSrc =
                DnnlOperand.output(engine, primitive, DNNL_ARG_DIFF_SRC, plan.src(), planned.diff_src_desc(0));
        DnnlPass pass = new DnnlPass(primitive, List.of(gradDst), List.of(gradSrc));
        return new BackwardData(pass, gradDst, weights, gradSrc);
    }

    private static BackwardWeights backwardWeights(
            DnnlEngine engine, String label, LinearPlan plan, primitive_desc planned) {
        DnnlPrimitive primitive = new DnnlPrimitive(
                engine,
                label + " backward by weights",
                planned,
                DNNL_ARG_SRC,
                DNNL_ARG_DIFF_DST,
                DNNL_ARG_DIFF_WEIGHTS,
                DNNL_ARG_DIFF_BIAS);
        DnnlOperand src = DnnlOperand.input(engine, primitive, DNNL_ARG_SRC, plan.src(), planned.src_desc(0));
        DnnlOperand gradDst =
                DnnlOperand.input(engine, primitive, DNNL_ARG_DIFF_DST, plan.dst(), planned.diff_dst_desc(0));
        DnnlOperand gradWeights = DnnlOperand.output(
                engine, primitive, DNNL_ARG_DIFF_WEIGHTS, plan.weights(), planned.diff_weights_desc(0));
        DnnlPass pass = new DnnlPass(primitive, List.of(src, gradDst), List.of(gradWeights));
        return new BackwardWeights(pass, src, gradDst, gradWeights);
    }

    private Optional<DnnlOperand> ownBackwardWeights() {
        return backwardData.flatMap(BackwardData::weights);
    }

    /** Weights for the passes forward and backward, a bias of zeros, a gradient of a bias that nobody asked for. */
    @Override
    public long ownBytes() {
        return CpuBlock.aligned(forward.weights.stagedBytes())
                + CpuBlock.aligned(
                        ownBackwardWeights().map(DnnlOperand::stagedBytes).orElse(0L))
                + 2 * biasBytes;
    }

    @Override
    public long scratchBytes() {
        return scratchBytes;
    }

    @Override
    public void attach(DeviceBuffer own, DeviceBuffer scratch) {
        CpuBuffer mine = requireBytes(own, ownBytes(), "memory of its own");
        CpuBuffer shared = scratchBytes == 0 ? mine : requireBytes(scratch, scratchBytes, "scratch");
        forward.pass.attach(shared);
        backwardData.ifPresent(each -> each.pass.attach(shared));
        backwardWeights.ifPresent(each -> each.pass.attach(shared));
        forward.weights.stage(mine.pointer(2 * biasBytes), shared.pointer());
        long behindForward = 2 * biasBytes + CpuBlock.aligned(forward.weights.stagedBytes());
        ownBackwardWeights().ifPresent(each -> each.stage(mine.pointer(behindForward), shared.pointer()));
        if (ownBackwardWeights().isEmpty() && forward.weights.converts()) {
            backwardData.ifPresent(each -> each.pass.primitive().set(DNNL_ARG_WEIGHTS, mine.pointer(2 * biasBytes)));
        }
        CpuBuffer.of(mine.slice(label + ".zeroBias", 0, biasBytes / Float.BYTES))
                .floatPointer()
                .put(new float[(int) (biasBytes / Float.BYTES)]);
        ownMemory = Optional.of(mine);
    }

    private CpuBuffer requireBytes(DeviceBuffer buffer, long bytes, String purpose) {
        if (buffer.bytes() < bytes) {
            throw new IllegalArgumentException(
                    label + " needs " + bytes + " bytes of " + purpose + ", got " + buffer.bytes());
        }
        return CpuBuffer.of(buffer);
    }

    @Override
    public void prepareWeights(DeviceBuffer changed) {
        CpuBuffer callers = CpuBuffer.of(changed);
        attached();
        forward.weights.pass(callers.pointer());
        forward.weights.convert();
        if (ownBackwardWeights().isPresent()) {
            DnnlOperand own = ownBackwardWeights().get();
            own.pass(callers.pointer());
            own.convert();
        } else if (!forward.weights.converts() && backwardData.isPresent()) {
            backwardData.get().pass.primitive().set(DNNL_ARG_WEIGHTS, callers.pointer());
        }
        weights = Optional.of(callers);
    }

    @Override
    public void forward(DeviceBuffer src, DeviceBuffer bias, DeviceBuffer dst) {
        CpuBuffer own = prepared();
        forward.src.pass(CpuBuffer.of(src).pointer());
        forward.dst.pass(CpuBuffer.of(dst).pointer());
        forward.pass
                .primitive()
                .set(
                        DNNL_ARG_BIAS,
                        bias.isAbsent() ? own.pointer() : CpuBuffer.of(bias).pointer());
        forward.pass.run();
    }

    @Override
    public void backwardData(DeviceBuffer gradDst, DeviceBuffer gradSrc) {
        BackwardData backward = backwardData.orElseThrow(this::notTrained);
        prepared();
        backward.gradDst.pass(CpuBuffer.of(gradDst).pointer());
        backward.gradSrc.pass(CpuBuffer.of(gradSrc).pointer());
        backward.pass.run();
    }

    @Override
    public void backwardWeights(
            DeviceBuffer src, DeviceBuffer gradDst, DeviceBuffer gradWeights, DeviceBuffer gradBias) {
        BackwardWeights backward = backwardWeights.orElseThrow(this::notTrained);
        CpuBuffer own = attached();
        backward.src.pass(CpuBuffer.of(src).pointer());
        backward.gradDst.pass(CpuBuffer.of(gradDst).pointer());
        backward.gradWeights.pass(CpuBuffer.of(gradWeights).pointer());
        backward.pass
                .primitive()
                .set(
                        DNNL_ARG_DIFF_BIAS,
                        gradBias.isAbsent()
                                ? own.pointer(biasBytes)
                                : CpuBuffer.of(gradBias).pointer());
        backward.pass.run();
    }

    private IllegalStateException notTrained() {
        return new IllegalStateException(label + " was planned for inference and has no backward pass");
    }

    private CpuBuffer attached() {
        // no lambdas: a pass makes no garbage
        if (ownMemory.isEmpty()) {
            throw new IllegalStateException(label + " is used before its memory was attached");
        }
        CpuBuffer own = ownMemory.get();
        own.pointer();
        return own;
    }

    /** The weights' own buffer must still be open: without a conversion the primitive reads it. */
    private CpuBuffer prepared() {
        if (weights.isEmpty()) {
            throw new IllegalStateException(label + " is used before its weights were prepared");
        }
        weights.get().pointer();
        return attached();
    }

    @Override
    public String describe() {
        StringBuilder text = new StringBuilder(label).append(": ").append(describe(forward.pass, forward.weights));
        backwardData.ifPresent(
                each -> text.append("; data ").append(describe(each.pass, each.weights.orElse(forward.weights))));
        backwardWeights.ifPresent(each -> text.append("; weights ").append(describe(each.pass, each.gradWeights)));
        return text.toString();
    }

    private static String describe(DnnlPass pass, DnnlOperand weights) {
        return pass.primitive().implementation() + (weights.converts() ? ", weights reordered" : "");
    }

    @Override
    public void close() {
        forward.weights.close();
        forward.pass.close();
        ownBackwardWeights().ifPresent(DnnlOperand::close);
        backwardData.ifPresent(each -> each.pass.close());
        backwardWeights.ifPresent(each -> each.pass.close());
    }
}
