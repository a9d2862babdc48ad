package org.ambispike.device;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import org.ambispike.backend.ActivationGradients;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.SoftmaxBuffers;
import org.ambispike.backend.SpikeBuffers;
import org.ambispike.backend.SpikeGradients;
import org.ambispike.backend.SpikeLayout;
import org.ambispike.graph.NeuronModel;

/** For each item of the self-check, an operation to spoil that no other item can see. */
public final class Spoil {
    private static final double FACTOR = 1.05;
    private static final Predicate<Object[]> ALWAYS = arguments -> true;

    private Spoil() {}

    /** A backend that fails one item. */
    public static Backend of(Item item, Backend real) {
        return byItem(real).get(item).open();
    }

    static Map<Item, SpoiledBackend> byItem(Backend real) {
        Map<Item, SpoiledBackend> spoils = new EnumMap<>(Item.class);
        spoils.put(Item.PAIR_FORWARD, operation(real, "spikeForward", alone(NeuronModel.PAIR), Spoil::spikes));
        spoils.put(
                Item.PAIR_BACKWARD,
                operation(real, "spikeBackward", alone(NeuronModel.PAIR), arguments -> spikeGradients(arguments)
                        .drive()));
        spoils.put(
                Item.MEMORY_FORWARD,
                operation(real, "spikeForward", alone(NeuronModel.MEMORY), arguments -> ((SpikeBuffers) arguments[1])
                        .rate()));
        spoils.put(
                Item.MEMORY_BACKWARD,
                operation(real, "spikeBackward", alone(NeuronModel.MEMORY), arguments -> spikeGradients(arguments)
                        .parameters()));
        spoils.put(Item.SINGLE_FORWARD, operation(real, "spikeForward", alone(NeuronModel.SINGLE), Spoil::spikes));
        spoils.put(
                Item.SINGLE_BACKWARD,
                operation(real, "spikeBackward", alone(NeuronModel.INTEGRATE_AND_FIRE), arguments -> spikeGradients(
                                arguments)
                        .drive()));
        spoils.put(Item.ACTIVATION_FORWARD, operation(real, "activationForward", ALWAYS, argument(3)));
        spoils.put(
                Item.ACTIVATION_BACKWARD,
                operation(real, "activationBackward", ALWAYS, arguments -> ((ActivationGradients) arguments[3]).x()));
        spoils.put(Item.DROPOUT, operation(real, "dropout", ALWAYS, argument(1)));
        spoils.put(Item.POOL, kernel(real, "planAveragePool", labelled("pool"), "backward", 1));
        spoils.put(Item.REARRANGEMENT, operation(real, "resample", ALWAYS, argument(3)));
        spoils.put(Item.NORMALISATION, operation(real, "batchNormTraining", ALWAYS, argument(4)));
        spoils.put(Item.LOSS, operation(real, "softmaxLoss", ALWAYS, arguments -> ((SoftmaxBuffers) arguments[1])
                .gradient()));
        spoils.put(Item.OPTIMISER, operation(real, "adamW", ALWAYS, argument(2)));
        spoils.put(Item.CAPTURE, capture(real));
        spoils.put(Item.CONVOLUTION_FORWARD, kernel(real, "planConvolution", labelled("convolution"), "forward", 2));
        spoils.put(
                Item.CONVOLUTION_BACKWARD,
                kernel(real, "planConvolution", labelled("convolution"), "backwardWeights", 2));
        spoils.put(Item.MATMUL_FORWARD, kernel(real, "planMatMul", labelled("matMul"), "forward", 2));
        spoils.put(Item.MATMUL_BACKWARD, kernel(real, "planMatMul", labelled("matMul"), "backwardData", 1));
        spoils.put(Item.NETWORK, kernel(real, "planMatMul", layer("fc1", false), "forward", 2));
        spoils.put(Item.TRAINING, kernel(real, "planMatMul", layer("fc1", true), "backwardData", 1));
        return spoils;
    }

    /** What neurons emit. */
    static DeviceBuffer spikes(Object... arguments) {
        return ((SpikeBuffers) arguments[1]).spikes();
    }

    private static SpikeGradients spikeGradients(Object... arguments) {
        return (SpikeGradients) arguments[3];
    }

    /** An operation's argument that is its result. */
    static Function<Object[], DeviceBuffer> argument(int index) {
        return arguments -> (DeviceBuffer) arguments[index];
    }

    private static SpoiledBackend operation(
            Backend real, String name, Predicate<Object[]> called, Function<Object[], DeviceBuffer> result) {
        return new SpoiledBackend(real, "", ALWAYS, name, called, result, FACTOR);
    }

    private static SpoiledBackend kernel(
            Backend real, String plan, Predicate<Object[]> planned, String operation, int result) {
        return new SpoiledBackend(real, plan, planned, operation, ALWAYS, argument(result), FACTOR);
    }

    /** From the third run on, as where a graph leaves something out. */
    private static SpoiledBackend capture(Backend real) {
        AtomicInteger runs = new AtomicInteger();
        return new SpoiledBackend(
                real,
                "capture",
                labelled("self-check"),
                "run",
                arguments -> runs.incrementAndGet() > 2,
                buffers -> (DeviceBuffer) buffers[buffers.length - 1],
                FACTOR);
    }

    /** Layers that are checked by themselves. */
    private static Predicate<Object[]> alone(NeuronModel model) {
        return arguments -> arguments[0] instanceof SpikeLayout layout
                && layout.model() == model
                && layout.rows() == SpikeWork.ROWS;
    }

    private static Predicate<Object[]> labelled(String label) {
        return arguments -> arguments[0].equals(label);
    }

    private static Predicate<Object[]> layer(String label, boolean training) {
        return arguments -> arguments[0].equals(label) && arguments[arguments.length - 1].equals(training);
    }
}
