package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.ambispike.backend.cuda.CudaProbe;
import org.ambispike.device.Gpu;
import org.ambispike.io.ModelFiles;
import org.ambispike.support.ChildJvm;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands in processes of their own where there is no driver, and where its library has none of its functions. */
@Timeout(180)
class NoDriverTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void thereIsNoGpu() {
        Optional<String> problem = CudaProbe.probe().problem();
        assumeTrue(problem.isPresent() && Gpu.findDriver().isEmpty(), "this machine has a driver");
    }

    private CommandLineRun run(boolean stub, String... words) throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(ChildJvm.command(Main.class, List.of(), List.of(words)))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        if (stub) {
            builder.environment().put("LD_LIBRARY_PATH", stub().toString());
        }
        Process process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new CommandLineRun(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** The folder of a library of the driver's name that has nothing in it. */
    private Path stub() throws Exception {
        Path libraries = Files.createDirectories(folder.resolve("stub"));
        Path source = Files.writeString(folder.resolve("empty.cpp"), "");
        String compiler = Optional.ofNullable(System.getenv("CXX")).orElse("g++");
        Process process = new ProcessBuilder(
                        compiler,
                        "-shared",
                        "-fPIC",
                        "-Wl,-soname,libcuda.so.1",
                        source.toString(),
                        "-o",
                        libraries.resolve("libcuda.so.1").toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        return libraries;
    }

    private String[] latency(String device) {
        Path model = folder.resolve("snn.safetensors");
        ModelFiles.write(model, SmallNetworks.random(3));
        String options = " --no-data --T 1 --batch 1 --repeats 1 --seconds 0.01 --threads 1 --device ";
        return ("bench latency " + model + options + device).split(" ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cudaIsRefusedInOneLine(boolean stub) throws Exception {
        CommandLineRun ended = run(stub, latency("cuda"));
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().lines()).hasSize(1);
        assertThat(ended.err()).startsWith("ambispike: --device cuda: ").contains("--device cpu");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void autoTakesTheCpuAndSaysWhyInOneLine(boolean stub) throws Exception {
        CommandLineRun ended = run(stub, latency("auto"));
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err().lines().filter(line -> line.startsWith("cpu: ")))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .containsPattern(
                                stub ? "\\(no GPU is taken: .*\\)$" : "\\(this machine has no NVIDIA driver\\)$"));
        assertThat(ended.err()).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(folder.resolve("cache")).doesNotExist();
    }

    @Test
    void doctorShowsThePartThatIsThere() throws Exception {
        CommandLineRun ended = run(true, "doctor");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .containsPattern("libcuda\\.so\\.1 +" + folder)
                .containsPattern("--device auto +cpu \\(no GPU is taken: ")
                .doesNotContain("Self-check");
    }
}
