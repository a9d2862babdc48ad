package org.ambispike.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ambispike.common.InputException;

/** Reads image files of data sets. */
final class ImageFile {
    private static final int LARGEST_SIDE = 4096;
    private static final ImageDecoder DECODER =
            new ImageDecoder(LARGEST_SIDE, (long) LARGEST_SIDE * LARGEST_SIDE, LARGEST_SIDE, false);

    private ImageFile() {}

    /** @throws InputException naming the file, if it is damaged, transparent, of 16 bits, or larger than 4096 a side */
    static DecodedImage read(Path file) {
        try {
            return DECODER.decode(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new InputException(file + ": cannot be read as an image: " + e.getMessage(), e);
        }
    }
}
