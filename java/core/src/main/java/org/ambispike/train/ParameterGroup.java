package org.ambispike.train;

import java.util.List;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.ParameterUpdate;
import org.ambispike.exec.ParameterStore;

/**
 * Parameters that lie next to each other and are updated in the same way, by one call.
 *
 * @param names of the parameters
 * @param values all of theirs, and zeros between them; the other buffers likewise
 * @param gradient of the loss
 * @param first moment
 * @param second moment, or absent
 */
record ParameterGroup(
        List<String> names,
        ParameterUpdate update,
        DeviceBuffer values,
        DeviceBuffer gradient,
        DeviceBuffer first,
        DeviceBuffer second) {
    /**
     * Slices the buffers.
     *
     * @param first laid out like the store
     * @param second laid out like the store, or absent
     */
    static ParameterGroup of(
            ParameterStore store, List<String> names, RoleSettings role, DeviceBuffer first, DeviceBuffer second) {
        return new ParameterGroup(
                names,
                new ParameterUpdate(role.learningRate(), role.decay(), role.l2(), role.logSpace()),
                store.sliceLike(store.allValues(), names),
                store.sliceLike(store.allGradients(), names),
                store.sliceLike(first, names),
                second.isAbsent() ? second : store.sliceLike(second, names));
    }
}
