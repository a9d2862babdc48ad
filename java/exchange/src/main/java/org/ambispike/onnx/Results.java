package org.ambispike.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ambispike.graph.Network;
import org.ambispike.graph.Op;
import org.ambispike.onnx.Layouts.Roles;
import org.ambispike.onnx.Operator.Reading;
import org.ambispike.onnx.Value.Constant;
import org.ambispike.onnx.Value.Signal;

/** Ends a graph with the results that a file names. */
final class Results {
    private static final Map<String, OnnxLayout.Finish> FINISHES =
            Map.of("Softmax", OnnxLayout.Finish.SOFTMAX, "LogSoftmax", OnnxLayout.Finish.LOG_SOFTMAX);

    private final GraphBuilder graph;
    private final Scope scope;
    private final Images images;

    Results(GraphBuilder graph, Scope scope, Images images) {
        this.graph = graph;
        this.scope = scope;
        this.images = images;
    }

    /** @param layouts get those of the results, in order */
    Network network(List<String> names, List<OnnxLayout> layouts) {
        List<Signal> signals = new ArrayList<>();
        List<String> printable = new ArrayList<>();
        for (String name : names) {
            if (!(scope.value(name) instanceof Signal given)) {
                String what = scope.value(name) instanceof Constant ? "a constant" : "a comparison";
                throw new Refusal("its output '" + Names.printable(name) + "' is " + what);
            }
            Signal signal = arranged(given, Names.printable(name));
            signals.add(signal);
            printable.add(unique(Names.printable(name), printable));
            layouts.add(
                    new OnnxLayout(printable.get(printable.size() - 1), signal.shape(), signal.view(), finish(name)));
        }
        Signal first = signals.get(0);
        if (first.node().equals(graph.inputNode())) {
            throw new Refusal("its output is its input");
        }
        boolean one = signals.size() == 1 && first.area() == 1;
        if (one) {
            graph.endWith(first.node());
        } else {
            graph.append(
                    "outputs",
                    new Op.Outputs(printable),
                    signals.stream().map(Signal::node).toList());
        }
        return graph.build();
    }

    private OnnxLayout.Finish finish(String name) {
        return scope.giver(name)
                .map(node -> FINISHES.getOrDefault(node.operation(), OnnxLayout.Finish.NONE))
                .orElse(OnnxLayout.Finish.NONE);
    }

    /** Leaves a softmax over the classes, with which a file ends, to those who read the result. */
    static Reading softmax(OnnxNode node, GraphBuilder graph) {
        Signal signal = node.signal(0);
        int axis = signal.view().axis(node.integer("axis", node.opset() < 13 ? 1 : -1));
        boolean last = node.readers().isEmpty();
        if (!last || signal.view().extent(axis) != signal.shape().elements()) {
            throw Refusals.unsupported(node);
        }
        return Reading.folded(signal, "left out: results are the logits, whose largest is the same class");
    }

    private static String unique(String name, List<String> taken) {
        String unique = name;
        for (int copy = 2; taken.contains(unique); copy++) {
            unique = name + "_" + copy;
        }
        return unique;
    }

    /** In our order where the result is a map or a list; others, and lists that are too long to move, as they lie. */
    private Signal arranged(Signal signal, String name) {
        if (!signal.view().batch().equals(images.view().batch())) {
            throw new Refusal("its output '" + name + "' has no axis for the images");
        }
        signal.view().requireBatchFirst();
        if (signal.view().rank() < 2 || signal.view().rank() > 4) {
            return signal;
        }
        try {
            return Layouts.arranged(graph, name, signal, Roles.natural(signal));
        } catch (Refusal e) {
            return signal;
        }
    }
}
