package org.ambispike.io;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.ambispike.common.InputException;
import org.ambispike.graph.HostTensor;

/**
 * What Ambispike's own safetensors files carry in their metadata: the name and version of the format, and a CRC-32C of
 * everything else (the other metadata, the tensors' names, types, shapes and values).
 */
public final class StampedFile {
    public static final String FORMAT = "format";
    static final String VERSION = "version";
    static final String CHECKSUM = "crc32c";

    private static final String CURRENT_VERSION = "1";

    private StampedFile() {}

    static void write(Path target, String format, Map<String, String> metadata, Map<String, HostTensor> tensors) {
        Map<String, String> stamped = new TreeMap<>(metadata);
        stamped.put(FORMAT, format);
        stamped.put(VERSION, CURRENT_VERSION);
        SafetensorsHeader header = Safetensors.header(stamped, tensors);
        CRC32C checksum = new CRC32C();
        OutputStream out = new CheckedOutputStream(OutputStream.nullOutputStream(), checksum);
        addHeader(checksum, header, name -> {
            try {
                Safetensors.writeValues(out, tensors.get(name).values());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        stamped.put(CHECKSUM, text(checksum));
        Safetensors.write(target, stamped, tensors);
    }

    /**
     * Checks that a file is of a known format.
     *
     * @param reader of the file; closed if it is not
     * @param keys the metadata that the format has beside the stamp
     * @return the reader
     * @throws InputException if it is of another format, newer, lacks one of the keys or has others, or its checksum is
     *     there and wrong
     */
    static SafetensorsReader require(SafetensorsReader reader, String format, Set<String> keys) {
        try {
            check(reader, format, keys);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
        return reader;
    }

    private static void check(SafetensorsReader reader, String format, Set<String> keys) {
        Path file = reader.file();
        Map<String, String> metadata = reader.header().metadata();
        String actual = metadata.get(FORMAT);
        if (!format.equals(actual)) {
            throw FileFault.of(
                    file,
                    "is " + (actual == null ? "a file without a format entry" : "of format " + FileFault.quoted(actual))
                            + ", expected '" + format + "'");
        }
        String version = metadata.getOrDefault(VERSION, "none");
        if (!version.equals(CURRENT_VERSION)) {
            throw FileFault.of(
                    file,
                    "has version " + FileFault.quoted(version) + " of " + format + ", and this program reads "
                            + CURRENT_VERSION + "; use the program that wrote it, or a newer one");
        }
        for (String key : keys) {
            if (!metadata.containsKey(key)) {
                throw FileFault.of(file, "lacks the metadata entry '" + key + "'");
            }
        }
        for (String key : metadata.keySet()) {
            if (!keys.contains(key) && !Set.of(FORMAT, VERSION, CHECKSUM).contains(key)) {
                throw FileFault.of(file, "has an unknown metadata entry " + FileFault.quoted(key));
            }
        }
        if (metadata.containsKey(CHECKSUM) && !checksum(reader).equals(metadata.get(CHECKSUM))) {
            throw FileFault.of(
                    file,
                    "is damaged: its content does not have the checksum in its header; take another copy, or, if"
                            + " another program changed it on purpose, drop the metadata entry '" + CHECKSUM + "'");
        }
    }

    private static String checksum(SafetensorsReader reader) {
        CRC32C checksum = new CRC32C();
        SafetensorsHeader header = reader.header();
        addHeader(checksum, header, name -> reader.forEachChunk(header.entries().get(name), checksum::update));
        return text(checksum);
    }

    private static void addHeader(CRC32C checksum, SafetensorsHeader header, Consumer<String> addValues) {
        new TreeMap<>(header.metadata()).forEach((key, value) -> {
            if (!key.equals(CHECKSUM)) {
                addText(checksum, key);
                addText(checksum, value);
            }
        });
        header.entries().values().forEach(entry -> {
            addText(checksum, entry.name());
            addText(checksum, entry.type() + " " + entry.shape());
            addValues.accept(entry.name());
        });
    }

    /** Zero-ended, so that the border between two texts counts. */
    private static void addText(CRC32C checksum, String text) {
        checksum.update(text.getBytes(StandardCharsets.UTF_8));
        checksum.update(0);
    }

    private static String text(CRC32C checksum) {
        return String.format("%08x", checksum.getValue());
    }
}
