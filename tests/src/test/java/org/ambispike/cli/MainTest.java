package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.ambispike.backend.cuda.CudaProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
        CommandLineRun run = CommandLineRun.of(command, "--help");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("Usage: ambispike " + command).contains("EXAMPLE");
        assertThat(run.out().substring(run.out().indexOf("EXAMPLE")))
                .containsPattern("(?m)^  ambispike " + command + "( |$)");
    }

    /** Nothing runs: --help ends it, but options and values are parsed as they would be. */
    @ParameterizedTest
    @MethodSource("commands")
    void examplesParse(String command) {
        String help = CommandLineRun.of(command, "--help").out();
        help.lines()
                .dropWhile(line -> !line.equals("EXAMPLE"))
                .filter(line -> line.startsWith("  ambispike "))
                .map(line -> line.strip().split(" {2,}")[0].split(" "))
                .forEach(words -> {
                    CommandLine line = Main.commandLine();
                    line.parseArgs(Stream.of(words).skip(1).toArray(String[]::new));
                });
    }

    @Test
    void helpListsEveryCommand() {
        CommandLineRun run = CommandLineRun.of("--help");
        assertThat(run.code()).isZero();
        assertThat(commands()).isNotEmpty().allSatisfy(command -> assertThat(run.out())
                .containsPattern("(?m)^  " + command + " +\\S"));
    }

    @Test
    void versionNamesCommitAndNatives() {
        CommandLineRun run = CommandLineRun.of("--version");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .containsPattern("ambispike \\d+\\.\\d+\\.\\d+\\S* \\(commit (unknown|[0-9a-f]{10}(-dirty)?)\\)")
                .containsPattern("natives: oneDNN \\d+\\.\\d+\\.\\d+, kernels (baseline|avx2|avx512)");
    }

    static Stream<Arguments> badInput() {
        return Stream.of(
                Arguments.of("name a command", new String[] {}),
                Arguments.of("unknown command 'trian'; did you mean train?", new String[] {"trian"}),
                Arguments.of("unknown option '--foo'", new String[] {"doctor", "--foo"}),
                Arguments.of("NET", new String[] {"reproduce"}),
                Arguments.of("'net5' is none of net4", new String[] {"train", "net5"}),
                Arguments.of("'gpu' is none of auto, cpu, cuda", new String[] {"train", "net4", "--device", "gpu"}),
                Arguments.of("'lif' is none of pair, single", new String[] {"reproduce", "net4", "--neuron", "lif"}),
                Arguments.of(
                        "'leak' is none of weights, biases, thresholds, potentials",
                        new String[] {"calibrate", "x", "--calibrate", "weights,leak"}),
                Arguments.of("'x' is not an int", new String[] {"train", "net4", "--threads", "x"}),
                Arguments.of(
                        "--threads must be at least 1, at most 256; got 0",
                        new String[] {"reproduce", "net4", "--threads", "0"}),
                Arguments.of(
                        "--threads must be at least 1, at most 256; got 257",
                        new String[] {"train", "net4", "--threads", "257"}),
                Arguments.of(
                        "--T must be at least 1, at most 1024; got 1025",
                        new String[] {"evaluate", "x", "--T", "1025"}),
                Arguments.of(
                        "add --neuron memory", new String[] {"reproduce", "net4", "--step-gains", "0.5", "--plan"}),
                Arguments.of(
                        "--step-gains must be at least 0 and below 1, got 1.0",
                        new String[] {"reproduce", "net4", "--step-gains", "1", "--plan"}),
                Arguments.of(
                        "--step-gains is for --method bptt",
                        new String[] {"calibrate", "x", "--method", "forward", "--step-gains", "0"}),
                Arguments.of("x.onnx: there is no such file", new String[] {"inspect", "x.onnx"}),
                Arguments.of("--epochs must be at least 1; got 0", new String[] {"train", "net4", "--epochs", "0"}),
                Arguments.of("--kappa", new String[] {"reproduce", "net4", "--kappa", "6.7,0"}),
                Arguments.of(
                        "--T must be at least 1, at most 1024; got 0", new String[] {"evaluate", "x", "--T", "1,0"}),
                Arguments.of(
                        "'entropy=1' is no exit rule; write margin=X or confidence=X",
                        new String[] {"evaluate", "x", "--exit", "margin=0.5,entropy=1"}),
                Arguments.of("must be in (0, 1], got 2.0", new String[] {"evaluate", "x", "--exit", "margin=2"}),
                Arguments.of("/nowhere/model.safetensors", new String[] {"inspect", "/nowhere/model.safetensors"}),
                Arguments.of("/nowhere/model.safetensors", new String[] {"evaluate", "/nowhere/model.safetensors"}),
                Arguments.of("/nowhere/summary.json", new String[] {"report", "/nowhere"}));
    }

    @ParameterizedTest
    @MethodSource("badInput")
    void badInputIsOneLineAndCodeTwo(String expected, String[] arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).startsWith("ambispike: ").contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"train net4", "reproduce net4"})
    void cudaIsRefusedWithTheReason(String command) {
        Optional<String> problem = CudaProbe.probe().problem();
        assumeTrue(problem.isPresent(), "this machine has a GPU");
        String[] words = (command + " --device cuda --out " + folder).split(" ");
        CommandLineRun run = CommandLineRun.of(words);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains("--device cuda").contains(problem.get()).contains("--device cpu");
    }

    @Test
    void aPlanIsShownAndNothingRun() {
        Path out = folder.resolve("planned");
        CommandLineRun run =
                CommandLineRun.of("reproduce", "vgg16", "--profile", "full", "--plan", "--out", out.toString());
        assertThat(run.code()).isZero();
        assertThat(run.out().lines()).anyMatch(line -> line.startsWith("calibrate-T8"));
        assertThat(out).doesNotExist();
    }

    @Test
    void thePlanOfAnOwnRecipeIsARecipe() throws IOException {
        Path mine = folder.resolve("mine.json");
        Files.writeString(
                mine, "{\"extends\": \"ambispike\", \"name\": \"mine\", \"calibration\": {\"fit\": {\"epochs\": 3}}}");
        CommandLineRun run = CommandLineRun.of("reproduce", "net4", "--plan", "--recipe", mine.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("recipe mine, SHA-256 ");
        Files.writeString(mine, run.out().substring(run.out().indexOf("{")));
        CommandLineRun same = CommandLineRun.of("reproduce", "net4", "--plan", "--recipe", mine.toString());
        assertThat(same.out()).isEqualTo(run.out());
        Files.writeString(mine, "{\"extends\": \"ambispike\", \"name\": \"mine\", \"alpha\": 3}");
        CommandLineRun faulty = CommandLineRun.of("train", "net4", "--recipe", mine.toString());
        assertThat(faulty.code()).isEqualTo(2);
        assertThat(faulty.err()).contains(mine.toString(), "alpha must be in 0 to 1, got 3");
    }

    @Test
    void aDataFolderWithoutImagesIsNamed() {
        CommandLineRun run = CommandLineRun.typed("train net4 --quiet --data % --out %", folder, folder.resolve("out"));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(folder.toString()).contains("train-images-idx3-ubyte");
        assertThat(folder.resolve("out").resolve("model.safetensors")).doesNotExist();
    }

    @Test
    void anOutputFolderThatIsAFileIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("taken"), "");
        CommandLineRun run = CommandLineRun.of("train", "net4", "--quiet", "--out", file.toString());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(file + " is a file where a folder is needed");
    }

    @Test
    void doctorShowsTheMachine() {
        CommandLineRun run = CommandLineRun.of("doctor");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("Machine", "CPU backend", "Data", "GPU", "Missing")
                .containsPattern("cores +" + Runtime.getRuntime().availableProcessors())
                .containsPattern("oneDNN +\\d+\\.\\d+\\.\\d+")
                .contains("--device auto");
    }

    @Test
    void doctorSaysHowToGetTheDataSet() {
        CommandLineRun run = CommandLineRun.of("doctor", "--data", folder.toString());
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("Fashion-MNIST: ").contains("build-scripts/fetch-data.sh fashion-mnist");
    }
}
