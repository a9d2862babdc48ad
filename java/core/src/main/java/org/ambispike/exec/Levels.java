package org.ambispike.exec;

import org.ambispike.backend.DeviceBuffer;

/** What a level of each channel of a value in bytes is worth. */
interface Levels {
    /** [channels] f32; there once the step that gives the value was prepared. */
    DeviceBuffer unit();
}
