package org.ambispike.exec;

import java.util.List;
import java.util.Optional;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.Int8Operations;
import org.ambispike.exec.MemoryPlan.Slot;

/** The sum, in f32, of spikes in bytes and of another branch: spikes in bytes too, or f32. */
final class Int8AddStep extends InferenceStep {
    private final Int8Operations int8;
    private final List<Optional<Int8Spikes>> spikes;
    private final Optional<AddStep> constant;
    private final long rows;
    private final int channels;

    /**
     * Plans the sum.
     *
     * @param spikes for each input, whose levels it is in; none where it is f32. At least one is there
     * @param constant adds the f32 input to the output where it is the same at every time step
     * @param rows of all images and steps
     */
    Int8AddStep(
            Int8Operations int8,
            List<Optional<Int8Spikes>> spikes,
            Optional<AddStep> constant,
            long rows,
            int channels,
            List<Slot> inputs,
            Slot output) {
        super(inputs, output);
        this.int8 = int8;
        this.spikes = spikes;
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
        int bytes = spikes.get(0).isPresent() ? 0 : 1;
        int other = 1 - bytes;
        boolean both = spikes.get(other).isPresent();
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
        DeviceBuffer unit = spikes.get(index).get().unit();
        int8.add(input(index).buffer(), unit, to, output().buffer(), rows, channels);
    }
}
