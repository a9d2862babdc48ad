package org.ambispike.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.function.Function;
import org.ambispike.AnnModel;
import org.ambispike.Model;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.apache.hadoop.conf.Configuration;

/**
 * A model file in memory, as it is broadcast. Thread-safe.
 *
 * @param bytes of the file
 * @param source names it in messages
 */
record ModelBytes(byte[] bytes, String source) implements Serializable {
    /** Reads a file from any file system that Hadoop knows; a path without a scheme is of the default one. */
    static ModelBytes read(String path, Configuration hadoop) {
        org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(path);
        try (InputStream in = file.getFileSystem(hadoop).open(file)) {
            return new ModelBytes(in.readAllBytes(), path);
        } catch (IOException e) {
            throw new InputException("the model " + path + " cannot be read: " + e.getMessage(), e);
        }
    }

    static ModelBytes of(Model model) {
        return new ModelBytes(throughFile(model::save), model.network());
    }

    /** Returns a digest by which equal models are known, wherever they come from. */
    String digest() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws InputException naming the source, if it is no model or one that does not spike */
    SpikingModel spiking() {
        return load(SpikingModel::load);
    }

    AnnModel ann() {
        return load(AnnModel::load);
    }

    private <M> M load(Function<byte[], M> load) {
        try {
            return load.apply(bytes);
        } catch (InputException e) {
            throw new InputException("the model " + source + ": " + e.getMessage(), e);
        }
    }

    /** Hands bytes as a file of their own to a reader. */
    static <R> R fromBytes(byte[] bytes, Function<Path, R> read) {
        return inFolder(folder -> {
            Path file = folder.resolve("bytes");
            try {
                Files.write(file, bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return read.apply(file);
        });
    }

    /** Returns what a writer writes into a file. */
    static byte[] throughFile(Consumer<Path> write) {
        return inFolder(folder -> {
            Path file = folder.resolve("bytes");
            write.accept(file);
            return bytes(file);
        });
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lends a folder that is gone afterwards; it may hold files alone. */
    static <R> R inFolder(Function<Path, R> work) {
        try {
            Path folder = Files.createTempDirectory("ambispike");
            try {
                return work.apply(folder);
            } finally {
                try (var files = Files.list(folder)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the temporary folder cannot be used: " + e.getMessage(), e);
        }
    }
}
