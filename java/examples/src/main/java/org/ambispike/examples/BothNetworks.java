package org.ambispike.examples;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.ambispike.AnnModel;
import org.ambispike.AnnSession;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingSession;
import org.ambispike.common.InputException;

/** An ANN and a spiking network made from it, to run on the same pictures. For one thread. */
final class BothNetworks implements AutoCloseable {
    /**
     * What they make of a picture.
     *
     * @param ann the values of the ANN's map
     * @param spiking those of the spiking network's, for each number of time steps
     */
    record Maps(float[] ann, List<float[]> spiking) {}

    private final List<Integer> timeSteps;
    private final AnnSession ann;
    private final SpikingSession spiking;
    private final int values;

    /**
     * Opens a session of each.
     *
     * @param timeSteps the numbers T at which the spiking network is looked at, ascending
     * @throws InputException if one takes other pictures than the other
     */
    BothNetworks(AnnModel ann, SpikingModel spiking, List<Integer> timeSteps) {
        if (!ann.inputShape().equals(spiking.inputShape()) || ann.outputLength() != spiking.outputLength()) {
            throw new InputException("the ANN takes " + ann.inputShape() + " and the spiking network "
                    + spiking.inputShape() + "; expected a network and the one made from it");
        }
        this.timeSteps = timeSteps;
        this.values = ann.outputLength();
        SessionOptions options = SessionOptions.defaults().withBatch(1);
        this.ann = ann.openSession(options.withThreads(Runtime.getRuntime().availableProcessors()));
        this.spiking = spiking.openSession(options);
    }

    /** Returns the device and its threads, in one line. */
    String device() {
        return spiking.device();
    }

    /** @param picture of the size that the networks take */
    Maps run(Picture picture) {
        FloatBuffer pixels = FloatBuffer.wrap(picture.pixels());
        float[] map = new float[values];
        ann.runInto(pixels, FloatBuffer.wrap(map));
        List<float[]> maps = new ArrayList<>();
        spiking.begin(pixels);
        FloatBuffer running = FloatBuffer.allocate(values);
        int last = timeSteps.get(timeSteps.size() - 1);
        for (int step = 1; step <= last; step++) {
            spiking.stepInto(running);
            if (timeSteps.contains(step)) {
                maps.add(running.array().clone());
            }
        }
        return new Maps(map, maps);
    }

    @Override
    public void close() {
        ann.close();
        spiking.close();
    }
}
