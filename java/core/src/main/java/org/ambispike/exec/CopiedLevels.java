package org.ambispike.exec;

import java.util.List;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.DeviceMemory;
import org.ambispike.exec.MemoryPlan.Slot;

/** Levels that are copies of others': what they are worth follows the channels. */
final class CopiedLevels implements Levels {
    /**
     * A value that is copied.
     *
     * @param window how many spikes one of its elements is the sum of
     */
    record Source(Levels levels, int channels, int window) {}

    private final DeviceMemory memory;
    private final List<Source> sources;
    private final int[] channels;
    private final Slot unit;

    /**
     * Plans the table.
     *
     * @param channels for each channel which one of the sources' it copies, counted through all of them; below 0 for none
     * @param unit [channels]
     */
    CopiedLevels(DeviceMemory memory, List<Source> sources, int[] channels, Slot unit) {
        this.memory = memory;
        this.sources = sources;
        this.channels = channels.clone();
        this.unit = unit;
    }

    @Override
    public DeviceBuffer unit() {
        return unit.buffer();
    }

    /** Reads the sources' tables, which are there. */
    void prepare() {
        float[] given = new float[sources.stream().mapToInt(Source::channels).sum()];
        int first = 0;
        for (Source source : sources) {
            memory.download(source.levels().unit(), given, first, source.channels());
            for (int index = first; index < first + source.channels(); index++) {
                given[index] /= source.window();
            }
            first += source.channels();
        }
        float[] values = new float[channels.length];
        for (int channel = 0; channel < channels.length; channel++) {
            values[channel] = channels[channel] < 0 ? 0 : given[channels[channel]];
        }
        memory.upload(values, 0, values.length, unit.buffer());
    }
}
