package org.ambispike.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.ambispike.io.SavedModel;
import org.ambispike.onnx.OnnxExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a model in the form of another program. */
@Command(
        name = "export",
        abbreviateSynopsis = true,
        description = "Writes a model as a file for other programs. onnx: an ANN, as model.safetensors or one whose "
                + "thresholds were trained, opset 17.",
        footer = {"", "EXAMPLE", "  ambispike export runs/net4/model.safetensors --format onnx"})
final class ExportCommand implements Callable<Integer> {
    /** What can be written; each by one line. */
    enum Format {
        ONNX(OnnxExport::write);

        private final BiConsumer<Path, SavedModel> writer;

        Format(BiConsumer<Path, SavedModel> writer) {
            this.writer = writer;
        }
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArgument model;

    @Option(names = "--format", paramLabel = "onnx", required = true, description = "Of the file that is written.")
    private Format format;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The file that is written. Default: beside MODEL, with the format's ending.")
    private Optional<Path> out;

    @Mixin
    private HelpOption help;

    @Override
    public Integer call() {
        Path target = out.orElseGet(() -> model.sibling(model.stem() + "." + Choice.label(format)));
        format.writer.accept(target, model.read());
        spec.commandLine().getOut().println(target);
        return 0;
    }
}
