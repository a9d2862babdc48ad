package org.ambispike.backend.cpu;

import org.ambispike.common.Precision;
import org.bytedeco.dnnl.memory.data_type;

/** oneDNN's types for ours. */
final class DnnlTypes {
    private DnnlTypes() {}

    /** What the operands of convolutions and matrix multiplications are rounded to; sums are f32 in any case. */
    static data_type operand(Precision precision) {
        return switch (precision) {
            case F32, INT8 -> data_type.f32; // layers on spikes alone are INT8, see DnnlInt8
            case TF32 -> throw new IllegalArgumentException("the CPU has no tf32");
            case BF16 -> data_type.bf16;
        };
    }
}
