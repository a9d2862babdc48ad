package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Test;

/** Small files that would cost a decoder far more than their pixels. */
class FileBombsTest {
    private static final ImageDecoder DECODER = new ImageDecoder(64, 4096);
    private static final int SIDE = 16;

    @Test
    void aProgressivePictureIsDecodedAndItsScansAreCounted() throws IOException {
        byte[] file = progressive();
        assertThat(FileBombs.scans(file)).isBetween(2, 20).isEqualTo(count(file));
        assertThat(DECODER.decode("image", file).shape()).isEqualTo(Shape.of(SIDE, SIDE, 1));
        assertThat(FileBombs.scans(jpeg(false))).isEqualTo(1);
    }

    @Test
    void scansWithoutEndAreRefused() throws IOException {
        byte[] few = withScans(progressive(), 20);
        assertThat(FileBombs.scans(few)).isEqualTo(count(few));
        assertThat(DECODER.decode("image", few).shape()).isEqualTo(Shape.of(SIDE, SIDE, 1));
        assertThatThrownBy(() -> DECODER.decode("image", withScans(progressive(), 100)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("image: a JPEG of more than " + FileBombs.MOST_SCANS + " scans");
    }

    /** A preview inside a segment, and what phones append behind a picture, are not decoded. */
    @Test
    void scansOfOtherPicturesInTheFileDoNotCount() throws IOException {
        byte[] file = jpeg(false);
        byte[] preview = withScans(progressive(), 100);
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(file, 0, 2);
        both.write(new byte[] {(byte) 0xff, (byte) 0xe1});
        both.write(ByteBuffer.allocate(2).putShort((short) (preview.length + 2)).array());
        both.write(preview);
        both.write(file, 2, file.length - 2);
        both.write(preview);
        assertThat(FileBombs.scans(both.toByteArray())).isEqualTo(1);
        assertThat(DECODER.decode("image", both.toByteArray()).shape()).isEqualTo(Shape.of(SIDE, SIDE, 1));
    }

    /** Java's decoder would decode the picture inside, whatever its size, to find it larger than the header says. */
    @Test
    void aBmpThatHoldsAJpegIsRefused() throws IOException {
        byte[] inside = jpeg(false);
        for (int compression : new int[] {4, 5, -1}) {
            ByteBuffer file = ByteBuffer.allocate(54 + inside.length).order(ByteOrder.LITTLE_ENDIAN);
            file.put((byte) 'B')
                    .put((byte) 'M')
                    .putInt(file.capacity())
                    .putInt(0)
                    .putInt(54);
            file.putInt(40).putInt(4).putInt(4).putShort((short) 1).putShort((short) 0);
            file.putInt(compression)
                    .putInt(inside.length)
                    .putInt(1)
                    .putInt(1)
                    .putInt(0)
                    .putInt(0)
                    .put(inside);
            assertThatThrownBy(() -> DECODER.decode("image", file.array()))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("a BMP that holds a file of another format");
        }
    }

    @Test
    void plainBmpIsDecoded() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture(BufferedImage.TYPE_INT_RGB), "bmp", out))
                .isTrue();
        assertThat(DECODER.decode("image", out.toByteArray()).shape()).isEqualTo(Shape.of(SIDE, SIDE, 3));
    }

    private static byte[] progressive() throws IOException {
        return jpeg(true);
    }

    private static BufferedImage picture(int type) {
        BufferedImage picture = new BufferedImage(SIDE, SIDE, type);
        for (int index = 0; index < SIDE * SIDE; index++) {
            picture.getRaster().setSample(index % SIDE, index / SIDE, 0, 7 * index % 256);
        }
        return picture;
    }

    private static byte[] jpeg(boolean progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(picture(BufferedImage.TYPE_BYTE_GRAY), null, null), parameters);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /** Repeats the last scan so many times. */
    private static byte[] withScans(byte[] file, int more) throws IOException {
        int last = 0;
        for (int at = 0; at + 1 < file.length; at++) {
            last = isScan(file, at) ? at : last;
        }
        byte[] scan = Arrays.copyOfRange(file, last, file.length - 2);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, file.length - 2);
        for (int index = 0; index < more; index++) {
            out.write(scan);
        }
        out.write(file, file.length - 2, 2);
        return out.toByteArray();
    }

    /** Entropy-coded data never holds the marker, and these files have no other segments that could. */
    private static int count(byte[] file) {
        int scans = 0;
        for (int at = 0; at + 1 < file.length; at++) {
            scans += isScan(file, at) ? 1 : 0;
        }
        return scans;
    }

    private static boolean isScan(byte[] file, int at) {
        return file[at] == (byte) 0xff && file[at + 1] == (byte) 0xda;
    }
}
