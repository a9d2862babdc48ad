package org.ambispike.backend.cpu;

import java.util.Optional;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_desc;

/**
 * What oneDNN planned for a layer with weights, beside the caller's layouts, which are all f32.
 *
 * @param forward src, weights, bias to dst
 * @param backwardData gradDst, weights to gradSrc; where the layer is trained
 * @param backwardWeights src, gradDst to gradWeights, gradBias; where the layer is trained
 * @param src caller's layout of the input and its gradient
 * @param weights caller's layout of the weights and their gradient
 * @param dst caller's layout of the output and its gradient
 * @param outputs extent of the bias
 */
record LinearPlan(
        primitive_desc forward,
        Optional<primitive_desc> backwardData,
        Optional<primitive_desc> backwardWeights,
        memory.desc src,
        memory.desc weights,
        memory.desc dst,
        int outputs) {}
