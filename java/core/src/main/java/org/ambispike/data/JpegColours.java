package org.ambispike.data;

import java.awt.image.Raster;
import java.nio.charset.StandardCharsets;
import org.ambispike.common.InputException;

/**
 * What the components of a JPEG mean, by the rules of libjpeg, and its formulas (ITU-R BT.601, in 16 bits) for turning them
 * into grey or red, green, blue. Of four components Pillow assumes that they are inverted, as Adobe's programs write them.
 */
enum JpegColours {
    GREY,
    RGB,
    YCC,
    CMYK,
    YCCK;

    private static final int SCALE = 16;
    private static final int HALF = 1 << SCALE - 1;
    private static final int RED_CR = fixed(1.40200);
    private static final int GREEN_CB = fixed(0.34414);
    private static final int GREEN_CR = fixed(0.71414);
    private static final int BLUE_CB = fixed(1.77200);

    private static int fixed(double factor) {
        return (int) (factor * (1 << SCALE) + 0.5);
    }

    /** @throws InputException if the number of components is none that colours have */
    static JpegColours of(String name, byte[] file) {
        JpegHeader header = JpegHeader.of(file);
        return switch (header.components().length) {
            case 1 -> GREY;
            case 3 -> threeOf(header);
            case 4 -> header.adobe().isPresent() && header.adobe().getAsInt() != 0 ? YCCK : CMYK;
            default -> throw new InputException(
                    name + ": a JPEG of " + header.components().length + " components; save it in" + " grey or colour");
        };
    }

    private static JpegColours threeOf(JpegHeader header) {
        if (header.jfif()) {
            return YCC;
        }
        if (header.adobe().isPresent()) {
            return header.adobe().getAsInt() == 0 ? RGB : YCC;
        }
        return new String(header.components(), StandardCharsets.ISO_8859_1).equals("RGB") ? RGB : YCC;
    }

    /** Turns decoded samples, of which nothing else was changed, into an image. */
    DecodedImage convert(Raster raster) {
        return switch (this) {
            case GREY -> ImageDecoder.map(raster, 1, (samples, from, values, to) -> values[to] = (byte) samples[from]);
            case RGB -> ImageDecoder.map(raster, 3, JpegColours::copy);
            case YCC -> ImageDecoder.map(raster, 3, JpegColours::fromYcc);
            case CMYK -> ImageDecoder.map(raster, 3, JpegColours::fromCmyk);
            case YCCK -> ImageDecoder.map(raster, 3, JpegColours::fromYcck);
        };
    }

    private static void copy(int[] samples, int from, byte[] values, int to) {
        for (int channel = 0; channel < 3; channel++) {
            values[to + channel] = (byte) samples[from + channel];
        }
    }

    private static void fromYcc(int[] samples, int from, byte[] values, int to) {
        int luma = samples[from];
        int blue = samples[from + 1] - 128;
        int red = samples[from + 2] - 128;
        values[to] = (byte) clamp(luma + (RED_CR * red + HALF >> SCALE));
        values[to + 1] = (byte) clamp(luma + (-GREEN_CB * blue - GREEN_CR * red + HALF >> SCALE));
        values[to + 2] = (byte) clamp(luma + (BLUE_CB * blue + HALF >> SCALE));
    }

    /** Stored inverted: what is stored of an ink is the light that it leaves. */
    private static void fromCmyk(int[] samples, int from, byte[] values, int to) {
        int light = samples[from + 3];
        for (int channel = 0; channel < 3; channel++) {
            int ink = 255 - samples[from + channel];
            int product = ink * light + 128;
            values[to + channel] = (byte) (light - ((product >> 8) + product >> 8));
        }
    }

    /** Luma and chroma are those of the colours that the inks leave; libjpeg gives inks, which Pillow inverts. */
    private static void fromYcck(int[] samples, int from, byte[] values, int to) {
        fromYcc(samples, from, values, to);
        for (int channel = 0; channel < 3; channel++) {
            samples[from + channel] = 255 - Byte.toUnsignedInt(values[to + channel]);
        }
        fromCmyk(samples, from, values, to);
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(255, value));
    }
}
