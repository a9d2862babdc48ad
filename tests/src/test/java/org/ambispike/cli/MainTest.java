package org.ambispike.cli;

import static org.ambispike.cli.CommandLineRun.done;
import static org.ambispike.cli.CommandLineRun.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ambispike.backend.cuda.CudaProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a user sees of the command line as such: help, version, and what bad input leads to. */
class MainTest {
    @TempDir
    private Path folder;

    static Stream<String> commands() {
        return new CommandLine(new AmbispikeCommand()).getSubcommands().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithAnExample(String command) {
        String help = done(command + " --help").out();
        assertThat(help).contains("Usage: ambispike " + command, "EXAMPLE");
        List<String> examples = help.substring(help.indexOf("EXAMPLE"))
                .lines()
                .filter(line -> line.startsWith("  ambispike "))
                .map(line -> line.strip().split(" {2,}")[0])
                .toList();
        assertThat(examples).anyMatch(line -> (line + " ").startsWith("ambispike " + command + " "));
        examples.forEach(
                line -> // nothing runs, but options and values are parsed as they would be
                Main.commandLine().parseArgs(Stream.of(line.split(" ")).skip(1).toArray(String[]::new)));
    }

    @Test
    void helpListsEveryCommand() {
        assertThat(refused("")).contains("name a command");
        String help = done("--help").out();
        assertThat(commands()).isNotEmpty().allSatisfy(command -> assertThat(help)
                .containsPattern("(?m)^  " + command + " +\\S"));
    }

    @Test
    void versionNamesCommitAndNatives() {
        assertThat(done("--version").out())
                .containsPattern("ambispike \\d+\\.\\d+\\.\\d+\\S* \\(commit (unknown|[0-9a-f]{10}(-dirty)?)\\)")
                .containsPattern("natives: oneDNN \\d+\\.\\d+\\.\\d+, kernels (baseline|avx2|avx512)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "trian | unknown command 'trian'; did you mean train?",
                "doctor --foo | unknown option '--foo'",
                "reproduce | NET",
                "train net5 | 'net5' is none of net4",
                "train net4 --device gpu | 'gpu' is none of auto, cpu, cuda",
                "reproduce net4 --neuron lif | 'lif' is none of pair, single",
                "calibrate x --calibrate weights,leak | 'leak' is none of weights, biases, thresholds, potentials",
                "train net4 --threads x | 'x' is not an int",
                "reproduce net4 --threads 0 | --threads must be at least 1, at most 256; got 0",
                "train net4 --threads 257 | --threads must be at least 1, at most 256; got 257",
                "evaluate x --T 1025 | --T must be at least 1, at most 1024; got 1025",
                "reproduce net4 --step-gains 0.5 --plan | add --neuron memory",
                "reproduce net4 --step-gains 1 --plan | --step-gains must be at least 0 and below 1, got 1.0",
                "calibrate x --method forward --step-gains 0 | --step-gains is for --method bptt",
                "inspect x.onnx | x.onnx: there is no such file",
                "train net4 --epochs 0 | --epochs must be at least 1; got 0",
                "reproduce net4 --kappa 6.7,0 | --kappa",
                "evaluate x --T 1,0 | --T must be at least 1, at most 1024; got 0",
                "evaluate x --exit margin=0.5,entropy=1 | 'entropy=1' is no exit rule; write margin=X or confidence=X",
                "evaluate x --exit margin=2 | must be in (0, 1], got 2.0",
                "inspect /nowhere/model.safetensors | /nowhere/model.safetensors",
                "evaluate /nowhere/model.safetensors | /nowhere/model.safetensors",
                "report /nowhere | /nowhere/summary.json"
            })
    void badInputIsOneLineAndCodeTwo(String typed, String expected) {
        CommandLineRun run = CommandLineRun.typed(typed);
        assertThat(run.refusal()).contains(expected);
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"train net4", "reproduce net4"})
    void cudaIsRefusedWithTheReason(String command) {
        Optional<String> problem = CudaProbe.probe().problem();
        assumeTrue(problem.isPresent(), "this machine has a GPU");
        assertThat(refused(command + " --device cuda --out %", folder))
                .contains("--device cuda", problem.get(), "--device cpu");
    }

    @Test
    void aPlanIsShownAndNothingRun() {
        Path out = folder.resolve("planned");
        assertThat(done("reproduce vgg16 --profile full --plan --out %", out)
                        .out()
                        .lines())
                .anyMatch(line -> line.startsWith("calibrate-T8"));
        assertThat(out).doesNotExist();
    }

    @Test
    void thePlanOfAnOwnRecipeIsARecipe() throws IOException {
        Path mine = folder.resolve("mine.json");
        Files.writeString(
                mine, "{\"extends\": \"ambispike\", \"name\": \"mine\", \"calibration\": {\"fit\": {\"epochs\": 3}}}");
        String shown = done("reproduce net4 --plan --recipe %", mine).out();
        assertThat(shown).contains("recipe mine, SHA-256 ");
        Files.writeString(mine, shown.substring(shown.indexOf("{")));
        assertThat(done("reproduce net4 --plan --recipe %", mine).out()).isEqualTo(shown);
        Files.writeString(mine, "{\"extends\": \"ambispike\", \"name\": \"mine\", \"alpha\": 3}");
        assertThat(refused("train net4 --recipe %", mine)).contains(mine.toString(), "alpha must be in 0 to 1, got 3");
    }

    @Test
    void aDataFolderWithoutImagesIsNamed() {
        assertThat(refused("train net4 --quiet --data % --out %/out", folder, folder))
                .contains(folder.toString(), "train-images-idx3-ubyte");
        assertThat(folder.resolve("out").resolve("model.safetensors")).doesNotExist();
    }

    @Test
    void anOutputFolderThatIsAFileIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("taken"), "");
        assertThat(refused("train net4 --quiet --out %", file)).contains(file + " is a file where a folder is needed");
    }

    @Test
    void doctorShowsTheMachine() {
        assertThat(done("doctor").out())
                .contains("Machine", "CPU backend", "Data", "GPU", "Missing")
                .containsPattern("cores +" + Runtime.getRuntime().availableProcessors())
                .containsPattern("oneDNN +\\d+\\.\\d+\\.\\d+")
                .contains("--device auto");
    }

    @Test
    void doctorSaysHowToGetTheDataSet() {
        assertThat(done("doctor --data %", folder).out())
                .contains("Fashion-MNIST: ", "build-scripts/fetch-data.sh fashion-mnist");
    }
}
