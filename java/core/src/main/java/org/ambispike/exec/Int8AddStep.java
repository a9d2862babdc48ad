package org.ambispike.exec;

import java.util.List;
import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Operations;
import org.ambispike.exec.MemoryPlan.Slot;

/** The sum, in f32, of spikes in bytes and of another branch: spikes in bytes too, or f32. */
final class Int8AddStep extends InferenceStep {
    private final Int8Operations int8;
    private final List<Optional<Levels>> levels;
    private final Optional<AddStep> constant;
    private final long rows;
    private final int channels;

    /**
     * Plans the sum.
     *
     * @param levels of each input; none where it is f32. At least one is there
     * @param constant adds the f32 input to the output where it is the same at every time step
     * @param rows of all images and steps
     */
    Int8AddStep(
            Int8Operations int8,
            List<Optional<Levels>> levels,
            Optional<AddStep> constant,
            long rows,
            int channels,
            List<Slot> inputs,
            Slot output) {
        super(inputs, output);
        this.int8 = int8;
        this.levels = levels;
        this.constant = constant;
        this.rows = rows;
        this.channels = channels;
    }

    @Override
    void attach() {
        constant.ifPresent(Step::attach);
    }

    @Override
    void forward() {
        int bytes = levels.get(0).isPresent() ? 0 : 1;
        int other = 1 - bytes;
        boolean both = levels.get(other).isPresent();
        if (both || constant.isPresent()) {
            add(bytes, DeviceBuffer.absent());
        } else {
            add(bytes, input(other).buffer());
        }
        if (both) {
            add(other, output().buffer());
        } else if (constant.isPresent()) {
            constant.get().forward();
        }
    }

    private void add(int index, DeviceBuffer to) {
        DeviceBuffer unit = levels.get(index).get().unit();
        int8.add(input(index).buffer(), unit, to, output().buffer(), rows, channels);
    }
}
