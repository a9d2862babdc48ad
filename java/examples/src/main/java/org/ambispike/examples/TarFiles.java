package org.ambispike.examples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Reads the files of a tar archive (POSIX ustar), as npm writes them: below one folder, names of at most 255 bytes. */
final class TarFiles {
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE = 12;
    private static final int KIND_AT = 156;
    private static final int PREFIX_AT = 345;
    private static final int PREFIX = 155;
    private static final long LARGEST = 64L << 20;

    private TarFiles() {}

    /**
     * Writes the wanted files below a folder, without the folder that they all lie in inside the archive.
     *
     * @param wanted is given a file's name without that folder
     * @throws IOException if the archive is damaged, a wanted file would lie outside the folder or is larger than 64 MiB
     */
    static void unpack(InputStream archive, Predicate<String> wanted, Path folder) throws IOException {
        byte[] header = archive.readNBytes(BLOCK);
        while (header.length == BLOCK && header[0] != 0) {
            long size = size(header);
            String name = name(header);
            boolean file = header[KIND_AT] == '0' || header[KIND_AT] == 0;
            long left = (size + BLOCK - 1) / BLOCK * BLOCK;
            if (file && wanted.test(name)) {
                write(archive, name, size, folder);
                left -= size;
            }
            archive.skipNBytes(left);
            header = archive.readNBytes(BLOCK);
        }
    }

    private static void write(InputStream archive, String name, long size, Path folder) throws IOException {
        Path target = folder.resolve(name).normalize();
        if (!target.startsWith(folder) || size > LARGEST) {
            throw new IOException("the archive holds '" + name + "' of " + size + " bytes, which is not unpacked");
        }
        byte[] content = archive.readNBytes((int) size);
        if (content.length < size) {
            throw new IOException("the archive ends within " + name);
        }
        Files.createDirectories(target.getParent());
        Files.write(target, content);
    }

    private static String name(byte[] header) {
        String prefix = text(header, PREFIX_AT, PREFIX);
        String name = text(header, 0, NAME);
        String whole = prefix.isEmpty() ? name : prefix + "/" + name;
        return whole.substring(whole.indexOf('/') + 1);
    }

    private static long size(byte[] header) throws IOException {
        try {
            return Long.parseLong(text(header, SIZE_AT, SIZE).trim(), 8);
        } catch (NumberFormatException e) {
            throw new IOException("the archive is damaged: a size is no octal number", e);
        }
    }

    private static String text(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8);
    }
}
