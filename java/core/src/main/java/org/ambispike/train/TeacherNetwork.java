package org.ambispike.train;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ambispike.convert.MaxPools;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.Node;
import org.ambispike.graph.Shape;
import org.ambispike.graph.Weights;

/** The ANN whose activations a spiking network's rates are drawn to; its neuron layers have the same names. */
public record TeacherNetwork(Network network) {
    /** Its max pools stand where those of the spiking network do. */
    public TeacherNetwork {
        network = MaxPools.beforeActivations(network);
    }

    public Graph graph() {
        return network.graph();
    }

    public Weights weights() {
        return network.weights();
    }

    /** Why this is not the ANN of a network, in words that follow the ANN's name; empty if it may be. */
    public Optional<String> mismatch(Graph student) {
        if (graph().isSpiking()) {
            return Optional.of("is a spiking network; the teacher is an ANN");
        }
        return different("images", graph().inputShape(), student.inputShape())
                .or(() -> graph().hasClasses() && student.hasClasses()
                        ? different("classes", graph().classes(), student.classes())
                        : different("results", results(graph()), results(student)))
                .or(() -> neurons(student));
    }

    private Optional<String> neurons(Graph student) {
        List<String> own = names(graph());
        Set<String> known = new HashSet<>(own);
        for (String name : names(student)) {
            if (!known.contains(name)) {
                return Optional.of(
                        "has no neuron layer '" + name + "', which the network to calibrate has; there are " + own);
            }
            Optional<String> other =
                    different("neurons '" + name + "' of shape", graph().shape(name), student.shape(name));
            if (other.isPresent()) {
                return other;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> different(String what, Object own, Object wanted) {
        return own.equals(wanted)
                ? Optional.empty()
                : Optional.of("has " + what + " " + own + ", but the network to calibrate has " + wanted);
    }

    private static List<Shape> results(Graph graph) {
        return graph.outputs().stream().map(Graph.Output::shape).toList();
    }

    private static List<String> names(Graph graph) {
        return graph.neurons().stream().map(Node::name).toList();
    }
}
