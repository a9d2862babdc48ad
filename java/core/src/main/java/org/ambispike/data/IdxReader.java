package org.ambispike.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;

/**
 * Reads IDX files of unsigned bytes, plain or gzipped (told apart by their first bytes): two zero bytes, the type 0x08,
 * the rank, the extents as big-endian 32-bit numbers, the values. Source: yann.lecun.com/exdb/mnist, "the IDX file
 * format".
 *
 * <p>Memory grows with the bytes that are really there, never with what a header claims.
 */
final class IdxReader {
    private static final int UNSIGNED_BYTE = 0x08;
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;
    private static final int BUFFER = 1 << 16;

    private final Path file;

    private IdxReader(Path file) {
        this.file = file;
    }

    /**
     * The content of one file.
     *
     * @param file plain or gzipped
     * @param rank the number of extents it must have
     * @throws InputException naming the file, what was found and what was expected, if it cannot be read, has another
     *     type or rank, or holds fewer or more values than its header says
     */
    static IdxArray read(Path file, int rank) {
        return new IdxReader(file).read(rank);
    }

    private IdxArray read(int rank) {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            raw.mark(2);
            boolean gzipped = (raw.read() << 8 | raw.read()) == GZIP_MAGIC;
            raw.reset();
            return gzipped ? read(new GZIPInputStream(raw, BUFFER), rank) : read(raw, rank);
        } catch (NoSuchFileException e) {
            throw new InputException(file + ": no such file", e);
        } catch (EOFException e) {
            throw bad("the compressed data end early", "the whole file", e);
        } catch (ZipException e) {
            throw bad("the compressed data are damaged (" + e.getMessage() + ")", "a whole gzip file", e);
        } catch (IOException e) {
            throw new InputException(file + ": cannot be read: " + e, e);
        }
    }

    private IdxArray read(InputStream in, int rank) throws IOException {
        int headerLength = 4 * (1 + rank);
        byte[] header = in.readNBytes(headerLength);
        if (header.length >= 4) {
            checkMagic(ByteBuffer.wrap(header).getInt(), UNSIGNED_BYTE << 8 | rank);
        }
        if (header.length < headerLength) {
            throw bad("it ends after " + header.length + " bytes", "a header of " + headerLength + " bytes");
        }
        int[] extents = new int[rank];
        ByteBuffer.wrap(header, 4, 4 * rank).asIntBuffer().get(extents);
        int count = count(extents);
        byte[] values = in.readNBytes(count);
        String expected = describe(extents) + " = " + count + " values after the header";
        if (values.length < count) {
            throw bad("it is truncated after " + values.length + " values", expected);
        }
        if (in.read() >= 0) {
            throw bad("bytes follow the last value", expected);
        }
        return new IdxArray(Shape.of(extents), values);
    }

    private void checkMagic(int found, int expected) {
        if (found != expected) {
            throw bad(
                    String.format(Locale.ROOT, "magic number 0x%08x", found),
                    String.format(Locale.ROOT, "0x%08x (IDX, unsigned bytes, rank %d)", expected, expected & 0xff));
        }
    }

    private int count(int[] extents) {
        long product = 1;
        for (int extent : extents) {
            product *= Integer.toUnsignedLong(extent);
            if (product < 1 || product > LARGEST_ARRAY) {
                throw bad("extents " + describe(extents), "1 to " + LARGEST_ARRAY + " values");
            }
        }
        return (int) product;
    }

    private static String describe(int[] extents) {
        StringJoiner text = new StringJoiner(" x ");
        for (int extent : extents) {
            text.add(Integer.toUnsignedString(extent));
        }
        return text.toString();
    }

    private InputException bad(String found, String expected) {
        return new InputException(message(found, expected));
    }

    private InputException bad(String found, String expected, Throwable cause) {
        return new InputException(message(found, expected), cause);
    }

    private String message(String found, String expected) {
        return file + ": " + found + ", expected " + expected + "; delete the file and fetch it again";
    }
}
