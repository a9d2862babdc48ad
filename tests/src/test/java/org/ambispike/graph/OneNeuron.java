package org.ambispike.graph;

import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;

/** A neuron alone. */
final class OneNeuron {
    private OneNeuron() {}

    /** What it emits, step by step, from half a threshold on. */
    static float[] emitted(NeuronModel model, float[] drive, double thetaP, double thetaN, double alpha) {
        int steps = drive.length;
        SpikeLayout layout = new SpikeLayout(model, steps, 1, 1, false, false);
        float[] spikes = new float[steps];
        try (Backend backend = CpuBackend.open(Precision.F32, 1);
                DeviceBuffer x = backend.memory().allocate("drive", (long) steps * Float.BYTES);
                DeviceBuffer parameters = backend.memory().allocate("parameters", 5L * Float.BYTES);
                DeviceBuffer s = backend.memory().allocate("spikes", (long) steps * Float.BYTES)) {
            backend.memory().upload(drive, 0, steps, x);
            float[] values = {(float) thetaP, (float) thetaN, 0.5f, 0.5f, (float) alpha};
            backend.memory().upload(values, 0, values.length, parameters);
            DeviceBuffer none = DeviceBuffer.absent();
            backend.neurons().spikeForward(layout, new SpikeBuffers(x, parameters, none, s, none, none), false, 1);
            backend.memory().download(s, spikes, 0, steps);
        }
        return spikes;
    }
}
