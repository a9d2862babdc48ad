package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ambispike.common.InputException;
import org.ambispike.data.ImageTransform.Colours;
import org.ambispike.data.ImageTransform.Extent;
import org.ambispike.data.ImageTransform.Resizing;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of every kind become the values that Pillow makes of them, which {@code pictures/make.py} has written. */
class PicturesTest {
    private static final ImageDecoder DECODER = new ImageDecoder(64, 4096);

    static Stream<String> cases() throws IOException {
        return new String(bytes("cases.txt"), StandardCharsets.US_ASCII).lines();
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = PicturesTest.class.getResourceAsStream("pictures/" + name)) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void picturesAreThoseOfPillow(String line) throws IOException {
        List<String> words = List.of(line.split(" "));
        DecodedImage expected = netpbm(bytes(words.get(0)));
        DecodedImage picture = DECODER.decode(words.get(1), bytes(words.get(1)));
        ImageTransform transform = transform(words.subList(2, words.size()));
        DecodedImage image = transform.apply(picture);
        assertThat(image.shape()).isEqualTo(expected.shape());
        assertThat(image.values()).containsExactly(expected.values());
        assertThat(transform.changes(picture).isEmpty()).isEqualTo(words.size() == 2);
    }

    /** Readers of some formats invent what is missing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "colour.png",
                "grey-1-bit.png",
                "colour-420.jpg",
                "progressive.jpg",
                "grey.jpg",
                "grey.gif",
                "colour.bmp"
            })
    void picturesThatAreCutShortAreRefused(String name) throws IOException {
        byte[] file = bytes(name);
        for (int length = 0; length < file.length - 20; length += 1 + file.length / 50) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> DECODER.decode(name, cut))
                    .as("%d of %d bytes", length, file.length)
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith(name + ": ")
                    .hasMessageNotContaining("null");
        }
    }

    @Test
    void aDamagedGifIsRefused() throws IOException {
        byte[] file = bytes("grey.gif");
        Arrays.fill(file, file.length - 150, file.length - 100, (byte) 0xff);
        assertThatThrownBy(() -> DECODER.decode("grey.gif", file)).isInstanceOf(InputException.class);
    }

    @ParameterizedTest
    @CsvSource({"orientation-3.jpg,3", "orientation-6.jpg,6", "colour-420.jpg,1", "cmyk.jpg,1", "colour.png,1"})
    void orientationTagsAreFound(String name, int orientation) throws IOException {
        assertThat(JpegHeader.of(bytes(name)).orientation()).isEqualTo(orientation);
    }

    @Test
    void headersThatAreCutOffSayNothing() throws IOException {
        byte[] file = bytes("orientation-6.jpg");
        for (int length = 0; length < file.length; length++) {
            JpegHeader header = JpegHeader.of(Arrays.copyOf(file, length));
            assertThat(header.orientation()).isIn(1, 6);
            assertThat(header.components().length).isIn(0, 3);
        }
    }

    private static ImageTransform transform(List<String> options) {
        ImageTransform transform = ImageTransform.none();
        for (String option : options) {
            String[] parts = option.split("[=x]");
            Colours colours =
                    option.equals("--grey") ? Colours.GREY : option.equals("--rgb") ? Colours.RGB : transform.colours();
            int[] numbers =
                    Arrays.stream(parts).skip(1).mapToInt(Integer::parseInt).toArray();
            Resizing resizing = !option.startsWith("--resize")
                    ? transform.resizing()
                    : numbers.length == 1
                            ? new Resizing.ShorterSide(numbers[0])
                            : new Resizing.To(new Extent(numbers[0], numbers[1]));
            Optional<Extent> crop = !option.startsWith("--crop")
                    ? transform.crop()
                    : Optional.of(new Extent(numbers[0], numbers[numbers.length - 1]));
            transform = new ImageTransform(colours, resizing, crop);
        }
        return transform;
    }

    /** Reads what Pillow writes: kind, width and height, 255, a line each, and the values. */
    private static DecodedImage netpbm(byte[] file) {
        String[] words = new String(file, 0, Math.min(file.length, 32), StandardCharsets.ISO_8859_1).split("\\s", 5);
        int header = words[0].length() + words[1].length() + words[2].length() + words[3].length() + 4;
        Shape shape = Shape.of(Integer.parseInt(words[2]), Integer.parseInt(words[1]), words[0].equals("P5") ? 1 : 3);
        return new DecodedImage(shape, Arrays.copyOfRange(file, header, file.length));
    }
}
