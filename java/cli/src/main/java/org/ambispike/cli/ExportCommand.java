package org.ambispike.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.ambispike.io.SavedModel;
import org.ambispike.nir.NirExport;
import org.ambispike.nir.NirFiles;
import org.ambispike.onnx.OnnxExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a model in the form of another program. */
@Command(
        name = "export",
        abbreviateSynopsis = true,
        description = "Writes a model as a file for other programs.",
        footer = {
            "",
            "onnx: an ANN, as model.safetensors or one whose thresholds were trained; opset 17. Batch normalisation is",
            "folded into the layers before it, so that the file computes what the network does in inference.",
            "",
            "nir: a spiking network in the Neuromorphic Intermediate Representation. Each pair neuron becomes two",
            "integrate-and-fire neurons with scaled outputs. NIR has no initial potentials and resets to a value: a",
            "reader must start v at v_initial (metadata of each IF node), subtract v_threshold where a neuron fires,",
            "take steps of length 1 and average the output over them. One that does not computes another network.",
            "",
            "EXAMPLE",
            "  ambispike export runs/net4/model.safetensors --format onnx",
            "  ambispike export runs/net4/snn-T4.safetensors --format nir"
        })
final class ExportCommand extends CliCommand {
    /** What can be written; each by one line. */
    enum Format {
        ONNX(OnnxExport::write),
        NIR((target, model) -> NirFiles.write(target, NirExport.of(model)));

        private final BiConsumer<Path, SavedModel> writer;

        Format(BiConsumer<Path, SavedModel> writer) {
            this.writer = writer;
        }
    }

    @Mixin
    private ModelArgument model;

    @Option(names = "--format", paramLabel = "onnx|nir", required = true, description = "Of the file that is written.")
    private Format format;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The file that is written. Default: beside MODEL, with the format's ending.")
    private Optional<Path> out;

    @Override
    public Integer call() {
        Path target = out.orElseGet(() -> model.sibling(model.stem() + "." + Choice.label(format)));
        format.writer.accept(target, model.read().saved());
        out().println(target);
        return 0;
    }
}
