package org.ambispike.serve;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;

/**
 * A form as browsers and {@code curl -F} send it: one file, called {@code image}, and fields as in a query.
 *
 * @param file the array itself
 */
record FormImage(byte[] file, Map<String, String> fields) {
    private static final String IMAGE = "image";
    private static final int MOST_PARTS = 16;

    /** @throws Problem if it is malformed, holds no image, or something twice */
    static FormImage read(String contentType, byte[] body) {
        String boundary = MultiPart.extractBoundary(contentType);
        if (boundary == null) {
            throw bad("it has no boundary");
        }
        Map<String, byte[]> parts = new LinkedHashMap<>();
        Listener listener = new Listener(parts);
        try {
            MultiPart.Parser parser = new MultiPart.Parser(boundary, listener);
            parser.setMaxParts(MOST_PARTS);
            parser.parse(Content.Chunk.from(ByteBuffer.wrap(body), true));
        } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
        listener.fault.ifPresent(what -> {
            throw bad(what);
        });
        if (!listener.complete) {
            throw bad("it is cut off");
        }
        byte[] file = parts.remove(IMAGE);
        if (file == null) {
            throw new Problem(Problem.BAD_REQUEST, "the form has no image; send it as curl -F image=@boot.png does");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        parts.forEach((name, value) -> fields.put(name, new String(value, StandardCharsets.UTF_8)));
        return new FormImage(file, fields);
    }

    private static Problem bad(String what) {
        return new Problem(Problem.BAD_REQUEST, "the form is malformed: " + what);
    }

    /** Collects the parts. The parser passes over what a listener throws. */
    private static final class Listener extends MultiPart.AbstractPartsListener {
        private final Map<String, byte[]> parts;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private Optional<String> fault = Optional.empty();
        private boolean complete;

        Listener(Map<String, byte[]> parts) {
            this.parts = parts;
        }

        @Override
        public void onPartContent(Content.Chunk chunk) {
            ByteBuffer bytes = chunk.getByteBuffer();
            byte[] part = new byte[bytes.remaining()];
            bytes.get(part);
            content.writeBytes(part);
        }

        @Override
        public void onPart(String name, String fileName, HttpFields headers) {
            if (name == null || parts.put(name, content.toByteArray()) != null) {
                fault = Optional.of(name == null ? "a part has no name" : "a part is there twice");
            }
            content.reset();
        }

        @Override
        public void onComplete() {
            complete = true;
        }

        @Override
        public void onFailure(Throwable failure) {
            fault = Optional.of(String.valueOf(failure.getMessage()));
        }
    }
}
