package org.ambispike.support;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.ambispike.convert.Converter;
import org.ambispike.convert.Thresholds;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Op;
import org.ambispike.graph.Weights;

/**
 * A clipped ANN and the spiking network that learns from it, which keeps its dropout.
 *
 * @param teacher the ANN
 * @param student the spiking network
 */
public record TaughtNetwork(Network teacher, Network student) {
    /** Both from a Leaky-ReLU network, with random weights. */
    public static TaughtNetwork of(Graph leaky, long seed) {
        Random random = new Random(seed);
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        leaky.parameterShapes().forEach((name, shape) -> {
            HostTensor tensor = HostTensor.filled(shape, 0);
            for (int index = 0; index < tensor.values().length; index++) {
                tensor.values()[index] = 0.3f * (float) random.nextGaussian();
            }
            tensors.put(name, tensor);
        });
        Map<String, Thresholds.Pair> thresholds = new LinkedHashMap<>();
        leaky.neurons().forEach(neuron -> thresholds.put(neuron.name(), new Thresholds.Pair(0.5, 0.1)));
        Network teacher = Thresholds.clip(new Network(leaky, new Weights(tensors)), thresholds, true);
        Converter.Conversion conversion = Converter.convert(teacher, NeuronVariant.PAIR);
        Graph spiking = teacher.graph()
                .mapOps(node -> node.op().isNeuron()
                        ? conversion.graph().node(node.name()).op()
                        : node.op());
        return new TaughtNetwork(teacher, new Network(spiking, conversion.weights()));
    }

    /** An activation without thresholds. */
    public static Op activation() {
        return new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false);
    }

    /** Random images with labels. */
    public Dataset images(int count) {
        return ChannelImages.noise(
                student.graph().inputShape(), count, student.graph().classes());
    }
}
