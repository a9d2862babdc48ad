package org.ambispike.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.ambispike.common.InputException;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.PoolGeometry;
import org.ambispike.graph.Shape;
import org.ambispike.graph.WindowAxis;
import org.ambispike.io.Checkpoint;
import org.ambispike.io.CheckpointFiles;
import org.ambispike.io.FileFault;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SafetensorsReader;
import org.ambispike.io.SavedModel;
import org.ambispike.io.StampedFile;
import org.ambispike.io.TensorEntry;
import org.ambispike.io.TensorSummary;
import org.ambispike.report.TextTable;

/** What is in a model, checkpoint or other safetensors file, as text of at most 100 columns where names allow it. */
public final class Inspect {
    private static final int NAME_COLUMNS = 36;
    private static final int OPERATION_COLUMNS = 52;
    private static final int SHAPE_COLUMNS = 24;

    private Inspect() {}

    /**
     * Reads and checks a file and describes it.
     *
     * @throws InputException naming the file and the fault, if it is damaged or no safetensors file
     */
    public static String describe(Path file) {
        String format;
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            format = reader.header().metadata().getOrDefault(StampedFile.FORMAT, "");
        }
        // the checks of the format itself come first, then its tensors are shown as they are stored
        return switch (format) {
                    case ModelFiles.FORMAT -> model(ModelFiles.read(file));
                    case CheckpointFiles.FORMAT -> checkpoint(CheckpointFiles.read(file));
                    default -> "";
                }
                + tensors(file, format);
    }

    private static String model(SavedModel model) {
        ModelInfo info = model.info();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("network", info.network());
        facts.put("data set", info.dataset());
        facts.put("classes", model.graph().classes() + classNames(info.classNames()));
        facts.put(
                "normalisation",
                "mean " + info.normalisation().mean() + ", deviation "
                        + info.normalisation().deviation());
        facts.put(
                "calibrated for",
                info.calibratedFor().isEmpty()
                        ? "no T"
                        : "T = "
                                + info.calibratedFor().stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(", ")));
        return "Model file: " + model.kind() + "\n\n" + FactList.text(facts) + "\n" + provenance(info)
                + nodes(model.graph()) + "\n" + neurons(model);
    }

    private static String provenance(ModelInfo info) {
        return info.provenance().isEmpty() ? "" : "Provenance\n" + FactList.text(info.provenance()) + "\n";
    }

    private static String classNames(List<String> names) {
        return names.isEmpty() ? "" : ": " + String.join(", ", names);
    }

    private static String checkpoint(Checkpoint checkpoint) {
        return "Checkpoint\n\n" + FactList.text(checkpoint.state()) + "\n";
    }

    /** Lists operations with shapes, parameters and multiply-accumulates. */
    static String nodes(Graph graph) {
        TextTable table = new TextTable(3, List.of("node", "operation", "output", "parameters", "MACs/image"));
        Map<String, Long> parameters = new HashMap<>();
        graph.parameterShapes()
                .forEach((name, shape) ->
                        parameters.merge(name.substring(0, name.lastIndexOf('.')), shape.elements(), Long::sum));
        long allParameters = 0;
        long allOperations = 0;
        for (Node node : graph.nodes()) {
            long count = parameters.getOrDefault(node.name(), 0L);
            long operations = node.op().multiplyAccumulates();
            allParameters += count;
            allOperations += operations;
            table.row(List.of(
                    cut(node.name(), NAME_COLUMNS),
                    cut(operation(node), OPERATION_COLUMNS),
                    extents(graph.shape(node.name())),
                    count(count),
                    count(operations)));
        }
        table.row(List.of("total", "", "", count(allParameters), count(allOperations)));
        return table.render()
                + (graph.isSpiking()
                        ? "MACs/image: multiply-accumulates per image and time step, without sparsity\n"
                        : "MACs/image: multiply-accumulates per image\n");
    }

    private static String operation(Node node) {
        Op op = node.op();
        if (op instanceof Op.Input) {
            return "Input";
        } else if (op instanceof Op.Conv2d conv) {
            ConvGeometry geometry = conv.geometry();
            return "Conv2d " + convolution(geometry, geometry.down(), geometry.across());
        } else if (op instanceof Op.Linear linear) {
            return "Linear " + linear.inputs() + " to " + linear.outputs();
        } else if (op instanceof Op.AveragePool pool) {
            PoolGeometry geometry = pool.geometry();
            return "AveragePool " + geometry.kernel() + "x" + geometry.kernel() + ", stride " + geometry.stride();
        } else if (op instanceof Op.MaxPool pool) {
            return "MaxPool " + maxPool(pool.geometry().down(), pool.geometry().across());
        } else if (op instanceof Op.Add) {
            return "Add " + String.join(" + ", node.inputs());
        } else if (op instanceof Op.Concat) {
            return "Concat " + String.join(", ", node.inputs());
        } else if (op instanceof Op.Outputs outputs) {
            return "Outputs " + String.join(", ", outputs.names());
        } else if (op instanceof Op.DepthToSpace blocks) {
            return "DepthToSpace " + blocks.down() + "x" + blocks.across();
        } else if (op instanceof Op.Resample map) {
            return "Resample of " + map.down().extent() + "x" + map.across().extent() + "x"
                    + map.channels().extent() + (map.copies() ? ", copies" : ", weighted sums");
        } else if (op instanceof Op.BatchNorm norm) {
            return "BatchNorm, epsilon " + norm.epsilon();
        } else if (op instanceof Op.Dropout dropout) {
            return "Dropout " + dropout.probability();
        } else if (op instanceof Op.Activation activation) {
            return "Activation " + activation.kind() + ", alpha " + activation.slopeText()
                    + (activation.kind() == Op.ActivationKind.QUANTISED ? ", levels " + activation.levels() : "");
        } else if (op instanceof Op.Spike spike) {
            return "Spike " + spike.model() + ", alpha " + spike.slopeText()
                    + (spike.quanta() > 1 ? ", up to " + spike.quanta() + " quanta" : "")
                    + (spike.gains() > 0 ? ", gains for " + spike.gains() + " steps" : "");
        }
        return op.toString();
    }

    private static String convolution(ConvGeometry geometry, WindowAxis down, WindowAxis across) {
        return down.kernel() + "x" + across.kernel() + ", " + geometry.inChannels() + " to " + geometry.outChannels()
                + ", stride " + equalOrBoth(down.stride(), across.stride())
                + (down.dilation() == 1 && across.dilation() == 1
                        ? ""
                        : ", dilation " + equalOrBoth(down.dilation(), across.dilation()))
                + ", padding "
                + (down.isSymmetric() && across.isSymmetric()
                        ? equalOrBoth(down.padding(), across.padding())
                        : "top " + down.padding() + ", bottom " + Math.max(0, down.paddingAfter()) + ", left "
                                + across.padding() + ", right " + Math.max(0, across.paddingAfter()))
                + (geometry.groups() == 1 ? "" : ", groups " + geometry.groups());
    }

    private static String maxPool(WindowAxis down, WindowAxis across) {
        return down.kernel() + "x" + across.kernel() + ", stride " + equalOrBoth(down.stride(), across.stride())
                + (down.padding() + across.padding() == 0
                        ? ""
                        : ", padding " + equalOrBoth(down.padding(), across.padding()));
    }

    private static String equalOrBoth(int down, int across) {
        return down == across ? Integer.toString(down) : down + "x" + across;
    }

    private static String neurons(SavedModel model) {
        TextTable table = new TextTable(3, List.of("layer", "neuron parameter", "by", "mean", "min", "max"));
        boolean any = false;
        Map<String, Map<String, HostTensor>> byNode = new HashMap<>();
        model.weights().tensors().forEach((name, tensor) -> {
            int end = name.lastIndexOf('.');
            byNode.computeIfAbsent(name.substring(0, end), node -> new LinkedHashMap<>())
                    .put(name.substring(end + 1), tensor);
        });
        for (Node node : model.graph().neurons()) {
            for (Map.Entry<String, HostTensor> parameter :
                    byNode.getOrDefault(node.name(), Map.of()).entrySet()) {
                any = true;
                TensorSummary summary = TensorSummary.of(parameter.getValue());
                table.row(List.of(
                        cut(node.name(), NAME_COLUMNS),
                        parameter.getKey(),
                        by(parameter),
                        number(summary.mean()),
                        number(summary.min()),
                        number(summary.max())));
            }
        }
        return any ? table.render() + "\n" : "";
    }

    private static String by(Map.Entry<String, HostTensor> parameter) {
        return switch (parameter.getKey()) {
            case "gains" -> "step";
            case "stepBias" -> "step, channel";
            default -> parameter.getValue().values().length == 1 ? "layer" : "channel";
        };
    }

    private static String tensors(Path file, String format) {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            StringBuilder text = new StringBuilder();
            if (!format.equals(ModelFiles.FORMAT) && !format.equals(CheckpointFiles.FORMAT)) {
                text.append("Safetensors file of another program\n\n")
                        .append(FactList.text(reader.header().metadata()))
                        .append('\n');
            }
            TextTable table = new TextTable(3, List.of("tensor", "type", "shape", "mean", "min", "max"));
            long elements = 0;
            for (TensorEntry entry : reader.header().entries().values()) {
                TensorSummary summary = TensorSummary.of(reader.read(entry));
                elements += entry.shape().elements();
                table.row(List.of(
                        cut(entry.name(), NAME_COLUMNS),
                        entry.type().name(),
                        extents(entry.shape()),
                        number(summary.mean()),
                        number(summary.min()),
                        number(summary.max())));
            }
            return text.append(table.render())
                    .append(reader.header().entries().size())
                    .append(" tensors, ")
                    .append(count(elements))
                    .append(" values, ")
                    .append(count(reader.size()))
                    .append(" bytes\n")
                    .toString();
        }
    }

    private static String cut(String text, int length) {
        return FileFault.printable(text, length);
    }

    private static String extents(Shape shape) {
        return cut(shape.toString().replaceAll("[\\[\\] ]", "").replace(',', 'x'), SHAPE_COLUMNS);
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String number(double value) {
        return Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5 || value == 0
                ? String.format(Locale.ROOT, "%.4f", value)
                : String.format(Locale.ROOT, "%.3e", value);
    }
}
