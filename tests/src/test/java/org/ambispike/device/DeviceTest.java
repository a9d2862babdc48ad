package org.ambispike.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.backend.GpuFacts;
import org.ambispike.backend.cuda.CudaProbe;
import org.ambispike.common.BackendException;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;
import org.ambispike.common.Version;
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
        assertThat(Gpu.findDriver(root, Map.of(), words -> NOTHING)).isEmpty();
        assertThat(gpu.missing()).isEqualTo(gpu.parts()).hasSize(6).allSatisfy(part -> {
            assertThat(part.purpose()).isNotBlank();
            assertThat(part.remedy()).isNotBlank();
        });
    }

    @Test
    void aCompleteMachineLacksNothing() throws Exception {
        Gpu gpu = complete();
        assertThat(gpu.missing()).isEmpty();
        assertThat(gpu.driver()).isEqualTo(DRIVER);
        assertThat(Gpu.findDriver(root, Map.of(), words -> NOTHING)).isEqualTo(DRIVER);
        assertThat(gpu.devices()).containsExactly("NVIDIA H200, 143771 MiB, 9.0");
        assertThat(gpu.parts())
                .extracting(part -> part.found().orElse(""))
                .contains(root.resolve("libraries/libcudnn.so.9").toString(), "/lib/libcuda.so.1");
    }

    /** As in WSL, where the kernel tells no version. */
    @Test
    void aDriverIsFoundByItsLibraryToo() throws Exception {
        Path library = Files.createFile(root.resolve("libcuda.so.1"));
        assertThat(Gpu.findDriver(root, Map.of("LD_LIBRARY_PATH", root.toString()), words -> NOTHING))
                .isEqualTo(Optional.of(library.toString()));
    }

    @Test
    void olderDriversNameThemselvesDifferently() throws Exception {
        Path proc = Files.createDirectories(root.resolve("proc/driver/nvidia"));
        Files.writeString(
                proc.resolve("version"),
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n");
        assertThat(bare().driver()).isEqualTo(Optional.of("535.104.05"));
    }

    private static final GpuFacts H200 = new GpuFacts("NVIDIA H200, driver for CUDA 13.0", Optional.empty());
    private static final GpuFacts NO_GPU =
            new GpuFacts("", Optional.of("the driver finds no NVIDIA GPU; in a container, start it with --gpus all"));
    private static final GpuFacts NO_CUDNN = new GpuFacts("", Optional.of("libcudnn.so.9 could not be loaded"));
    private static final Finding FINE = new Finding("pair neuron, forward", 0, 0, Optional.empty());
    private static final Finding WRONG = new Finding("convolution, forward", 0.3, 1e-4, Optional.empty());
    private static final Optional<String> DRIVER = Optional.of("580.82.07");

    /** For what a choice must not ask for. */
    private static <T> T untouched() {
        throw new AssertionError("this was not needed for the choice");
    }

    private static Device auto(Precision precision, Optional<String> driver, GpuFacts facts, GpuCheckResult proof) {
        return new DeviceChoice(() -> driver, facts::problem, asked -> proof, DeviceTest::untouched)
                .choose(Device.Request.AUTO, precision);
    }

    private static void assertOneLine(Device device) {
        assertThat(device.describe()).startsWith(device.kind().label() + " (").doesNotContain("\n");
    }

    @Test
    void autoTakesAGpuThatPassedItsSelfCheck() {
        Device now = auto(Precision.BF16, DRIVER, H200, new GpuCheckResult(List.of(FINE), false));
        assertThat(now.kind()).isEqualTo(Device.Kind.CUDA);
        assertThat(now.precision()).isEqualTo(Precision.BF16);
        assertThat(now.request()).isEqualTo(Device.Request.CUDA);
        assertThat(now.describe()).isEqualTo("cuda (its results are the CPU's, as a self-check found)");
        assertThat(auto(Precision.F32, DRIVER, H200, GpuCheckResult.keptPass()).describe())
                .isEqualTo("cuda (its results are the CPU's, as an earlier self-check found)");
    }

    @Test
    void autoLeavesAGpuThatDiffersAndSaysByHowMuch() {
        Device device = auto(Precision.TF32, DRIVER, H200, new GpuCheckResult(List.of(FINE, WRONG), false));
        assertThat(device.kind()).isEqualTo(Device.Kind.CPU);
        assertThat(device.request()).isEqualTo(Device.Request.CPU);
        assertThat(device.reason())
                .isEqualTo(
                        "no GPU is taken: of its self-check 'convolution, forward' differs by 3.0e-01, allowed 1.0e-04;"
                                + " run ambispike doctor --precision tf32");
        assertThatThrownBy(() -> device.open(1))
                .isInstanceOf(PrecisionException.class)
                .hasMessageContaining("tf32 is a mode of GPUs")
                .hasMessageContaining("convolution, forward");
    }

    @Test
    void autoLeavesAGpuThatFailsWithinItsSelfCheck() {
        for (Throwable thrown : List.of(
                new BackendException("spikes failed on the GPU:\n an illegal address"),
                new IllegalStateException(),
                new UnsatisfiedLinkError("no cudnnCreate"))) {
            GpuCheck check = new GpuCheck(root, () -> "a build", precision -> sneaky(thrown));
            Device device = new DeviceChoice(() -> DRIVER, H200::problem, check::proof, DeviceTest::untouched)
                    .choose(Device.Request.AUTO, Precision.F32);
            assertThat(device.kind()).isEqualTo(Device.Kind.CPU);
            assertThat(device.reason())
                    .startsWith("no GPU is taken: of its self-check 'opening the backends' failed: ")
                    .endsWith("; run ambispike doctor");
            assertOneLine(device);
            assertThat(root).isEmptyDirectory();
        }
    }

    private static Backend sneaky(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }

    @Test
    void autoWithoutADriverLoadsNothing() {
        Device device = new DeviceChoice(
                        Optional::empty, DeviceTest::untouched, precision -> untouched(), DeviceTest::untouched)
                .choose(Device.Request.AUTO, Precision.F32);
        assertThat(device).isEqualTo(new Device(Device.Kind.CPU, Precision.F32, "this machine has no NVIDIA driver"));
    }

    @Test
    void autoNamesWhatADriverAloneLacksAndChecksNothing() {
        for (GpuFacts facts : List.of(NO_GPU, NO_CUDNN)) {
            Device device = new DeviceChoice(
                            () -> DRIVER, facts::problem, precision -> untouched(), DeviceTest::untouched)
                    .choose(Device.Request.AUTO, Precision.F32);
            assertThat(device.kind()).isEqualTo(Device.Kind.CPU);
            assertThat(device.reason()).contains(facts.problem().orElseThrow()).endsWith("; see ambispike doctor");
            assertOneLine(device);
        }
    }

    @Test
    void autoKeepsInt8OnTheCpu() {
        Device device = new DeviceChoice(
                        DeviceTest::untouched, DeviceTest::untouched, precision -> untouched(), DeviceTest::untouched)
                .choose(Device.Request.AUTO, Precision.INT8);
        assertThat(device)
                .isEqualTo(new Device(
                        Device.Kind.CPU,
                        Precision.INT8,
                        "no self-check covers int8 on a GPU; --device cuda takes one"));
    }

    @Test
    void cudaIsTakenUncheckedOrAnErrorThatNamesWhatIsMissing() {
        assertThat(new DeviceChoice(
                                DeviceTest::untouched, H200::problem, precision -> untouched(), DeviceTest::untouched)
                        .choose(Device.Request.CUDA, Precision.TF32))
                .isEqualTo(new Device(Device.Kind.CUDA, Precision.TF32, "asked for"));
        DeviceChoice lacking =
                new DeviceChoice(DeviceTest::untouched, NO_CUDNN::problem, asked -> untouched(), this::bare);
        assertThatThrownBy(() -> lacking.choose(Device.Request.CUDA, Precision.F32))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("libcudnn.so.9 could not be loaded")
                .hasMessageContaining("this machine lacks NVIDIA driver, libcuda.so.1")
                .hasMessageContaining("--device cpu")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aBuildIsNamedByItsCommitUnlessThatHadChanges() {
        assertThat(GpuCheck.build(new Version("0.1.0", "0123456789"), "580.82.07", "fedc"))
                .isEqualTo("driver 580.82.07, ambispike 0.1.0, commit 0123456789, kernels fedc");
        assertThat(GpuCheck.build(new Version("0.1.0", "0123456789-dirty"), "580.82.07", "fedc"))
                .isEmpty();
    }

    @Test
    void theCpuThatIsAskedForIsTakenWithoutALook() {
        assertThat(new DeviceChoice(
                                DeviceTest::untouched,
                                DeviceTest::untouched,
                                precision -> untouched(),
                                DeviceTest::untouched)
                        .choose(Device.Request.CPU, Precision.F32))
                .isEqualTo(new Device(Device.Kind.CPU, Precision.F32, "asked for"));
    }

    /** Whatever this machine has: the probe itself must neither throw nor end the process. */
    @Test
    void lookingForCudaIsSafeAnywhere() {
        GpuFacts facts = CudaProbe.probe();
        assertThat(facts.problem().orElse("none")).isNotBlank().doesNotContain("\n");
        assertThat(facts.problem().isPresent() || !facts.description().isBlank())
                .isTrue();
    }
}
