package org.ambispike.device;

import java.util.List;
import org.ambispike.backend.Backend;

/** How an item is computed and judged. */
interface Comparison {
    /** @param reference in f32, which is believed */
    Difference of(Backend reference, Backend candidate);

    /** Work on seeded inputs. */
    interface Work {
        /** What it makes, the same arrays in the same order on every backend. */
        List<float[]> on(Backend backend);
    }

    /** Results must be the reference's bits. */
    static Comparison bits(Work work) {
        return within(0, work);
    }

    /** Results may differ from the reference's by a fraction of the largest magnitude. */
    static Comparison within(double bound, Work work) {
        return (reference, candidate) -> Difference.worst(work.on(reference), work.on(candidate), bound);
    }
}
