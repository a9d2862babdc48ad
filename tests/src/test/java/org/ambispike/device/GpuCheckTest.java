package org.ambispike.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Precision;
import org.ambispike.graph.NeuronModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a self-check is kept, and for whom; the CPU stands for the GPU. */
class GpuCheckTest {
    private static final int ITEMS = 2 * NeuronModel.values().length;

    @TempDir
    private Path folder;

    private final List<Backend> opened = new ArrayList<>();

    private Backend open(Precision precision) {
        Backend backend = CpuBackend.open(precision, 1);
        opened.add(backend);
        return backend;
    }

    private GpuCheck check(String build) {
        return new GpuCheck(folder, () -> build, this::open);
    }

    private GpuCheck wrong() {
        return new GpuCheck(folder, () -> "a build", precision -> Spoil.backward(NeuronModel.PAIR)
                .on(open(precision)));
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    /** Nothing is left on a device, and its backend is closed. */
    @AfterEach
    void everyBackendWasClosed() {
        assertThat(opened).isNotEmpty().allSatisfy(backend -> {
            assertThat(backend.memory().liveBytes()).isZero();
            assertThat(catchThrowable(() -> backend.memory().allocate("late", 4)))
                    .isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    void aPassIsKeptAndCostsOnce() throws Exception {
        GpuCheckResult first = check("a build").proof(Precision.F32);
        assertThat(first.kept()).isFalse();
        assertThat(first.failure()).isEmpty();
        assertThat(first.findings()).hasSize(ITEMS);
        assertThat(files()).hasSize(1);
        assertThat(Files.readAllLines(files().get(0)))
                .hasSize(ITEMS + 3)
                .startsWith("ambispike self-check 1")
                .contains("pair neurons, forward: differs by 0, allowed 1.0e-04");
        GpuCheckResult second = check("a build").proof(Precision.F32);
        assertThat(second).isEqualTo(GpuCheckResult.keptPass());
        assertThat(second.failure()).isEmpty();
    }

    @Test
    void anotherBuildHasAProofOfItsOwn() throws Exception {
        check("a build").proof(Precision.F32);
        assertThat(check("another build").proof(Precision.F32).kept()).isFalse();
        assertThat(files()).hasSize(2);
    }

    @Test
    void whatCannotBeNamedIsNotKept() throws Exception {
        assertThat(check("").proof(Precision.F32).failure()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void aFailureIsNotKept() throws Exception {
        GpuCheckResult proof = wrong().proof(Precision.F32);
        assertThat(proof.failure().orElseThrow().item()).isEqualTo("pair neurons, backward");
        assertThat(proof.findings()).as("up to the failure").hasSize(2);
        assertThat(files()).isEmpty();
        assertThat(check("a build").proof(Precision.F32).kept()).isFalse();
    }

    @Test
    void whoLooksCloserSeesAllFindingsAndBelievesNoEarlierPass() {
        check("a build").proof(Precision.F32);
        GpuCheckResult anew = wrong().anew(Precision.F32);
        assertThat(anew.kept()).isFalse();
        assertThat(anew.findings()).hasSize(ITEMS);
        assertThat(anew.findings().stream().filter(Finding::passed)).hasSize(ITEMS - 1);
    }

    @Test
    void aDamagedFileIsLeftAsideAndWrittenAnew() throws Exception {
        check("a build").proof(Precision.F32);
        Path file = files().get(0);
        String text = Files.readString(file);
        for (String damaged : List.of("", text.substring(0, text.length() / 2), text.replace("allowed", "forbade"))) {
            Files.writeString(file, damaged);
            assertThat(check("a build").proof(Precision.F32).kept()).isFalse();
            assertThat(Files.readString(file)).isEqualTo(text);
        }
    }

    @Test
    void aFolderThatCannotBeWrittenCostsNoMoreThanTheFile() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        GpuCheck check = new GpuCheck(file, () -> "a build", this::open);
        assertThat(check.proof(Precision.F32).failure()).isEmpty();
        assertThat(check.proof(Precision.F32).kept()).isFalse();
    }
}
