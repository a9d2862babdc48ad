package org.ambispike.backend;

/** What convolutions and matrix products compute in; membranes and master weights are always 32-bit floats. */
public enum Precision {
    F32,
    /** Operands rounded to TensorFloat-32 inside the GPU's matrix units, sums kept in f32; GPUs only. */
    TF32,
    /** Operands rounded to bfloat16, sums kept in f32. */
    BF16
}
