package org.ambispike.bench;

import org.ambispike.backend.AdamSettings;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.UpdateStep;

/** The numbers on the device with which updates are measured: those of a step long after the first, without clipping. */
final class UpdateNumbers {
    static final AdamSettings ADAM = new AdamSettings(0.9, 0.999, 1e-8);

    private static final int STEP = 1_000;
    private static final double DECAY = 0.999;
    private static final int FLOATS = Double.BYTES / Float.BYTES;

    private UpdateNumbers() {}

    /** Schedule, clip and the decay of an average; the caller's. */
    static DeviceBuffer allocate(Backend backend) {
        double[] schedule = UpdateStep.schedule(1, ADAM.beta1(), ADAM.beta2(), STEP);
        double[] all = {schedule[0], schedule[1], schedule[2], 1, 1, DECAY};
        DeviceBuffer numbers = backend.memory().allocate("numbers", (long) all.length * Double.BYTES);
        backend.memory().upload(all, numbers);
        return numbers;
    }

    static UpdateStep step(DeviceBuffer numbers) {
        long schedule = (long) UpdateStep.SCHEDULE_NUMBERS * FLOATS;
        return new UpdateStep(
                numbers.slice("schedule", 0, schedule),
                numbers.slice("clip", schedule, (long) UpdateStep.CLIP_NUMBERS * FLOATS));
    }

    static DeviceBuffer decay(DeviceBuffer numbers) {
        return numbers.slice("decay", numbers.floats() - FLOATS, FLOATS);
    }
}
