package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.ambispike.common.InputException;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users' own images: each kind is recognised, read as it is, and refused with the file named where it does not fit. */
class ImageSourcesTest {
    private static final List<String> OWN = List.of();

    @TempDir
    private Path folder;

    /** An image of 4 x 3 whose first value tells it from others. */
    private Path image(String place, int type, String format, int value) {
        BufferedImage image = new BufferedImage(3, 4, type);
        for (int index = 0; index < 12; index++) {
            int sample = index == 0 ? value : 10 * index;
            if (type == BufferedImage.TYPE_BYTE_GRAY) {
                image.getRaster().setSample(index % 3, index / 3, 0, sample);
            } else {
                image.setRGB(index % 3, index / 3, 0xff000000 | sample << 16 | 7 << 8 | 9);
            }
        }
        Path file = folder.resolve(place);
        try {
            Files.createDirectories(file.getParent());
            assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private void grey(String place, int value) {
        image(place, BufferedImage.TYPE_BYTE_GRAY, "png", value);
    }

    /** Label and first value of each image, which tests make to be found again. */
    private static TreeMap<Integer, Integer> labelsByValue(Dataset... parts) {
        TreeMap<Integer, Integer> labels = new TreeMap<>();
        for (Dataset part : parts) {
            for (int index = 0; index < part.size(); index++) {
                assertThat(labels.put(Byte.toUnsignedInt(part.image(index)[0]), part.label(index)))
                        .isNull();
            }
        }
        return labels;
    }

    @Test
    void foldersByClassWithTestsApart() {
        for (int value = 0; value < 20; value++) {
            grey("photos/train/" + (value < 10 ? "dog" : "cat") + "/" + value + ".png", value);
        }
        grey("photos/test/cat/a.png", 50);
        grey("photos/test/dog/b.png", 60);
        ImageSource source = ImageSources.recognise(folder.resolve("photos"));
        assertThat(source.describe()).isEqualTo("images by class in " + folder.resolve("photos"));
        Dataset training = source.load(Split.TRAIN, OWN);
        assertThat(training.imageShape()).isEqualTo(Shape.of(4, 3, 1));
        assertThat(training.classNames()).containsExactly("cat", "dog");
        assertThat(labelsByValue(training)).hasSize(20).containsEntry(3, 1).containsEntry(15, 0);
        assertThat(Byte.toUnsignedInt(training.image(0)[5])).isEqualTo(50);
        List<Integer> order = IntStream.range(0, 20).mapToObj(training::label).toList();
        assertThat(order)
                .as("classes are mixed")
                .isNotEqualTo(order.stream().sorted().toList());
        Dataset tests = source.load(Split.TEST, List.of("dog", "cat"));
        assertThat(labelsByValue(tests)).isEqualTo(new TreeMap<>(Map.of(50, 1, 60, 0)));
        refuses(
                source,
                List.of("dog", "fish"),
                "train: has folders for classes that the network does not have: cat; it lacks fish");
    }

    @Test
    void aFlatFolderHoldsImagesWithoutClasses() {
        for (int value = 0; value < 20; value++) {
            grey("photos/" + value + ".png", value);
        }
        ImageSource source = ImageSources.recognise(folder.resolve("photos"));
        assertThat(source.describe()).isEqualTo("images without classes in " + folder.resolve("photos"));
        for (Split split : Split.values()) {
            Dataset images = source.load(split, List.of("cat", "dog"));
            assertThat(images.labelled()).isFalse();
            assertThat(images.classes()).isZero();
            assertThat(firstValues(images))
                    .as("all images of both parts, mixed")
                    .isNotEqualTo(range(20))
                    .containsExactlyInAnyOrderElementsOf(range(20));
            assertThatThrownBy(() -> images.label(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aFlatFolderMayHaveParts() {
        grey("photos/train/a.png", 1);
        grey("photos/train/b.png", 2);
        grey("photos/val/c.png", 3);
        ImageSource source = ImageSources.recognise(folder.resolve("photos"));
        assertThat(firstValues(source.load(Split.TRAIN, OWN))).containsExactlyInAnyOrder(1, 2);
        assertThat(firstValues(source.load(Split.TEST, OWN))).containsExactly(3);
    }

    @Test
    void picturesOfAllKindsBecomeOneOnTheWay() throws IOException {
        grey("photos/train/a/1.png", 1);
        image("photos/train/b/2.png", BufferedImage.TYPE_INT_RGB, "png", 200);
        ImageIO.write(
                new BufferedImage(9, 5, BufferedImage.TYPE_BYTE_GRAY),
                "bmp",
                folder.resolve("photos/train/b/3.bmp").toFile());
        ImageTransform transform = new ImageTransform(
                ImageTransform.Colours.RGB,
                new ImageTransform.Resizing.ShorterSide(6),
                Optional.of(new ImageTransform.Extent(2, 4)));
        Dataset images = ImageSources.recognise(folder.resolve("photos")).load(Split.TRAIN, OWN, transform);
        assertThat(images.imageShape()).isEqualTo(Shape.of(2, 4, 3));
        Dataset packed = Dataset.unlabelled("grey", Shape.of(4, 3, 1), new byte[24], Normalisation.none(1));
        assertThat(packed.with(transform).imageShape()).isEqualTo(Shape.of(2, 4, 3));
        assertThat(packed.with(transform).normalisation()).isEqualTo(Normalisation.none(3));
    }

    @Test
    void imagesThatAreTooManyStayInTheirFiles() {
        List<Path> files = IntStream.range(0, 9)
                .mapToObj(value -> image(value + ".png", BufferedImage.TYPE_BYTE_GRAY, "png", value))
                .toList();
        PixelSource decoded = FilePixels.of(files, ImageTransform.none(), 9 * 12);
        assertThat(decoded).isInstanceOf(StoredPixels.class);
        PixelSource later = FilePixels.of(files, ImageTransform.none(), 9 * 12 - 1);
        assertThat(later).isInstanceOf(FilePixels.class);
        byte[] one = new byte[12];
        byte[] other = new byte[12];
        for (int index = 0; index < 9; index++) {
            decoded.copy(index, one);
            later.copy(index, other);
            assertThat(other).isEqualTo(one).startsWith((byte) index);
        }
    }

    /** A file that turns out to be damaged when its batch is prepared is named as at any other time. */
    @Test
    void aDamagedFileStopsTheBatches() throws IOException {
        List<Path> files = IntStream.range(0, 4)
                .mapToObj(value -> image(value + ".png", BufferedImage.TYPE_BYTE_GRAY, "png", value))
                .toList();
        Dataset images =
                Dataset.unlabelled("some", FilePixels.of(files, ImageTransform.none(), 0), Normalisation.none(1));
        Files.writeString(files.get(3), "no image");
        for (int workers : new int[] {0, 2}) {
            try (Batches batches = Batches.open(images, BatchOptions.inOrder(3), workers)) {
                batches.start(0);
                assertThatThrownBy(() -> assertThat(batches.advance() && batches.advance())
                                .isFalse())
                        .isInstanceOf(InputException.class)
                        .hasMessageContaining(files.get(3) + ": is no PNG or JPEG image");
            }
        }
    }

    @Test
    void foldersOfOneImageFormatThatCannotBeReadAreNamed() throws IOException {
        grey("photos/train/a/1.png", 1);
        Path other = Files.writeString(folder.resolve("photos/train/a/2.webp"), "RIFF");
        refuses(
                ImageSources.recognise(folder.resolve("photos")),
                OWN,
                other + ": images of this format cannot be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"test", "val", "valid", "validation", "dev", "Test", "VAL", "testing", "eval", "holdout"})
    void testFoldersHaveManyNames(String name) {
        grey("photos/train/a/1.png", 1);
        grey("photos/train/b/2.png", 2);
        grey("photos/" + name + "/a/3.png", 3);
        grey("photos/" + name + "/b/4.png", 4);
        ImageSource source = ImageSources.recognise(folder.resolve("photos"));
        assertThat(labelsByValue(source.load(Split.TEST, OWN))).isEqualTo(new TreeMap<>(Map.of(3, 0, 4, 1)));
        grey("photos/" + name + "/c/5.png", 5);
        for (Split split : Split.values()) {
            assertThatThrownBy(() -> source.load(split, OWN))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(folder.resolve("photos").resolve(name) + ": has folders for classes that "
                            + folder.resolve("photos/train") + " does not have: c");
        }
    }

    @Test
    void imagesBesideThePartsAreNamed() {
        for (String part : List.of("Training", "test", "extra")) {
            grey("photos/" + part + "/a/1.png", 1);
            grey("photos/" + part + "/b/2.png", 2);
        }
        refuses(
                ImageSources.recognise(folder.resolve("photos")),
                OWN,
                folder.resolve("photos/extra") + ": images in a folder whose name is none of a part");
    }

    /** As torchvision's loader has it; Tiny ImageNet's training images lie so. */
    @Test
    void foldersOfClassesMayHoldFolders() throws IOException {
        grey("photos/train/a/images/1.png", 1);
        grey("photos/train/a/images/2.png", 2);
        grey("photos/train/b/3.png", 3);
        grey("photos/train/b/more/4.png", 4);
        grey("photos/train/b/.hidden/5.png", 5);
        grey("photos/train/__MACOSX/b/6.png", 6);
        ImageSource source = ImageSources.recognise(folder.resolve("photos"));
        grey("photos/test/a/1/2/7.png", 7);
        grey("photos/test/b/8.png", 8);
        assertThat(labelsByValue(source.load(Split.TRAIN, OWN)))
                .isEqualTo(new TreeMap<>(Map.of(1, 0, 2, 0, 3, 1, 4, 1)));
        assertThat(labelsByValue(source.load(Split.TEST, OWN))).isEqualTo(new TreeMap<>(Map.of(7, 0, 8, 1)));
        Files.createSymbolicLink(folder.resolve("photos/train/a/up"), Path.of(".."));
        refuses(source, OWN, "photos/train/a: cannot be read as a folder");
    }

    @Test
    void aThousandClasses() {
        for (int value = 0; value < 1_000; value++) {
            image(
                    String.format(Locale.ROOT, "photos/train/n%04d/1.png", value),
                    BufferedImage.TYPE_BYTE_GRAY,
                    "png",
                    value % 256);
        }
        Dataset images = ImageSources.recognise(folder.resolve("photos")).load(Split.TRAIN, OWN);
        assertThat(images.classes()).isEqualTo(1_000);
        for (int index = 0; index < images.size(); index++) {
            assertThat(images.label(index) % 256).isEqualTo(Byte.toUnsignedInt(images.image(index)[0]));
        }
        refuses(
                ImageSources.recognise(folder.resolve("photos")),
                List.of("n0000"),
                "has folders for classes that the network does not have: n0001, n0002, n0003, n0004, n0005 and 994"
                        + " more");
    }

    private static List<Integer> range(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static List<Integer> firstValues(Dataset images) {
        return IntStream.range(0, images.size())
                .mapToObj(index -> Byte.toUnsignedInt(images.image(index)[0]))
                .toList();
    }

    @Test
    void testImagesAlone() {
        grey("photos/test/cat/a.png", 50);
        grey("photos/test/dog/b.png", 60);
        for (String kept : List.of("photos", "photos/test")) {
            ImageSource source = ImageSources.recognise(folder.resolve(kept));
            assertThat(source.describe()).isEqualTo("images by class in " + folder.resolve(kept));
        }
        ImageSource source = ImageSources.recognise(folder.resolve("photos"));
        Dataset tests = source.load(Split.TEST, OWN);
        assertThat(labelsByValue(tests)).isEqualTo(new TreeMap<>(Map.of(50, 0, 60, 1)));
        assertThatThrownBy(() -> source.load(Split.TRAIN, OWN))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("holds test images alone; expected " + folder.resolve("photos/train"));
    }

    @Test
    void aFolderOfClassesMayHaveAnyName() {
        for (int value = 0; value < 20; value++) {
            grey("test/" + (char) ('a' + value / 10) + "/" + value + ".png", value);
        }
        ImageSource source = ImageSources.recognise(folder.resolve("test"));
        assertThat(source.load(Split.TRAIN, OWN).size()).isEqualTo(18);
        assertThat(source.load(Split.TEST, OWN).size()).isEqualTo(2);
    }

    @Test
    void foldersByClassAlone() {
        for (int value = 0; value < 40; value++) {
            grey("photos/" + (char) ('a' + value / 20) + "/" + value + ".png", value);
        }
        ImageSource source = ImageSources.recognise(folder.resolve("photos"));
        Dataset training = source.load(Split.TRAIN, OWN);
        Dataset tests = source.load(Split.TEST, OWN);
        assertThat(tests.size()).isEqualTo(4);
        assertThat(labelsByValue(training, tests)).hasSize(40);
        assertThat(labelsByValue(source.load(Split.TEST, OWN))).isEqualTo(labelsByValue(tests));
    }

    @Test
    void coloursAreRedGreenBlue() {
        image("photos/train/a/1.PNG", BufferedImage.TYPE_INT_RGB, "png", 200);
        image("photos/test/a/1.jpg", BufferedImage.TYPE_INT_RGB, "jpg", 200);
        ImageSource source = ImageSources.recognise(folder.resolve("photos"));
        Dataset image = source.load(Split.TRAIN, OWN);
        assertThat(image.imageShape()).isEqualTo(Shape.of(4, 3, 3));
        assertThat(image.image(0)).startsWith((byte) 200, (byte) 7, (byte) 9);
        assertThat(source.load(Split.TEST, OWN).imageShape()).isEqualTo(Shape.of(4, 3, 3));
    }

    @Test
    void imagesThatDoNotFitAreNamed() throws IOException {
        grey("photos/train/a/1.png", 1);
        Path odd = image("photos/train/b/2.png", BufferedImage.TYPE_INT_RGB, "png", 2);
        ImageSource source = ImageSources.recognise(folder.resolve("photos"));
        assertThatThrownBy(() -> source.load(Split.TRAIN, OWN))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(odd.toString())
                .hasMessageContaining("--rgb makes all of them coloured");
        ImageIO.write(new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY), "png", odd.toFile());
        refuses(source, OWN, "make them of one size with --resize N");
        Files.writeString(odd, "no image");
        refuses(source, OWN, odd + ": is no PNG or JPEG image");
        image("photos/train/b/2.png", BufferedImage.TYPE_USHORT_GRAY, "png", 2);
        refuses(source, OWN, odd + ": more than 8 bits a channel");
        Files.delete(odd);
        byte[] whole = Files.readAllBytes(folder.resolve("photos/train/a/1.png"));
        Files.write(folder.resolve("photos/train/a/1.png"), Arrays.copyOf(whole, 40));
        refuses(source, OWN, "1.png: cannot be read as an image");
    }

    @Test
    void cifarIsChannelsFirst() throws IOException {
        Path inner = folder.resolve("cifar-10-batches-bin");
        for (String name : List.of("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5")) {
            IdxFiles.write(inner.resolve(name + ".bin"), cifar(name.charAt(11)));
        }
        IdxFiles.write(inner.resolve("test_batch.bin"), cifar('9'));
        ImageSource source = ImageSources.recognise(folder);
        assertThat(source.describe()).startsWith("CIFAR-10 binary files in ");
        Dataset training = source.load(Split.TRAIN, OWN);
        assertThat(training.size()).isEqualTo(5);
        assertThat(training.label(2)).isEqualTo(3);
        assertThat(training.classNames().get(3)).isEqualTo("cat");
        assertThat(Byte.toUnsignedInt(training.image(2)[0])).isEqualTo('3');
        assertThat(Byte.toUnsignedInt(training.image(2)[1])).isEqualTo(1);
        assertThat(Byte.toUnsignedInt(training.image(2)[3 * 31 + 2])).isEqualTo(31);
        IdxFiles.write(inner.resolve("test_batch.bin"), new byte[3000]);
        assertThatThrownBy(() -> source.load(Split.TEST, OWN))
                .hasMessageContaining("3000 bytes, expected a multiple of 3073");
        byte[] wrong = cifar('1');
        wrong[0] = 11;
        IdxFiles.write(inner.resolve("data_batch_1.bin"), wrong);
        refuses(source, OWN, "image 0 has label 11, expected 0 to 9");
    }

    /** One image: its label is the digit, its first red value the character; green is 1, blue the column. */
    private static byte[] cifar(char name) {
        byte[] bytes = new byte[3073];
        bytes[0] = (byte) (name - '0');
        bytes[1] = (byte) name;
        Arrays.fill(bytes, 1025, 2049, (byte) 1);
        for (int index = 0; index < 1024; index++) {
            bytes[2049 + index] = (byte) (index % 32);
        }
        return bytes;
    }

    @Test
    void idxOfAnySize() {
        byte[] pixels = IdxFiles.ramp(3 * 20);
        IdxFiles.write(folder.resolve("train-images-idx3-ubyte"), IdxFiles.idx(new int[] {3, 5, 4}, pixels));
        IdxFiles.write(folder.resolve("train-labels-idx1-ubyte"), IdxFiles.idx(new int[] {3}, new byte[] {4, 0, 2}));
        ImageSource source = ImageSources.recognise(folder);
        Dataset training = source.load(Split.TRAIN, OWN);
        assertThat(training.imageShape()).isEqualTo(Shape.of(5, 4, 1));
        assertThat(training.classNames()).containsExactly("0", "1", "2", "3", "4");
        assertThat(labelsByValue(training)).isEqualTo(new TreeMap<>(Map.of(0, 4, 20, 0, 40, 2)));
        refuses(source, List.of("a", "b"), "expected 0 to 1");
        assertThatThrownBy(() -> source.load(Split.TEST, OWN)).hasMessageContaining("lacks t10k-images-idx3-ubyte");
    }

    @Test
    void safetensorsHoldBytesAndLabels() {
        Path file = folder.resolve("mine.safetensors");
        IdxFiles.write(file, safetensors("U8", "20, 2, 3, 1", IdxFiles.ramp(120), "I64", 20, 8));
        ImageSource source = ImageSources.recognise(file);
        Dataset training = source.load(Split.TRAIN, OWN);
        Dataset tests = source.load(Split.TEST, OWN);
        assertThat(training.imageShape()).isEqualTo(Shape.of(2, 3, 1));
        assertThat(training.size()).isEqualTo(18);
        assertThat(labelsByValue(training, tests))
                .hasSize(20)
                .containsEntry(6, 1)
                .containsEntry(18, 0);
        IdxFiles.write(file, safetensors("F32", "20, 2, 3", new byte[480], "I64", 20, 8));
        refuses(source, OWN, "tensor 'images' is of type F32; store bytes from 0 to 255 (U8)");
        IdxFiles.write(file, safetensors("U8", "20, 2, 3", new byte[120], "U8", 19, 1));
        refuses(source, OWN, "labels of shape [19], expected one for each of the 20 images");
        IdxFiles.write(file, safetensors("U8", "20, 6", new byte[120], "U8", 20, 1));
        refuses(source, OWN, "images of shape [20, 6], expected [N, H, W, C], [N, C, H, W] or [N, H, W]");
    }

    @ParameterizedTest
    @CsvSource({"I8, 1", "U8, 1", "I16, 2", "U16, 2", "I32, 4", "U32, 4", "I64, 8", "U64, 8"})
    void labelsAreIntegersOfAnyWidth(String type, int bytes) {
        Path file = folder.resolve("mine.safetensors");
        IdxFiles.write(file, safetensors("U8", "20, 2, 3, 1", IdxFiles.ramp(120), type, 20, bytes));
        ImageSource source = ImageSources.recognise(file);
        assertThat(labelsByValue(source.load(Split.TRAIN, OWN), source.load(Split.TEST, OWN)))
                .containsEntry(6, 1)
                .containsEntry(12, 2);
    }

    /** As PyTorch has them; where the last axis could be colours, they are. */
    @Test
    void channelsMayComeFirst() {
        Path file = folder.resolve("mine.safetensors");
        byte[] first = new byte[10 * 3 * 4 * 5];
        for (int index = 0; index < first.length; index++) {
            first[index] = (byte) (index % 60); // image by image the same
        }
        IdxFiles.write(file, safetensors("U8", "10, 3, 4, 5", first, "U8", 10, 1));
        Dataset images = ImageSources.recognise(file).load(Split.TRAIN, List.of());
        assertThat(images.imageShape()).isEqualTo(Shape.of(4, 5, 3));
        byte[] image = images.image(0);
        for (int place = 0; place < 20; place++) {
            for (int channel = 0; channel < 3; channel++) {
                assertThat(image[place * 3 + channel]).isEqualTo((byte) (channel * 20 + place));
            }
        }
        IdxFiles.write(file, safetensors("U8", "10, 3, 20, 1", first, "U8", 10, 1));
        assertThat(ImageSources.recognise(file).load(Split.TRAIN, List.of()).imageShape())
                .isEqualTo(Shape.of(3, 20, 1));
    }

    @Test
    void labelsThatBeginWithOneAreExplained() {
        Path file = folder.resolve("mine.safetensors");
        byte[] stored = safetensors("U8", "10, 2, 2, 1", new byte[40], "U8", 10, 1);
        for (int label = 0; label < 10; label++) {
            stored[stored.length - 10 + label]++;
        }
        IdxFiles.write(file, stored);
        refuses(
                ImageSources.recognise(file),
                List.of("a", "b", "c"),
                "labels are from 1 to 3, expected 0 to 2; take 1");
    }

    /** Labels 0, 1, 2, 0, ... of so many bytes each. */
    private static byte[] safetensors(
            String type, String shape, byte[] images, String labelType, int labels, int bytes) {
        String header = "{\"images\":{\"dtype\":\"" + type + "\",\"shape\":[" + shape + "],\"data_offsets\":[0,"
                + images.length + "]},\"labels\":{\"dtype\":\"" + labelType + "\",\"shape\":[" + labels
                + "],\"data_offsets\":[" + images.length + "," + (images.length + labels * bytes) + "]}}";
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + images.length + labels * bytes)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json).put(images);
        for (int label = 0; label < labels; label++) {
            file.put((byte) (label % 3)).put(new byte[bytes - 1]);
        }
        return file.array();
    }

    @Test
    void whatIsNoneOfTheseIsRefused() throws IOException {
        assertThatThrownBy(() -> ImageSources.recognise(folder))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(folder + ": holds no images that can be read; expected folders by class");
        assertThatThrownBy(() -> ImageSources.recognise(folder.resolve("absent")))
                .hasMessageContaining("there is no such file or folder");
        Path text = Files.writeString(folder.resolve("images.zip"), "");
        assertThatThrownBy(() -> ImageSources.recognise(text)).hasMessageContaining("is of no kind that can be read");
    }

    @Test
    void normalisationIsMeasured() {
        byte[] pixels = new byte[2 * 4 * 2];
        for (int index = 0; index < pixels.length; index += 2) {
            pixels[index] = (byte) (index % 4 == 0 ? 51 : 153);
            pixels[index + 1] = (byte) 255;
        }
        Dataset images = new LabelledImages(new StoredPixels(Shape.of(2, 2, 2), pixels), new int[] {0, 0})
                .dataset(folder, List.of("one"));
        assertThat(images.measuredNormalisation().mean().get(0)).isCloseTo(0.4f, within(1e-6f));
        assertThat(images.measuredNormalisation().deviation().get(0)).isCloseTo(0.2f, within(1e-6f));
        assertThat(images.measuredNormalisation().mean().get(1)).isEqualTo(1f);
        assertThat(images.measuredNormalisation().deviation().get(1)).isEqualTo(1f);
    }

    private static void refuses(ImageSource source, List<String> classes, String message) {
        assertThatThrownBy(() -> source.load(Split.TRAIN, classes))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }
}
