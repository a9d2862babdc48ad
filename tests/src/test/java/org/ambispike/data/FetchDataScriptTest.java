package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.ambispike.support.RealData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the script with a PATH whose curl and apt-get are stand-ins, and once with the real ones. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FetchDataScriptTest {
    private static final List<String> TOOLS =
            List.of("bash cat gzip head sha256sum cut mkdir mktemp dirname rm mv cp id tar".split(" "));

    @TempDir
    Path folder;

    private Path tools;
    private Path target;

    private record Outcome(int status, List<String> lines) {}

    @BeforeEach
    void makeTools() throws IOException {
        tools = Files.createDirectory(folder.resolve("tools"));
        for (String tool : TOOLS) {
            Files.createSymbolicLink(tools.resolve(tool), onPath(tool));
        }
        target = folder.resolve("cache/fashion-mnist");
    }

    @Test
    void installsWhatTheSiteGivesAndAsksNoMoreOnceItIsThere() throws Exception {
        curlServesTheRealFiles();
        Outcome first = run("fashion-mnist", target.toString());
        assertThat(first.status()).as("%s", first.lines()).isZero();
        assertThat(first.lines()).contains(target.toString());
        assertThat(FashionMnist.missingFiles(target, EnumSet.allOf(Split.class)))
                .isEmpty();

        tool("curl", "exit 6");
        Outcome second = run("fashion-mnist", target.toString());
        assertThat(second.status()).isZero();
        assertThat(second.lines()).contains("fetch-data: Fashion-MNIST is in place");
        leavesNothingElse();
    }

    @Test
    void mendsADamagedFile() throws Exception {
        Files.createDirectories(target);
        Files.write(target.resolve("t10k-labels-idx1-ubyte.gz"), new byte[] {1, 2, 3});
        curlServesTheRealFiles();
        assertThat(run("fashion-mnist", target.toString()).status()).isZero();
        assertThat(FashionMnist.load(Split.TEST, target).size()).isEqualTo(10_000);
        leavesNothingElse();
    }

    @Test
    void twoAtOnceBothSucceed() throws Exception {
        curlServesTheRealFiles();
        Process one = start("fashion-mnist", target.toString());
        Process two = start("fashion-mnist", target.toString());
        assertThat(finish(one).status()).isZero();
        assertThat(finish(two).status()).isZero();
        assertThat(FashionMnist.load(Split.TRAIN, target).size()).isEqualTo(60_000);
        leavesNothingElse();
    }

    @Test
    void refusesContentWithAnotherChecksum() throws Exception {
        tool("curl", "echo bogus | gzip >\"$output\"");
        Outcome outcome = run("fashion-mnist", target.toString());
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.lines()).anyMatch(line -> line.endsWith("has the wrong SHA-256, not used"));
        assertThat(target).doesNotExist();
        leavesNothingElse();
    }

    @Test
    void readsPackageListsOfItsOwnWhereTheSystemHasNone() throws Exception {
        tool("curl", "exit 6");
        tool("apt-get", "echo \"$*\" >>" + folder.resolve("calls") + "; [[ $* == *' update' ]]");
        Files.createSymbolicLink(tools.resolve("dpkg"), onPath("true"));
        Outcome outcome = run("fashion-mnist", target.toString());
        assertThat(outcome.status()).isEqualTo(1);
        List<String> calls = Files.readAllLines(folder.resolve("calls"));
        assertThat(calls).hasSize(3);
        assertThat(calls.get(0)).endsWith("download dataset-fashion-mnist").doesNotContain("Dir::State::Lists");
        assertThat(calls.get(1)).endsWith("update").contains("Dir::State::Lists=" + folder);
        assertThat(calls.get(2)).endsWith("download dataset-fashion-mnist").contains("Dir::State::Lists=" + folder);
    }

    @Test
    void saysInOneLineThatNothingWorked() throws Exception {
        Outcome outcome = run("fashion-mnist", target.toString());
        assertThat(outcome.status()).isEqualTo(1);
        String last = outcome.lines().get(outcome.lines().size() - 1);
        assertThat(last).startsWith("fetch-data: could not get Fashion-MNIST").endsWith(" into " + target);
        leavesNothingElse();
    }

    @Test
    void explainsItsUsage() throws Exception {
        for (String[] arguments : new String[][] {{}, {"mnist"}, {"fashion-mnist", "a", "b"}}) {
            Outcome outcome = run(arguments);
            assertThat(outcome.status()).isEqualTo(2);
            assertThat(outcome.lines())
                    .containsExactly("fetch-data: usage: fetch-data.sh fashion-mnist|cifar-10 [DEST]");
        }
        Path file = Files.createFile(folder.resolve("file"));
        Outcome outcome = run("fashion-mnist", file.resolve("under").toString());
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.lines()).singleElement().asString().startsWith("fetch-data: cannot write to " + file);
    }

    @Test
    void refusesAnArchiveThatIsNotThePublishedOne() throws Exception {
        target = folder.resolve("cache/cifar-10-batches-bin");
        tool("curl", "echo bogus | gzip >\"$output\"");
        Outcome outcome = run("cifar-10", target.toString());
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.lines())
                .contains("fetch-data: the archive has the wrong SHA-256, not used")
                .last()
                .asString()
                .startsWith("fetch-data: could not get CIFAR-10 from the web; put data_batch_1.bin ")
                .endsWith(" into " + target);
        assertThat(target).doesNotExist();
        leavesNothingElse();
    }

    @Test
    void fetchesTheRealFiles() throws Exception {
        ProcessBuilder builder = builder("fashion-mnist", target.toString());
        builder.environment().put("PATH", System.getenv("PATH"));
        Outcome outcome = finish(builder.start());
        if (outcome.status() != 0) {
            RealData.unavailable(outcome.lines().get(outcome.lines().size() - 1));
        }
        assertThat(FashionMnist.load(Split.TRAIN, target).size()).isEqualTo(60_000);
        assertThat(FashionMnist.load(Split.TEST, target).size()).isEqualTo(10_000);
        leavesNothingElse();
    }

    private void curlServesTheRealFiles() throws IOException {
        Path stock = RealData.fashionMnistFolder();
        if (!Files.isRegularFile(stock.resolve("train-images-idx3-ubyte.gz"))) {
            RealData.unavailable(stock + " holds the files inflated, the script's stand-in needs them as .gz");
        }
        tool("curl", "cp '" + stock + "'/\"${url##*/}\" \"$output\"");
    }

    private void leavesNothingElse() throws IOException {
        if (Files.isDirectory(target.getParent())) {
            try (Stream<Path> entries = Files.list(target.getParent())) {
                assertThat(entries.filter(entry -> !entry.equals(target))).isEmpty();
            }
        }
    }

    /** A stand-in; curl's sees where to write as $output and what to get as $url. */
    private void tool(String name, String commands) throws IOException {
        String script = "#!" + tools.resolve("bash") + "\nurl=${*: -1}\nprevious=\nfor argument; do\n"
                + "  [[ $previous == --output ]] && output=$argument\n  previous=$argument\ndone\n" + commands + "\n";
        Path file = Files.writeString(tools.resolve(name), script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static Path onPath(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(entry -> Path.of(entry).resolve(tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(tool + " is not on the PATH"));
    }

    private ProcessBuilder builder(String... arguments) {
        Path script = RealData.checkout().resolve("build-scripts/fetch-data.sh");
        ProcessBuilder builder = new ProcessBuilder();
        builder.command().add(tools.resolve("bash").toString());
        builder.command().add(script.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().put("PATH", tools.toString());
        return builder.redirectErrorStream(true);
    }

    private Process start(String... arguments) throws IOException {
        return builder(arguments).start();
    }

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        return finish(start(arguments));
    }

    private static Outcome finish(Process process) throws IOException, InterruptedException {
        try (var reader = process.inputReader()) {
            List<String> lines = reader.lines().toList();
            return new Outcome(process.waitFor(), lines);
        }
    }
}
