package org.ambispike.device;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeGradients;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.NeuronModel;

/** Layers of one or more kinds of spiking neurons, for all the ways in which kernels go through T and the channels. */
record SpikeWork(List<NeuronModel> models) {
    static final long ROWS = 37;
    private static final double KAPPA = 3;
    private static final int PARAMETERS = 4;

    static SpikeWork of(NeuronModel... models) {
        return new SpikeWork(List.of(models));
    }

    private List<SpikeLayout> layouts() {
        return models.stream().flatMap(model -> layouts(model).stream()).toList();
    }

    private static List<SpikeLayout> layouts(NeuronModel model) {
        List<SpikeLayout> layouts = new ArrayList<>(List.of(
                new SpikeLayout(model, 1, ROWS, 3, false, false),
                new SpikeLayout(model, 4, ROWS, 32, true, false),
                new SpikeLayout(model, 9, ROWS, 20, false, false),
                new SpikeLayout(model, 17, ROWS, 100, false, false)));
        if (model != NeuronModel.MEMORY) {
            layouts.add(new SpikeLayout(model, 4, ROWS, 24, false, false, 5));
        }
        return layouts;
    }

    /** Spikes, rates, membranes and counts of a run and of one that goes on from it. */
    List<float[]> forward(Backend backend) {
        List<float[]> results = new ArrayList<>();
        for (SpikeLayout layout : layouts()) {
            try (Workspace space = new Workspace(backend, layout.steps())) {
                DeviceBuffer drive = space.gaussian("drive", driveCount(layout));
                DeviceBuffer parameters = parameters(space, layout);
                DeviceBuffer carry = space.result("carry", 2 * layout.neurons());
                DeviceBuffer spikes = space.result("spikes", layout.steps() * layout.neurons());
                DeviceBuffer rate = space.result("rate", layout.neurons());
                DeviceBuffer counts = space.bytes("counts", 2L * layout.steps() * Long.BYTES);
                SpikeBuffers buffers = new SpikeBuffers(drive, parameters, carry, spikes, rate, counts);
                for (boolean resume : new boolean[] {false, true}) {
                    backend.memory().fill(counts, 0);
                    backend.neurons().spikeForward(layout, buffers, resume, KAPPA);
                    results.add(space.floats(spikes));
                    results.add(space.floats(rate));
                    results.add(space.floats(carry.slice(
                            "membranes", 0, layout.neurons() * layout.model().carried())));
                    results.add(space.counts(counts));
                }
            }
        }
        return results;
    }

    /** Gradients of drive and parameters. */
    List<float[]> backward(Backend backend) {
        List<float[]> results = new ArrayList<>();
        for (SpikeLayout layout : layouts()) {
            try (Workspace space = new Workspace(backend, layout.steps())) {
                DeviceBuffer drive = space.gaussian("drive", driveCount(layout));
                DeviceBuffer parameters = parameters(space, layout);
                DeviceBuffer gradSpikes = space.gaussian("gradSpikes", layout.steps() * layout.neurons());
                DeviceBuffer gradRate = space.gaussian("gradRate", layout.neurons());
                DeviceBuffer gradDrive = space.result("gradDrive", driveCount(layout));
                DeviceBuffer gradParameters = space.result("gradParameters", (long) PARAMETERS * layout.channels());
                DeviceBuffer scratch = space.bytes("scratch", backend.memory().scratchBytes(layout.channels()));
                backend.neurons()
                        .spikeBackward(
                                layout,
                                drive,
                                parameters,
                                new SpikeGradients(gradSpikes, gradRate, gradDrive, gradParameters),
                                scratch,
                                KAPPA);
                results.add(space.floats(gradDrive));
                results.add(space.floats(gradParameters));
            }
        }
        return results;
    }

    private static long driveCount(SpikeLayout layout) {
        return layout.neurons() * (layout.constantDrive() ? 1 : layout.steps());
    }

    /** [5, channels]: thetaP, thetaN, start+, start- and the slopes. */
    private static DeviceBuffer parameters(Workspace space, SpikeLayout layout) {
        return space.uniform("parameters", (PARAMETERS + 1L) * layout.channels(), 0.1, 0.9);
    }
}
