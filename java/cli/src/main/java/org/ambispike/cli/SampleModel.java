package org.ambispike.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The sample that is part of the program, as files that are there until this is closed. */
record SampleModel(Path folder) implements AutoCloseable {
    private static final String MODEL = "model.safetensors";
    private static final String IMAGES = "test.safetensors";

    static SampleModel unpack() {
        try {
            Path folder = Files.createTempDirectory("ambispike-sample-");
            for (String name : new String[] {MODEL, IMAGES}) {
                try (InputStream in = SampleModel.class.getResourceAsStream("sample/" + name)) {
                    if (in == null) {
                        throw new IllegalStateException("the program lacks its file sample/" + name);
                    }
                    Files.copy(in, folder.resolve(name));
                }
            }
            return new SampleModel(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A spiking network. */
    Path model() {
        return folder.resolve(MODEL);
    }

    /** A folder with some test images. */
    Path images() {
        return folder;
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(folder.resolve(MODEL));
            Files.deleteIfExists(folder.resolve(IMAGES));
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
