package org.ambispike.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ambispike.common.InputException;
import org.ambispike.graph.Network;
import org.ambispike.io.FileFault;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.onnx.NodeReport;
import org.ambispike.onnx.OnnxImport;
import org.ambispike.paper.ModelNames;
import org.ambispike.report.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

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
            "  ambispike import network.onnx --normalisation 0.49,0.48,0.45/0.25,0.24,0.26",
            "  ambispike import network.onnx --plan",
            "  ambispike import network.onnx --check input.npy output.npy"
        })
final class ImportCommand extends CliCommand {
    /** What a model says of its images until it is trained on some. */
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

    @Option(
            names = "--input",
            paramLabel = "SIZE",
            description = "Size of an image in the file's order, as 3x224x224, for a file that leaves it open.")
    private String input = "";

    @Option(
            names = "--plan",
            description = "Show operations, shapes, parameters and multiply-accumulates; write nothing.")
    private boolean plan;

    @Option(
            names = "--check",
            arity = "2..*",
            paramLabel = "NPY",
            description =
                    "Arrays of an input and of each output, as NumPy saves them, in the file's order: compare, and "
                            + "fail with 1 where they differ. Without that nothing is written.")
    private List<Path> check = List.of();

    @Option(
            names = "--tolerance",
            paramLabel = "ERROR",
            description = "The largest relative error of an output that --check accepts. Default: ${DEFAULT-VALUE}.")
    private double tolerance = 1e-4;

    @Override
    public Integer call() {
        PrintWriter out = out();
        OnnxImport.Result result = OnnxImport.read(file, size());
        out.print(listing(result.nodes()));
        if (!result.refused().isEmpty()) {
            out.print("\nRefused, each for a reason of its own:\n");
            result.refused()
                    .forEach(node -> out.print(node.operation() + " '" + node.node() + "': " + node.note() + "\n"));
        }
        Network network = result.require();
        if (plan) {
            out.print("\n" + Inspect.nodes(network.graph()));
            return 0;
        }
        SavedModel model = new SavedModel(network, info(result, network));
        if (!check.isEmpty() && !ImportCheck.passes(out, result, model, check, tolerance)) {
            return 1;
        }
        Path target = this.out.orElseGet(() -> Path.of("runs", stem())).resolve(ModelNames.ANN);
        ModelFiles.write(target, model);
        out.println(target);
        return 0;
    }

    private List<Integer> size() {
        if (input.isEmpty()) {
            return List.of();
        }
        try {
            return Arrays.stream(input.split("x")).map(Integer::valueOf).toList();
        } catch (NumberFormatException e) {
            throw new ParameterException(
                    spec.commandLine(), "--input: expected extents as 3x224x224, got '" + input + "'", e);
        }
    }

    private ModelInfo info(OnnxImport.Result result, Network network) {
        return new ModelInfo(
                result.name(),
                ModelInfo.UNKNOWN,
                Values.normalisation(
                        spec,
                        "--normalisation",
                        normalisation,
                        network.graph().inputShape().extent(-1)),
                classNames(network.graph().classes()),
                List.of(),
                result.provenance());
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
            List<String> names = Files.readString(classes.get())
                    .replaceFirst("^\uFEFF", "") // a byte-order mark, as some editors write it
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
            if (names.size() != expected) {
                throw new InputException(classes.get() + ": " + names.size() + " names, expected one for each of the "
                        + expected + " classes");
            }
            Set<String> once = new HashSet<>();
            names.stream().filter(name -> !once.add(name)).findFirst().ifPresent(name -> {
                throw FileFault.of(classes.get(), "the name " + FileFault.quoted(name) + " is there twice");
            });
            return names;
        } catch (NoSuchFileException e) {
            throw new InputException(classes.get() + ": there is no such file", e);
        } catch (IOException e) {
            throw FileFault.of(classes.get(), "cannot be read as text in UTF-8", e);
        }
    }
}
