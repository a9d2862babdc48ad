package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ambispike.common.InputException;
import org.ambispike.graph.Network;
import org.ambispike.graph.Op;
import org.ambispike.io.FileFault;
import org.ambispike.onnx.NodeReport.Outcome;
import org.ambispike.onnx.Value.Constant;
import org.ambispike.onnx.Value.Missing;
import org.ambispike.onnx.Value.Signal;

/**
 * Reads a trained network from an ONNX file, opset 9 to 24: an ANN with the same results, in our layout. What becomes of each
 * operation is in {@code docs/import.md}. For one file and one thread.
 */
public final class OnnxImport {
    private static final int NOTE_LENGTH = 400;

    /**
     * What became of a file.
     *
     * @param name of the network, as the file calls it
     * @param nodes every node of the file, in its order
     * @param network empty if a node was refused
     * @param input how the file has its images
     * @param outputs how it has its results, in its order; empty if a node was refused
     * @param provenance where it comes from
     */
    public record Result(
            Path file,
            String name,
            List<NodeReport> nodes,
            Optional<Network> network,
            OnnxLayout input,
            List<OnnxLayout> outputs,
            Map<String, String> provenance) {
        public Result {
            nodes = List.copyOf(nodes);
            outputs = List.copyOf(outputs);
        }

        /** Returns the nodes for which the file was refused; those that merely read what they would give are not among them. */
        public List<NodeReport> refused() {
            return nodes.stream()
                    .filter(node -> node.outcome() == Outcome.REFUSED)
                    .toList();
        }

        /** @throws InputException naming the file and the first node that was refused, if one was */
        public Network require() {
            return network.orElseThrow(() -> {
                NodeReport first = refused().get(0);
                int more = refused().size() - 1;
                return FileFault.of(
                        file,
                        first.operation() + " '" + first.node() + "' cannot be imported: " + first.note()
                                + (more > 0 ? " (and " + more + " more)" : ""));
            });
        }
    }

    private final Path file;
    private final OnnxFile source;
    private final TensorReader reader;
    private final List<OnnxNode> nodes;
    private final Set<OnnxNode> needed = new HashSet<>();
    private final GraphBuilder graph;
    private final Scope scope = new Scope();
    private final Images images;
    private final List<NodeReport> reports = new ArrayList<>();

    private OnnxImport(Path file, OnnxFile source, boolean maps) {
        this.file = file;
        this.source = source;
        this.graph = new GraphBuilder(maps);
        this.reader = new TensorReader(new ExternalData(
                Optional.ofNullable(file.toAbsolutePath().getParent()).orElseGet(() -> Path.of(""))));
        this.nodes = nodes(source.graph());
        Map<String, OnnxNode> givers = new HashMap<>();
        nodes.forEach(node -> node.outputs().forEach(output -> givers.putIfAbsent(output, node)));
        List<String> open = new ArrayList<>(source.outputs());
        while (!open.isEmpty()) {
            OnnxNode giver = givers.remove(open.remove(open.size() - 1));
            if (giver != null && needed.add(giver)) {
                open.addAll(giver.inputs());
            }
        }
        scope.add(nodes.stream().filter(needed::contains).toList(), source.outputs());
        this.images = Images.of(source, scope, reader);
    }

    private List<OnnxNode> nodes(GraphProto body) {
        List<OnnxNode> nodes = new ArrayList<>();
        body.getNodeList().forEach(proto -> nodes.add(new OnnxNode(proto, nodes.size(), source.opset(), scope)));
        return nodes;
    }

    private void defineConstants(GraphProto body) {
        for (TensorProto tensor : body.getInitializerList()) {
            scope.define(tensor.getName(), new Constant(() -> reader.read(tensor)));
        }
    }

    /**
     * Reads a file.
     *
     * @throws InputException naming the file, if it is damaged, of another opset, or no network of one input
     */
    public static Result read(Path file) {
        return read(file, List.of());
    }

    /**
     * Reads a file that may leave the size of its images open.
     *
     * @param size of an image, in the order in which the file has it, without the batch; empty where the file fixes it
     * @throws InputException naming the file, if it is damaged, of another opset, or no network of one input of this size
     */
    public static Result read(Path file, List<Integer> size) {
        OnnxFile source = OnnxFile.read(file, size);
        try {
            try {
                return new OnnxImport(file, source, false).read();
            } catch (GraphBuilder.NeedsMaps e) {
                return new OnnxImport(file, source, true).read();
            }
        } catch (GraphBuilder.NeedsMaps e) {
            throw FileFault.of(file, "it reads lists as maps in a form that is not supported", e);
        } catch (Refusal | IllegalArgumentException | ArithmeticException e) {
            throw FileFault.of(file, String.valueOf(e.getMessage()), e);
        }
    }

    private Result read() {
        String image = graph.append("image", new Op.Input(images.shape()), List.of());
        scope.define(source.input(), new Signal(image, images.shape(), images.view(), false, false));
        defineConstants(source.graph());
        nodes.forEach(node -> reports.add(report(node)));
        boolean whole = reports.stream()
                .allMatch(report -> report.outcome() == Outcome.CONVERTED || report.outcome() == Outcome.FOLDED);
        if (!whole && reports.stream().noneMatch(report -> report.outcome() == Outcome.REFUSED)) {
            // what is missing was never there, such as the places of maxima
            reports.replaceAll(report -> report.outcome() == Outcome.BLOCKED
                    ? new NodeReport(report.node(), report.operation(), Outcome.REFUSED, report.note())
                    : report);
        }
        String name = Names.printable(
                source.graph().getName().isBlank()
                        ? file.getFileName().toString()
                        : source.graph().getName());
        List<OnnxLayout> outputs = new ArrayList<>();
        Optional<Network> network = whole
                ? Optional.of(new Results(graph, scope, images).network(source.outputs(), outputs))
                : Optional.empty();
        return new Result(
                file,
                name,
                reports,
                network,
                new OnnxLayout(Names.printable(source.input()), images.shape(), images.view(), OnnxLayout.Finish.NONE),
                outputs,
                Collections.unmodifiableMap(source.provenance()));
    }

    private NodeReport report(OnnxNode node) {
        String operation = Names.printable(node.operation());
        if (!needed.contains(node)) {
            return new NodeReport(node.name(), operation, Outcome.FOLDED, "left out: the output does not depend on it");
        }
        boolean assumed = node.isAssumed();
        try {
            Operator.Reading reading = isDecided(node) ? branch(node) : Operators.read(node, graph, reader);
            define(node, reading, assumed);
            return assumed
                    ? new NodeReport(node.name(), operation, Outcome.BLOCKED, "it reads what a refused node would give")
                    : new NodeReport(node.name(), operation, reading.outcome(), reading.note());
        } catch (Scope.Blocked e) {
            missing(node);
            return new NodeReport(node.name(), operation, Outcome.BLOCKED, e.getMessage());
        } catch (Refusal | IllegalArgumentException | ArithmeticException e) {
            boolean follows = assumed && (!(e instanceof Refusal refusal) || refusal.isAboutLayout());
            Optional<Value> instead = follows ? Optional.empty() : Refusals.assumed(node, graph);
            instead.ifPresentOrElse(value -> scope.defineMissing(node.outputs().get(0), value), () -> missing(node));
            String note = FileFault.printable(String.valueOf(e.getMessage()), NOTE_LENGTH);
            return new NodeReport(node.name(), operation, follows ? Outcome.BLOCKED : Outcome.REFUSED, note);
        }
    }

    /** Whether it chooses a branch by a condition that is known beforehand, as exporters write where extents were open. */
    private boolean isDecided(OnnxNode node) {
        return node.operation().equals("If") && node.domain().isEmpty() && node.isConstant(0);
    }

    /** Reads the nodes of the branch that is taken in the place of the node. */
    private Operator.Reading branch(OnnxNode node) {
        String taken = node.constant(0).one() != 0 ? "then_branch" : "else_branch";
        GraphProto body =
                node.any(taken).map(AttributeProto::getG).orElseThrow(() -> new Refusal("it lacks its " + taken));
        List<OnnxNode> inside = nodes(body);
        List<String> outputs =
                body.getOutputList().stream().map(ValueInfoProto::getName).toList();
        scope.add(inside, outputs);
        needed.addAll(inside);
        defineConstants(body);
        inside.forEach(inner -> reports.add(report(inner)));
        List<Value> values = outputs.stream().map(scope::value).toList();
        return new Operator.Reading(values, Outcome.FOLDED, "its " + taken + ", as is known beforehand");
    }

    private void define(OnnxNode node, Operator.Reading reading, boolean assumed) {
        for (int output = 0; output < node.outputs().size(); output++) {
            String name = node.outputs().get(output);
            if (name.isEmpty()) {
                continue;
            }
            if (output >= reading.values().size()) {
                scope.defineMissing(name, new Missing("it reads output " + output + " of '" + node.name() + "'"));
                continue;
            }
            Value value = reading.values().get(output);
            scope.define(name, assumed && value instanceof Signal signal ? signal.asAssumed() : value);
        }
    }

    private void missing(OnnxNode node) {
        Value missing = new Missing("it reads what '" + node.name() + "' would give");
        node.outputs().forEach(output -> scope.defineMissing(output, missing));
    }
}
