package org.ambispike.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ambispike.common.InputException;

/**
 * Refuses image files that take far more work than their size in pixels says, before a decoder sees them: progressive
 * JPEG whose scans, of a few bytes each, go over the whole picture again and again, and BMP that holds a JPEG or PNG of
 * another size.
 */
final class FileBombs {
    /** Progressive files as cameras and programs write them have about ten. */
    static final int MOST_SCANS = 64;

    private static final int PREFIX = 0xff;
    private static final int FIRST_RESTART = 0xd0;
    private static final int IMAGE_END = 0xd9;
    private static final int SCAN = 0xda;
    private static final int LONE = 0x01;
    private static final int BMP_HEADER_SIZE_AT = 14;
    private static final int BMP_COMPRESSION_AT = 30;
    /** Headers below this size know no compression. */
    private static final int BMP_INFO_HEADER = 40;
    /** Compressions above this are whole files of another format. */
    private static final int BMP_BIT_FIELDS = 3;

    private FileBombs() {}

    /** @throws InputException if the file is one */
    static void refuse(String name, String format, byte[] file) {
        if (format.equals("jpeg") && scans(file) > MOST_SCANS) {
            throw new InputException(name + ": a JPEG of more than " + MOST_SCANS + " scans; save it anew");
        }
        if (format.equals("bmp") && holdsAnotherFormat(file)) {
            throw new InputException(name + ": a BMP that holds a file of another format; save it without compression");
        }
    }

    private static boolean holdsAnotherFormat(byte[] file) {
        if (file.length < BMP_COMPRESSION_AT + Integer.BYTES) {
            return false;
        }
        ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        return header.getInt(BMP_HEADER_SIZE_AT) >= BMP_INFO_HEADER
                && Integer.compareUnsigned(header.getInt(BMP_COMPRESSION_AT), BMP_BIT_FIELDS) > 0;
    }

    /** Counts scans up to the picture's end; those of a preview inside a segment or of what follows are not its own. */
    static int scans(byte[] file) {
        int scans = 0;
        int at = 0;
        while (at + 1 < file.length) {
            int marker = Byte.toUnsignedInt(file[at + 1]);
            boolean marked = Byte.toUnsignedInt(file[at]) == PREFIX;
            if (marked && marker == IMAGE_END) {
                return scans;
            }
            if (!marked || marker == PREFIX || isAlone(marker)) {
                at++; // entropy-coded data, fill bytes, markers without a segment
            } else {
                scans += marker == SCAN ? 1 : 0;
                at += 2 + length(file, at + 2);
            }
        }
        return scans;
    }

    private static boolean isAlone(int marker) {
        return marker <= LONE || marker >= FIRST_RESTART && marker <= IMAGE_END;
    }

    private static int length(byte[] file, int at) {
        return at + 1 < file.length ? Byte.toUnsignedInt(file[at]) << Byte.SIZE | Byte.toUnsignedInt(file[at + 1]) : 0;
    }
}
