package org.ambispike.backend.cpu;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl;

/** A primitive with the activations and gradients it reads and writes, converted around it where need be. */
final class DnnlPass implements AutoCloseable {
    private final DnnlPrimitive primitive;
    private final DnnlOperand[] inputs;
    private final DnnlOperand[] outputs;

    DnnlPass(DnnlPrimitive primitive, List<DnnlOperand> inputs, List<DnnlOperand> outputs) {
        this.primitive = primitive;
        this.inputs = inputs.toArray(DnnlOperand[]::new);
        this.outputs = outputs.toArray(DnnlOperand[]::new);
    }

    DnnlPrimitive primitive() {
        return primitive;
    }

    long scratchBytes() {
        long bytes = workBytes();
        for (DnnlOperand input : inputs) {
            bytes += CpuBlock.aligned(input.stagedBytes());
        }
        for (DnnlOperand output : outputs) {
            bytes += CpuBlock.aligned(output.stagedBytes());
        }
        return bytes;
    }

    /** The primitive and the conversions run one after another, so they share one scratchpad. */
    private long workBytes() {
        long bytes = primitive.scratchBytes();
        for (DnnlOperand input : inputs) {
            bytes = Math.max(bytes, input.scratchBytes());
        }
        for (DnnlOperand output : outputs) {
            bytes = Math.max(bytes, output.scratchBytes());
        }
        return CpuBlock.aligned(bytes);
    }

    /** Lays the scratchpad and the converted arrays out in {@code scratch}. */
    void attach(CpuBuffer scratch) {
        primitive.set(dnnl.DNNL_ARG_SCRATCHPAD, scratch.pointer());
        long offset = workBytes();
        for (DnnlOperand input : inputs) {
            input.stage(scratch.pointer(offset), scratch.pointer());
            offset += CpuBlock.aligned(input.stagedBytes());
        }
        for (DnnlOperand output : outputs) {
            output.stage(scratch.pointer(offset), scratch.pointer());
            offset += CpuBlock.aligned(output.stagedBytes());
        }
    }

    void run() {
        for (DnnlOperand input : inputs) {
            input.convert();
        }
        primitive.run();
        for (DnnlOperand output : outputs) {
            output.convert();
        }
    }

    @Override
    public void close() {
        for (DnnlOperand input : inputs) {
            input.close();
        }
        for (DnnlOperand output : outputs) {
            output.close();
        }
        primitive.close();
    }
}
