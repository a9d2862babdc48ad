package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.ambispike.common.InputException;
import org.ambispike.data.Dataset;
import org.ambispike.data.IdxFiles;
import org.ambispike.data.ImageSources;
import org.ambispike.data.NpyArray;
import org.ambispike.data.Split;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;
import org.ambispike.io.Checkpoint;
import org.ambispike.io.CheckpointFiles;
import org.ambispike.io.ModelFiles;
import org.ambispike.nir.NirExport;
import org.ambispike.nir.NirFiles;
import org.ambispike.nir.NirListing;
import org.ambispike.onnx.OnnxExport;
import org.ambispike.onnx.OnnxImport;
import org.ambispike.report.SummaryJson;
import org.ambispike.support.Mutations;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every file that is read, damaged in many ways, is read or refused in one line that says where it is, within seconds.
 * {@code tests/mutants.sh} tries 100,000.
 */
class MutantsTest {
    /** Time of the processor, which other programs may keep busy. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final int TRIES = Integer.getInteger("ambispike.mutants", 2_000);

    @TempDir
    private Path folder;

    /**
     * What is mutated.
     *
     * @param file that is
     * @param place that messages name: the file, or a folder of it
     * @param reader of all of it
     */
    private record Case(String name, Path file, Path place, Runnable reader) {}

    @Test
    void damagedFilesAreReadOrRefused() throws IOException {
        List<Case> cases = new ArrayList<>();
        models(cases);
        images(cases);
        nir(cases);
        for (Case each : cases) {
            each.reader().run(); // what is whole is read
        }
        Map<String, int[]> counts = new LinkedHashMap<>();
        for (Case each : cases) {
            byte[] valid = Files.readAllBytes(each.file());
            int[] count = counts.computeIfAbsent(each.name(), name -> new int[2]);
            for (int index = 0; index < TRIES / cases.size(); index++) {
                // half of the faults where formats say what follows
                int range = index % 2 == 0 ? valid.length : Math.min(valid.length, 400);
                Files.write(each.file(), Mutations.of(valid, range, new Random(index)));
                count[accepted(each, index) ? 0 : 1]++;
            }
            Files.write(each.file(), valid);
            System.out.printf("%-24s %,8d read %,8d refused%n", each.name(), count[0], count[1]);
        }
        assertThat(counts.values()).as("else little was tried").allMatch(count -> count[1] > 0);
    }

    private static boolean accepted(Case each, int index) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        boolean accepted = read(each, index);
        long taken = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
        assertThat(Duration.ofNanos(taken))
                .as("%s, mutant %d", each.name(), index)
                .isLessThan(SOON);
        return accepted;
    }

    private static boolean read(Case each, int index) {
        try {
            each.reader().run();
            return true;
        } catch (InputException e) {
            assertThat(e.getMessage())
                    .as("%s, mutant %d", each.name(), index)
                    .contains(each.place().toString())
                    .doesNotContain("\n", "\r");
            return false;
        } catch (RuntimeException | Error e) {
            throw new AssertionError(each.name() + ", mutant " + index + ": " + e, e);
        }
    }

    private void models(List<Case> cases) {
        Path model = folder.resolve("model.safetensors");
        ModelFiles.write(model, SmallNetworks.random(1));
        cases.add(new Case("model", model, model, () -> ModelFiles.read(model)));
        Path checkpoint = folder.resolve("checkpoint.safetensors");
        CheckpointFiles.write(
                checkpoint,
                new Checkpoint(
                        Map.of("epoch", "3"), SmallNetworks.random(2).weights().tensors()));
        cases.add(new Case("checkpoint", checkpoint, checkpoint, () -> CheckpointFiles.read(checkpoint)));
        Path onnx = folder.resolve("net.onnx");
        OnnxExport.write(onnx, SmallNetworks.clippedAnn(1));
        cases.add(new Case("ONNX", onnx, onnx, () -> OnnxImport.read(onnx).require()));
        Path npy = folder.resolve("array.npy");
        NpyArray.write(npy, HostTensor.filled(Shape.of(3, 4, 5), 0.5f));
        cases.add(new Case("npy", npy, npy, () -> NpyArray.read(npy)));
        Path summary = write("summary.json", SUMMARY.getBytes(StandardCharsets.UTF_8));
        cases.add(new Case("summary.json", summary, summary, () -> SummaryJson.read(summary)));
    }

    private void nir(List<Case> cases) {
        Path nir = folder.resolve("net.nir");
        NirFiles.write(nir, NirExport.of(SmallNetworks.random(1)));
        cases.add(new Case("NIR", nir, nir, () -> NirListing.read(nir)));
    }

    private void images(List<Case> cases) throws IOException {
        Path tensors = write("tensors.safetensors", tensors());
        cases.add(new Case("images, safetensors", tensors, tensors, () -> load(tensors)));
        Path idx = folder.resolve("idx");
        for (String split : List.of("train", "t10k")) {
            IdxFiles.write(idx.resolve(split + "-images-idx3-ubyte"), IdxFiles.idx(new int[] {4, 5, 5}, new byte[100]));
            IdxFiles.write(idx.resolve(split + "-labels-idx1-ubyte"), IdxFiles.idx(new int[] {4}, new byte[4]));
        }
        cases.add(new Case("IDX images", idx.resolve("train-images-idx3-ubyte"), idx, () -> load(idx)));
        cases.add(new Case("IDX labels", idx.resolve("train-labels-idx1-ubyte"), idx, () -> load(idx)));
        for (String format : List.of("png", "jpg", "gif", "bmp")) {
            Path pictures = folder.resolve("pictures-" + format);
            Files.createDirectories(pictures);
            Path file = pictures.resolve("a." + format);
            ImageIO.write(picture(), format, file.toFile());
            cases.add(new Case(format, file, pictures, () -> load(pictures)));
        }
    }

    private static void load(Path place) {
        Dataset images = ImageSources.recognise(place).load(Split.TRAIN, List.of());
        for (int index = 0; index < images.size(); index++) {
            images.image(index);
        }
    }

    private static BufferedImage picture() {
        BufferedImage image = new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < 63; pixel++) {
            image.setRGB(pixel % 9, pixel / 9, 0x10305 * pixel);
        }
        return image;
    }

    private Path write(String name, byte[] content) {
        try {
            return Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ten images of 4 x 4. */
    private static byte[] tensors() {
        byte[] header = ("{\"images\":{\"dtype\":\"U8\",\"shape\":[10,4,4,1],\"data_offsets\":[0,160]},"
                        + "\"labels\":{\"dtype\":\"I64\",\"shape\":[10],\"data_offsets\":[160,240]}}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + 240).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header).position(8 + header.length + 160);
        for (long label = 0; label < 10; label++) {
            file.putLong(label % 3);
        }
        return file.array();
    }

    private static final String SUMMARY =
            """
            {"network": "net4", "dataset": "d", "recipe": "r", "profile": "quick", "device": "cpu", "precision": "f32",
             "seed": 1, "threads": 2, "commit": "c", "testImages": 10, "annAccuracy": 0.5, "clippedAnnAccuracy": null,
             "timeSteps": [{"T": 1, "calibratedFor": 0, "accuracy": 0.5, "imagesPerSecond": 10.0}], "layers": [],
             "histograms": [], "activity": [], "energy": [], "ablations": [], "wallSeconds": {"train": 1.5},
             "settings": {"neuron": "pair"}, "command": "ambispike reproduce net4"}
            """;
}
