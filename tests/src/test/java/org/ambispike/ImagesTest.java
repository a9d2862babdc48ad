package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.ambispike.common.InputException;
import org.ambispike.data.ImageTransform;
import org.ambispike.device.Device;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Shape;
import org.ambispike.io.ModelFiles;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models from everywhere, images of every kind and number, and what is asked of results. */
class ImagesTest {
    private static final int IMAGE = Math.toIntExact(SmallNetworks.IMAGE.elements());
    private static final int CLASSES = SmallNetworks.CLASSES;
    private static final int CHANNELS = 2;
    private static final SessionOptions OPTIONS = SessionOptions.builder()
            .device(Device.Request.CPU)
            .threads(1)
            .batch(4)
            .build();

    private final SpikingModel model = SpikingModel.of(SmallNetworks.exact(NeuronVariant.PAIR, true, 3));

    /** [count, H, W, C]. */
    private static byte[] pixels(int count) {
        byte[] pixels = new byte[count * IMAGE];
        new SplittableRandom(count).nextBytes(pixels);
        return pixels;
    }

    private static float[] floats(byte[] pixels) {
        float[] values = new float[pixels.length];
        for (int index = 0; index < pixels.length; index++) {
            values[index] = Byte.toUnsignedInt(pixels[index]);
        }
        return values;
    }

    /** [count, C, H, W] of [count, H, W, C]. */
    private static byte[] channelsFirst(byte[] pixels) {
        byte[] moved = new byte[pixels.length];
        for (int index = 0; index < pixels.length; index++) {
            int place = index % IMAGE / CHANNELS;
            moved[index / IMAGE * IMAGE + index % CHANNELS * (IMAGE / CHANNELS) + place] = pixels[index];
        }
        return moved;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 11})
    void formsOfTheSameImagesGiveTheSameAnswers(int count) {
        byte[] pixels = pixels(count);
        ByteBuffer direct = ByteBuffer.allocateDirect(4 + 4 * pixels.length).order(ByteOrder.nativeOrder());
        FloatBuffer floats =
                direct.position(4).slice().order(ByteOrder.nativeOrder()).asFloatBuffer();
        floats.put(floats(pixels)).flip();
        ByteBuffer part = ByteBuffer.allocate(pixels.length + 7).position(3);
        part.put(pixels).limit(part.position()).position(3);
        try (SpikingSession session = model.openSession(OPTIONS)) {
            float[] expected = session.run(FloatBuffer.wrap(floats(pixels)), 4).logits();
            for (Images images : List.of(
                    Images.of(floats(pixels)),
                    Images.of(floats),
                    Images.of(floats(channelsFirst(pixels))).channelsFirst(),
                    Images.of(pixels),
                    Images.of(part),
                    Images.of(channelsFirst(pixels)).channelsFirst())) {
                assertThat(session.run(images, 4).logits()).isEqualTo(expected);
                float[] into = new float[1 + count * CLASSES];
                assertThat(session.runInto(images, 4, FloatBuffer.wrap(into).position(1)))
                        .isEqualTo(count);
                assertThat(Arrays.copyOfRange(into, 1, into.length)).isEqualTo(expected);
            }
            assertThat(part.position()).isEqualTo(3);
            assertThat(session.run(Images.of(pixels)).timeSteps(0))
                    .as("the largest T calibrated for")
                    .isEqualTo(4);
        }
    }

    /** The networks are such that sums are exact, so that batches do not matter. */
    @Test
    void moreThanABatchIsSplit() {
        float[] values = SmallNetworks.exactImages(11, 4);
        ExitRule rule = ExitRule.margin(0.2);
        SessionOptions options =
                OPTIONS.withInput(SessionOptions.Input.NORMALISED).withRates();
        try (SpikingSession whole = model.openSession(options.withBatch(11));
                SpikingSession split = model.openSession(options)) {
            for (ExitRule each : List.of(rule, ExitRule.never())) {
                SpikingResult expected = whole.run(Images.of(values), 8, each);
                SpikingResult result = split.run(Images.of(values), 8, each);
                IntBuffer taken = IntBuffer.allocate(11);
                split.runInto(Images.of(values), 8, each, FloatBuffer.allocate(11 * CLASSES), taken);
                assertThat(result.logits()).isEqualTo(expected.logits());
                for (int image = 0; image < 11; image++) {
                    assertThat(result.timeSteps(image))
                            .isEqualTo(expected.timeSteps(image))
                            .isEqualTo(taken.get(image));
                }
                List<LayerRates> rates = split.rates();
                for (int layer = 0; layer < rates.size(); layer++) {
                    LayerRates one = whole.rates().get(layer);
                    assertThat(rates.get(layer).emitted()).isEqualTo(one.emitted());
                    assertThat(rates.get(layer).positive()).isCloseTo(one.positive(), within(1e-12));
                    assertThat(rates.get(layer).negative()).isCloseTo(one.negative(), within(1e-12));
                }
            }
            split.run(FloatBuffer.wrap(values, 0, 2 * IMAGE), 2);
            assertThat(split.rates().get(0).emitted().shape().extent(0))
                    .as("of the last run alone")
                    .isEqualTo(2);
        }
    }

    @Test
    void aWrongValueBehindTheFirstBatchKeepsAllFromRunning() {
        float[] values = floats(pixels(9));
        values[7 * IMAGE + 3] = -1;
        float[] logits = new float[9 * CLASSES];
        try (SpikingSession session = model.openSession(OPTIONS)) {
            assertThatThrownBy(() -> session.runInto(Images.of(values), 2, FloatBuffer.wrap(logits)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("image 7 holds -1.0 at 3");
            assertThat(logits).containsOnly(0);
            assertThatThrownBy(() -> session.begin(Images.of(pixels(5))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("5 images are more than the session's batch of 4");
            assertThat(session.runAsync(Images.of(values), 2)).isCompletedExceptionally();
        }
    }

    @Test
    void annsTakeTheSameImages() {
        AnnModel ann = model.clippedAnn();
        byte[] pixels = pixels(9);
        FloatBuffer expected = FloatBuffer.allocate(9 * CLASSES);
        FloatBuffer logits = FloatBuffer.allocate(9 * CLASSES);
        try (AnnSession large = ann.openSession(OPTIONS.withBatch(9));
                AnnSession session = ann.openSession(OPTIONS)) {
            large.runInto(FloatBuffer.wrap(floats(pixels)), expected);
            assertThat(session.runInto(Images.of(channelsFirst(pixels)).channelsFirst(), logits))
                    .isEqualTo(9);
            for (int index = 0; index < 9 * CLASSES; index++) {
                assertThat(logits.get(index)).isCloseTo(expected.get(index), within(1e-4f));
            }
            assertThat(session.run(Images.of(Arrays.copyOf(pixels, IMAGE))).logits())
                    .containsExactly(Arrays.copyOf(expected.array(), CLASSES), within(1e-4f));
        }
    }

    private static BufferedImage picture(int type) {
        BufferedImage picture = new BufferedImage(3, 2, type);
        for (int index = 0; index < 6; index++) {
            picture.setRGB(index % 3, index / 3, new Color(40 * index, 255 - 40 * index, 7).getRGB());
        }
        return picture;
    }

    private static byte[] values(Images images, int... shape) {
        return ((ByteBuffer) images.values(Shape.of(shape))).array();
    }

    @Test
    void picturesBecomeWhatTheNetworkTakes() {
        byte[] red = {0, (byte) 255, 7, 40, (byte) 215, 7, 80, (byte) 175, 7, 120, (byte) 135, 7, (byte) 160, 95, 7};
        for (int type : new int[] {
            BufferedImage.TYPE_INT_RGB,
            BufferedImage.TYPE_INT_ARGB,
            BufferedImage.TYPE_INT_ARGB_PRE,
            BufferedImage.TYPE_3BYTE_BGR,
            BufferedImage.TYPE_4BYTE_ABGR,
            BufferedImage.TYPE_INT_BGR
        }) {
            assertThat(values(Images.of(picture(type)), 2, 3, 3)).startsWith(red);
        }
        BufferedImage grey = new BufferedImage(3, 2, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setPixels(0, 0, 3, 2, new int[] {0, 50, 100, 150, 200, 250});
        byte[] stored = {0, 50, 100, (byte) 150, (byte) 200, (byte) 250};
        assertThat(values(Images.of(grey, grey.getSubimage(0, 0, 3, 2)), 2, 3, 1))
                .startsWith(stored)
                .endsWith(stored);
        assertThat(values(Images.of(grey), 2, 3, 3)).startsWith(0, 0, 0, 50, 50, 50);
        assertThat(values(Images.of(picture(BufferedImage.TYPE_INT_RGB)), 2, 3, 1)[0])
                .as("BT.601, as Pillow")
                .isEqualTo((byte) 150);
        assertThat(values(Images.of(ImageTransform.fitting(Shape.of(4, 4, 1)), grey), 4, 4, 1))
                .hasSize(16);
        assertThatThrownBy(() -> Images.of(grey).values(Shape.of(4, 4, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("picture 0 of [2, 3, 1]")
                .hasMessageContaining("ImageTransform.fitting");
        assertThatThrownBy(() -> Images.of(new BufferedImage(3, 2, BufferedImage.TYPE_USHORT_GRAY))
                        .values(Shape.of(2, 3, 1)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("8 bits");
        assertThatThrownBy(() -> Images.of(grey, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("picture 1 is null");
    }

    @Test
    void modelsComeFromEverywhere(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("snn.safetensors");
        ModelFiles.write(file, model.saved());
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 5)
                .position(5)
                .put(bytes)
                .position(5);
        InputStream stream = new ByteArrayInputStream(bytes);
        for (Model loaded : List.of(
                SpikingModel.load(stream),
                SpikingModel.load(bytes),
                SpikingModel.load(direct),
                Model.load(ByteBuffer.wrap(bytes).asReadOnlyBuffer()))) {
            assertThat(loaded.saved().weights().tensors())
                    .isEqualTo(model.saved().weights().tensors());
            assertThat(loaded).hasToString(model.toString());
        }
        assertThat(direct.position()).isEqualTo(5);
        assertThatThrownBy(() -> AnnModel.load(bytes))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("the bytes holds a spiking network");
        bytes[bytes.length - 1] ^= 1;
        assertThatThrownBy(() -> SpikingModel.load(bytes))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("the bytes: is damaged");
        assertThatThrownBy(() -> SpikingModel.load(Arrays.copyOf(bytes, 100)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("the bytes: announces a header");
        assertThatThrownBy(() -> SpikingModel.load(ImagesTest.class, "/none.safetensors"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("'/none.safetensors' is no resource near org.ambispike.ImagesTest");
        assertThatThrownBy(() -> SpikingModel.load(ImagesTest.class, "ImagesTest.class"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("ImagesTest.class: announces a header");
    }

    @Test
    void resultsSayWhatAndHowSure() {
        float[] logits = {1, 3, 3, -2, 1000, -1000, 0, 999};
        SpikingResult result = new SpikingResult(List.of("ant", "bee", "cat", "dog"), logits, new int[] {4, 2});
        assertThat(result.label(0)).isEqualTo("bee");
        assertThat(result.probabilities(0)[1])
                .isEqualTo((float) (1 / (2 + Math.exp(-2) + Math.exp(-5))))
                .isEqualTo(result.probabilities(0)[2]);
        assertThat(result.probabilities(1)[0]).isEqualTo((float) (1 / (1 + Math.exp(-1))));
        assertThat(result.topK(0, 3)).extracting(Prediction::label).containsExactly("bee", "cat", "ant");
        assertThat(result.topK(1, 9)).extracting(Prediction::index).containsExactly(0, 3, 2, 1);
        assertThat(new SpikingResult(4, logits, new int[] {4, 2}).label(1)).isEqualTo("0");
        assertThatThrownBy(() -> result.topK(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SpikingResult(3, logits, new int[] {4, 2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8 logits for 2 images");
    }

    /** What an application's test needs of a predictor is two methods. */
    @Test
    void applicationsAreTestedWithoutANetwork() {
        Predictor predictor = new Predictor() {
            @Override
            public SpikingModel model() {
                return model;
            }

            @Override
            public SpikingResult run(Images images, int timeSteps, ExitRule rule) {
                if (timeSteps > 4) {
                    throw new IllegalArgumentException("too many");
                }
                return new SpikingResult(List.of("ant", "bee"), new float[] {0, 1}, new int[] {timeSteps});
            }

            @Override
            public void close() {}
        };
        assertThat(predictor.run(FloatBuffer.allocate(IMAGE)).timeSteps(0)).isEqualTo(4);
        assertThat(predictor.runAsync(Images.of(pixels(1))).join().label(0)).isEqualTo("bee");
        assertThatThrownBy(() -> predictor.runAsync(Images.of(pixels(1)), 5).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void warmSessionsAllocateNothingMoreOnTheirDevice() {
        try (SpikingSession session = model.openSession(OPTIONS)) {
            session.warmUp(4, 1, 4, 6);
            long before = session.memoryBytes();
            for (int count : new int[] {1, 2, 4, 6}) {
                session.run(Images.of(pixels(count)), 4);
            }
            assertThat(session.memoryBytes()).isEqualTo(before);
            assertThatThrownBy(() -> session.warmUp(33)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
