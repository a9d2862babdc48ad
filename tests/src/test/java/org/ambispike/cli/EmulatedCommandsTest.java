package org.ambispike.cli;

import static org.ambispike.cli.CommandLineRun.done;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.ambispike.backend.Backend;
import org.ambispike.backend.DeviceBuffer;
import org.ambispike.backend.cuda.CudaBackend;
import org.ambispike.backend.cuda.CudaOptions;
import org.ambispike.common.Precision;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelFiles;
import org.ambispike.support.SmallNetworks;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands with {@code --device cuda}, on a device that the host emulates, against the same on the CPU. */
@Tag("emulated")
class EmulatedCommandsTest {
    private static final int IMAGES = 400;
    /** Bytes of the largest allocation, that of cuBLAS. */
    private static final long WORKSPACE = 32 << 20;

    @TempDir
    private Path folder;

    private Path ann;
    private Path snn;
    private Path images;

    @BeforeEach
    void write() throws IOException {
        ann = folder.resolve("ann.safetensors");
        snn = folder.resolve("snn.safetensors");
        images = folder.resolve("images.safetensors");
        ModelFiles.write(ann, SmallNetworks.clippedAnn(1));
        ModelFiles.write(snn, SmallNetworks.random(1));
        Files.write(images, imageFile());
    }

    /** Images of which one of four quarters is brighter; its number is the class. */
    private static byte[] imageFile() {
        int size = Math.toIntExact(SmallNetworks.IMAGE.elements());
        Random random = new Random(1);
        ByteBuffer pixels = ByteBuffer.allocate(IMAGES * size);
        ByteBuffer labels = ByteBuffer.allocate(IMAGES);
        for (int image = 0; image < IMAGES; image++) {
            int label = random.nextInt(SmallNetworks.CLASSES);
            labels.put((byte) label);
            for (int index = 0; index < size; index++) {
                int row = index / 12;
                int column = index / 2 % 6;
                boolean bright = label == row / 3 * 2 + column / 3;
                pixels.put((byte) (random.nextInt(100) + (bright ? 100 : 0)));
            }
        }
        byte[] header =
                """
                {"images":{"dtype":"U8","shape":[%1$d,6,6,2],"data_offsets":[0,%2$d]},\
                "labels":{"dtype":"U8","shape":[%1$d],"data_offsets":[%2$d,%3$d]}}"""
                        .formatted(IMAGES, IMAGES * size, IMAGES * (size + 1))
                        .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + IMAGES * (size + 1))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(pixels.flip())
                .put(labels.flip())
                .array();
    }

    private double accuracy(String device, Path model, String more) throws IOException {
        Path json = folder.resolve("accuracy-" + device + ".json");
        done("evaluate % --T 4 --quiet --json % --data % --device " + device + more, model, json, images);
        return new ObjectMapper()
                .readTree(Files.readString(json))
                .at("/timeSteps/0/accuracy")
                .asDouble();
    }

    private Path calibrated(String device, String more) {
        Path out = folder.resolve(device);
        done(
                "calibrate % --teacher % --T 4 --calibration-epochs 2 --batch 20 --out % --plain --data % --device "
                        + device + more,
                snn,
                ann,
                out,
                images);
        return out.resolve("snn-T4.safetensors");
    }

    @Test
    void doctorNamesTheDevice() {
        assertThat(CommandLineRun.of("doctor").out()).contains("emulated device, compute capability 9.0");
    }

    @Test
    void calibrationDoesWhatItDoesOnTheCpu() throws IOException {
        Path onCpu = calibrated("cpu", "");
        Path onDevice = calibrated("cuda", "");
        Weights before = SmallNetworks.random(1).weights();
        Weights expected = ModelFiles.read(onCpu).weights();
        Map<String, HostTensor> actual = ModelFiles.read(onDevice).weights().tensors();
        actual.forEach((name, tensor) -> assertThat(distance(tensor, expected.get(name)))
                .as("%s: from the CPU's, against how far it went", name)
                .isLessThan(0.1 * distance(before.get(name), expected.get(name)) + 1e-6));
        assertThat(accuracy("cuda", onDevice, "")).isEqualTo(accuracy("cpu", onCpu, ""), Offset.offset(0.02));
    }

    private static double distance(HostTensor one, HostTensor other) {
        double sum = 0;
        for (int index = 0; index < one.values().length; index++) {
            sum += Math.pow(one.values()[index] - other.values()[index], 2);
        }
        return Math.sqrt(sum);
    }

    @Test
    void theSameFileHasTheSameAccuracyInAnyPrecision() throws IOException {
        double expected = accuracy("cpu", snn, "");
        for (String precision : List.of("f32", "tf32", "bf16", "int8")) {
            assertThat(accuracy("cuda", snn, " --precision " + precision))
                    .as(precision)
                    .isEqualTo(expected, Offset.offset(0.02));
        }
    }

    @Test
    void calibrationInBf16GivesAFileThatTheCpuReads() throws IOException {
        Path onDevice = calibrated("cuda", " --precision bf16 --together");
        assertThat(accuracy("cpu", onDevice, "")).isEqualTo(accuracy("cuda", onDevice, ""), Offset.offset(0.02));
    }

    @Test
    void whatTheForecastSaysIsTooMuchIsNotBegun() {
        try (Backend watch = CudaBackend.open(Precision.F32, new CudaOptions(true, Optional.empty()))) {
            long free = watch.memory().availableBytes();
            try (DeviceBuffer rest = watch.memory().allocate("all the rest", free - WORKSPACE - (4 << 20))) {
                assertThat(rest.bytes()).isPositive();
                CommandLineRun run = CommandLineRun.typed("evaluate % --T 1024 --data % --device cuda", snn, images);
                assertThat(run.code()).as(run.err()).isEqualTo(1);
                assertThat(run.err().strip())
                        .doesNotContain("\n")
                        .containsPattern("needs .* MiB, but cuda has .* MiB free; choose a smaller --batch or T");
            }
        }
    }

    /** Whatever allocation it is that fails, it is named, and all that was held is given back. */
    @Test
    void memoryThatRunsOutAnywhereIsAFailureThatLeavesNothing() {
        Set<String> failures = new LinkedHashSet<>();
        try (Backend watch = CudaBackend.open(Precision.F32, new CudaOptions(true, Optional.empty()))) {
            long free = watch.memory().availableBytes();
            for (long beyond = -1 << 20; beyond < WORKSPACE; beyond = beyond < 0 ? 1 << 12 : 2 * beyond) {
                long left = WORKSPACE + beyond;
                CommandLineRun run;
                try (DeviceBuffer rest = watch.memory().allocate("all the rest", free - left)) {
                    assertThat(rest.bytes()).isPositive();
                    run = CommandLineRun.typed(
                            "calibrate % --teacher % --T 4 --calibration-epochs 1 --data % --out % --device cuda --quiet",
                            snn, ann, images, folder.resolve("out"));
                }
                assertThat(watch.memory().availableBytes()).isEqualTo(free);
                if (run.code() == 0) {
                    break;
                }
                assertThat(run.code()).as(run.err()).isEqualTo(1);
                assertThat(run.err().strip()).doesNotContain("\n");
                failures.add(run.err().strip().replaceAll(" \\(details in.*", ""));
            }
        }
        assertThat(failures).allMatch(line -> line.contains("MiB") && line.contains("free"));
        assertThat(failures.stream().map(line -> line.replaceAll(".*buffer '([^']*)'.*", "$1")))
                .as("what had no room, in %s", failures)
                .contains("workspace of cuBLAS")
                .hasSizeGreaterThan(2);
    }
}
