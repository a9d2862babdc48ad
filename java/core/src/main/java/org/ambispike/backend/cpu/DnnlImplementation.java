package org.ambispike.backend.cpu;

import java.util.Set;
import java.util.function.Supplier;
import org.bytedeco.dnnl.primitive_desc;

/**
 * Chooses among oneDNN's implementations of a convolution. With channels innermost the direct kernels were measured as
 * fast as the batch-reduce ones that oneDNN puts first, and up to 3.7 times faster on maps of 2x2. The choice is a rule,
 * not a timing, so that equal runs stay equal to the last bit.
 */
final class DnnlImplementation {
    /** Where this was measured; AMX has batch-reduce kernels alone. */
    private static final Set<String> MEASURED = Set.of("avx512_core", "avx512_core_bf16");

    private DnnlImplementation() {}

    static <T extends primitive_desc> T preferDirect(Supplier<T> planner) {
        T first = planner.get();
        String instructions = instructions(first);
        if (isDirect(first) || !MEASURED.contains(instructions)) {
            return first;
        }
        T other = planner.get();
        while (other.next_impl()) {
            if (isDirect(other) && instructions(other).equals(instructions)) {
                return other;
            }
        }
        return first;
    }

    private static boolean isDirect(primitive_desc planned) {
        return name(planned).startsWith("jit");
    }

    /** oneDNN names are like {@code brg_conv_fwd:avx512_core}. */
    private static String instructions(primitive_desc planned) {
        return name(planned).substring(name(planned).lastIndexOf(':') + 1);
    }

    private static String name(primitive_desc planned) {
        return planned.impl_info_str().getString();
    }
}
