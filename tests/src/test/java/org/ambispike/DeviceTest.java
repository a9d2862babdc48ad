package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.ambispike.backend.cuda.CudaFacts;
import org.ambispike.backend.cuda.CudaProbe;
import org.ambispike.error.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found of a GPU, and which device a request leads to. */
class DeviceTest {
    private static final List<String> NOTHING = List.of();

    @TempDir
    private Path root;

    /** A machine whose commands print what the map says, keyed by all of their words. */
    private Gpu probe(Map<String, String> environment, Map<String, String> printed) {
        return Gpu.probe(root, environment, words -> printed.entrySet().stream()
                .filter(entry -> String.join(" ", words).startsWith(entry.getKey()))
                .findFirst()
                .map(entry -> Arrays.asList(entry.getValue().split("\n")))
                .orElse(NOTHING));
    }

    private Gpu bare() {
        return probe(Map.of(), Map.of());
    }

    private Gpu complete() throws Exception {
        Path proc = Files.createDirectories(root.resolve("proc/driver/nvidia"));
        Files.writeString(
                proc.resolve("version"),
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.82.07  Release Build\nGCC version: 12\n");
        Path libraries = Files.createDirectories(root.resolve("libraries"));
        Files.createFile(libraries.resolve("libcudnn.so.9"));
        return probe(
                Map.of("LD_LIBRARY_PATH", "/none:" + libraries),
                Map.of(
                        "nvidia-smi", "NVIDIA H200, 143771 MiB, 9.0",
                        "ldconfig -p",
                                "3 libs found\n\tlibcuda.so.1 (libc6,x86-64) => /lib/libcuda.so.1\n"
                                        + "\tlibcudart.so.13 (libc6,x86-64) => /lib/libcudart.so.13\n"
                                        + "\tlibcublas.so.13 (libc6,x86-64) => /lib/libcublas.so.13",
                        "nvcc --version", "nvcc: NVIDIA (R)\nCuda compilation tools, release 13.0, V13.0.88"));
    }

    @Test
    void aBareMachineLacksAllPartsAndIsToldHowToGetThem() {
        Gpu gpu = bare();
        assertThat(gpu.hasDevice()).isFalse();
        assertThat(gpu.missing()).isEqualTo(gpu.parts()).hasSize(6).allSatisfy(part -> {
            assertThat(part.purpose()).isNotBlank();
            assertThat(part.remedy()).isNotBlank();
        });
    }

    @Test
    void aCompleteMachineLacksNothing() throws Exception {
        Gpu gpu = complete();
        assertThat(gpu.missing()).isEmpty();
        assertThat(gpu.driver()).isEqualTo(Optional.of("580.82.07"));
        assertThat(gpu.devices()).containsExactly("NVIDIA H200, 143771 MiB, 9.0");
        assertThat(gpu.parts())
                .extracting(part -> part.found().orElse(""))
                .contains(root.resolve("libraries/libcudnn.so.9").toString(), "/lib/libcuda.so.1");
    }

    @Test
    void olderDriversNameThemselvesDifferently() throws Exception {
        Path proc = Files.createDirectories(root.resolve("proc/driver/nvidia"));
        Files.writeString(
                proc.resolve("version"),
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n");
        assertThat(bare().driver()).isEqualTo(Optional.of("535.104.05"));
    }

    private static final CudaFacts H200 = new CudaFacts("NVIDIA H200, driver for CUDA 13.0", Optional.empty());
    private static final CudaFacts NO_CUDNN = new CudaFacts("", Optional.of("libcudnn.so.9 could not be loaded"));

    @Test
    void autoLeavesAGpuThatNobodyMeasuredAndLoadsNothing() throws Exception {
        Supplier<CudaFacts> untouched = () -> {
            throw new AssertionError("looked for CUDA");
        };
        assertThat(Device.choose(Device.Request.AUTO, complete(), untouched))
                .isEqualTo(new Device(
                        Device.Kind.CPU,
                        "the GPU (NVIDIA H200, 143771 MiB, 9.0) is taken where --device cuda asks for it, until its"
                                + " backend has been measured on one"));
        assertThat(Device.choose(Device.Request.AUTO, bare(), untouched))
                .isEqualTo(new Device(Device.Kind.CPU, "this machine has no NVIDIA GPU with a driver"));
    }

    @Test
    void cudaIsTakenOrAnErrorThatNamesWhatIsMissing() throws Exception {
        assertThat(Device.choose(Device.Request.CUDA, complete(), () -> H200).kind())
                .isEqualTo(Device.Kind.CUDA);
        assertThatThrownBy(() -> Device.choose(Device.Request.CUDA, probe(Map.of(), Map.of()), () -> NO_CUDNN))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("libcudnn.so.9 could not be loaded")
                .hasMessageContaining("--device cpu")
                .hasMessageNotContaining("\n");
    }

    /** Whatever this machine has: the probe itself must neither throw nor end the process. */
    @Test
    void lookingForCudaIsSafeAnywhere() {
        CudaFacts facts = CudaProbe.probe();
        assertThat(facts.problem().orElse("none")).isNotBlank().doesNotContain("\n");
        assertThat(facts.problem().isPresent() || !facts.description().isBlank())
                .isTrue();
    }
}
