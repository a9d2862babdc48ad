package org.ambispike.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.ambispike.common.InputException;
import org.ambispike.graph.Network;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.onnx.NodeReport;
import org.ambispike.onnx.OnnxImport;
import org.ambispike.paper.ModelNames;
import org.ambispike.report.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings in a network that was trained elsewhere. */
@Command(
        name = "import",
        abbreviateSynopsis = true,
        description = "Reads a trained network from an ONNX file and lists what became of each of its nodes; writes "
                + "model.safetensors. Then come optimize or convert --quantile, and calibrate, with --data.",
        footer = {
            "",
            "EXAMPLE",
            "  ambispike import network.onnx --normalisation 0.286/0.353 --classes names.txt --out runs/mine",
            "  ambispike import network.onnx --normalisation 0.49,0.48,0.45/0.25,0.24,0.26"
        })
final class ImportCommand implements Callable<Integer> {
    /** What a model says of its images until it is trained on some. */
    private static final String UNKNOWN = "not known";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "ONNX file of opset 9 to 24, with one input.")
    private Path file;

    @Option(
            names = "--normalisation",
            paramLabel = "MEAN/DEVIATION",
            description = "How pixels in [0, 1] become the network's input, each a number or one for each channel, "
                    + "as 0.49,0.48,0.45/0.25,0.24,0.26. Default: 0/1.")
    private String normalisation = "0/1";

    @Option(names = "--classes", paramLabel = "NAMES", description = "Text file with the name of a class in each line.")
    private Optional<Path> classes;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder for model.safetensors. Default: runs/ and the file's name.")
    private Optional<Path> out;

    @Mixin
    private HelpOption help;

    @Override
    public Integer call() {
        OnnxImport.Result result = OnnxImport.read(file);
        spec.commandLine().getOut().print(listing(result.nodes()));
        Network network = result.require();
        ModelInfo info = new ModelInfo(
                result.name(),
                UNKNOWN,
                Values.normalisation(
                        spec,
                        "--normalisation",
                        normalisation,
                        network.graph().inputShape().extent(-1)),
                classNames(network.graph().classes()),
                List.of(),
                result.provenance());
        Path target = out.orElseGet(() -> Path.of("runs", stem())).resolve(ModelNames.ANN);
        ModelFiles.write(target, new SavedModel(network, info));
        spec.commandLine().getOut().println(target);
        return 0;
    }

    private static String listing(List<NodeReport> nodes) {
        TextTable table = new TextTable(4, List.of("node", "operation", "", "what became of it"));
        nodes.forEach(node ->
                table.row(List.of(node.node(), node.operation(), node.outcome().label(), node.note())));
        return table.render();
    }

    private String stem() {
        return file.getFileName().toString().replaceFirst("\\.onnx$", "");
    }

    private List<String> classNames(int expected) {
        if (classes.isEmpty()) {
            return List.of();
        }
        try {
            List<String> names = Files.readAllLines(classes.get()).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
            if (names.size() != expected) {
                throw new InputException(classes.get() + ": " + names.size() + " names, expected one for each of the "
                        + expected + " classes");
            }
            return names;
        } catch (IOException e) {
            throw new InputException(classes.get() + ": cannot be read as text in UTF-8", e);
        }
    }
}
