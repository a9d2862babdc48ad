package org.ambispike.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * What a JPEG says of its components before its first scan.
 *
 * @param components the identifier of each
 * @param jfif whether it has a JFIF segment
 * @param adobe the transform of its Adobe segment: 0 for none, 1 for YCC, 2 for YCCK
 * @param orientation that of its EXIF segment, 1 for upright
 */
record JpegHeader(byte[] components, boolean jfif, OptionalInt adobe, int orientation) {
    private static final int PREFIX = 0xff;
    private static final int SCAN = 0xda;
    private static final int FIRST_FRAME = 0xc0;
    private static final int LAST_FRAME = 0xcf;
    private static final int HUFFMAN = 0xc4;
    private static final int EXTENSION = 0xc8;
    private static final int ARITHMETIC = 0xcc;
    private static final int JFIF = 0xe0;
    private static final int EXIF = 0xe1;
    private static final int ADOBE = 0xee;
    private static final int ADOBE_TRANSFORM_AT = 11;
    private static final int COMPONENT_COUNT_AT = 5;
    private static final String EXIF_START = "Exif\0\0";
    private static final int DIRECTORY_OFFSET_AT = 4;
    private static final int ENTRY = 12;
    private static final int VALUE_AT = 8;
    private static final short ORIENTATION = 0x0112;

    /** Reads what is there; a file that is cut off has no components. */
    static JpegHeader of(byte[] file) {
        byte[] components = {};
        boolean jfif = false;
        OptionalInt adobe = OptionalInt.empty();
        int orientation = 1;
        int at = 2;
        while (at + 3 < file.length && Byte.toUnsignedInt(file[at]) == PREFIX) {
            int marker = Byte.toUnsignedInt(file[at + 1]);
            if (marker == PREFIX) {
                at++; // fill bytes
                continue;
            }
            int end = at + 2 + (Byte.toUnsignedInt(file[at + 2]) << Byte.SIZE | Byte.toUnsignedInt(file[at + 3]));
            if (marker == SCAN || end > file.length) {
                break;
            }
            byte[] body = Arrays.copyOfRange(file, at + 4, Math.max(at + 4, end));
            if (marker == JFIF && starts(body, "JFIF\0")) {
                jfif = true;
            } else if (marker == ADOBE && starts(body, "Adobe") && body.length > ADOBE_TRANSFORM_AT) {
                adobe = OptionalInt.of(Byte.toUnsignedInt(body[ADOBE_TRANSFORM_AT]));
            } else if (marker == EXIF && starts(body, EXIF_START)) {
                orientation = orientation(body);
            } else if (isFrame(marker)) {
                components = identifiers(body);
            }
            at = end;
        }
        return new JpegHeader(components, jfif, adobe, orientation);
    }

    private static boolean isFrame(int marker) {
        return marker >= FIRST_FRAME
                && marker <= LAST_FRAME
                && marker != HUFFMAN
                && marker != EXTENSION
                && marker != ARITHMETIC;
    }

    private static boolean starts(byte[] body, String text) {
        return new String(body, 0, Math.min(body.length, text.length()), StandardCharsets.ISO_8859_1).equals(text);
    }

    /** Looks through the first directory of the TIFF that an EXIF segment is. */
    private static int orientation(byte[] body) {
        int start = EXIF_START.length();
        ByteBuffer tiff = ByteBuffer.wrap(body, start, body.length - start).slice();
        try {
            tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            int directory = tiff.getInt(DIRECTORY_OFFSET_AT);
            int entries = Short.toUnsignedInt(tiff.getShort(directory));
            for (int entry = 0; entry < entries; entry++) {
                int at = directory + 2 + entry * ENTRY;
                if (tiff.getShort(at) == ORIENTATION) {
                    return tiff.getShort(at + VALUE_AT);
                }
            }
        } catch (IndexOutOfBoundsException e) {
            return 1; // damaged: says nothing
        }
        return 1;
    }

    /** Bits, height, width, the number of components, and three bytes for each. */
    private static byte[] identifiers(byte[] frame) {
        int count = frame.length > COMPONENT_COUNT_AT ? Byte.toUnsignedInt(frame[COMPONENT_COUNT_AT]) : 0;
        byte[] identifiers = new byte[Math.min(count, Math.max(0, (frame.length - COMPONENT_COUNT_AT - 1) / 3))];
        for (int index = 0; index < identifiers.length; index++) {
            identifiers[index] = frame[COMPONENT_COUNT_AT + 1 + 3 * index];
        }
        return identifiers;
    }
}
