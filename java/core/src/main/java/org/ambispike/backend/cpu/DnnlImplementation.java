package org.ambispike.backend.cpu;

import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.WindowAxis;
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

    /**
     * Returns oneDNN's first choice. Where a window lies in the padding as a whole, or a weight meets nothing but padding, some
     * of its kernels read beyond their arrays or give wrong sums; there its matrix multiplication over gathered windows
     * is taken, or its reference.
     */
    static <T extends primitive_desc> T first(ConvGeometry geometry, Supplier<T> planner) {
        T planned = planner.get();
        if (isAwkward(geometry.down()) || isAwkward(geometry.across())) {
            boolean more = true;
            while (more && !isPlain(planned)) {
                more = planned.next_impl();
            }
        }
        return planned;
    }

    private static boolean isAwkward(WindowAxis axis) {
        return IntStream.range(0, axis.windows()).anyMatch(window -> IntStream.range(0, axis.kernel())
                        .noneMatch(tap -> axis.isInside(window, tap)))
                || IntStream.range(0, axis.kernel()).anyMatch(tap -> IntStream.range(0, axis.windows())
                        .noneMatch(window -> axis.isInside(window, tap)));
    }

    private static boolean isPlain(primitive_desc planned) {
        return name(planned).contains("gemm:") || name(planned).startsWith("ref");
    }

    static <T extends primitive_desc> T preferDirect(ConvGeometry geometry, Supplier<T> planner) {
        T first = first(geometry, planner);
        String instructions = instructions(first);
        if (isPlain(first) || isDirect(first) || !MEASURED.contains(instructions)) {
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
