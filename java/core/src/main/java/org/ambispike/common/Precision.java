package org.ambispike.common;

/** What convolutions and matrix multiplications compute in; membranes and master weights are always 32-bit floats. */
public enum Precision {
    F32,
    /** Operands rounded to TensorFloat-32 inside the GPU's matrix units, sums kept in f32; GPUs only. */
    TF32,
    /** Operands rounded to bfloat16, sums kept in f32. */
    BF16,
    /**
     * Inference with spikes in bytes, weights rounded to 8 bits for each output channel, and whole-number sums; layers that
     * read anything but spikes stay f32.
     */
    INT8;

    /** What a network without spikes runs in where this is asked for. */
    public Precision withoutSpikes() {
        return this == INT8 ? F32 : this;
    }
}
