package org.ambispike.serve;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.io.Content;

/**
 * Receives a body without a thread that waits for it. A body that is too large is read to its end all the same, but not
 * kept: a client that still sends would not hear the answer.
 */
final class BodyReader implements Runnable {
    private final Content.Source source;
    private final int limit;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private long received;

    private BodyReader(Content.Source source, int limit) {
        this.source = source;
        this.limit = limit;
    }

    /** The body; or a {@link Problem} if it is too large, or what the connection failed with. */
    static CompletableFuture<byte[]> read(Content.Source source, int limit) {
        BodyReader reader = new BodyReader(source, limit);
        reader.run();
        return reader.body;
    }

    private Problem tooLarge() {
        return new Problem(Problem.TOO_LARGE, "the body is larger than " + limit + " bytes; send a smaller image");
    }

    @Override
    public void run() {
        while (!body.isDone()) {
            Content.Chunk chunk = source.read();
            if (chunk == null) {
                source.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                body.completeExceptionally(chunk.getFailure());
                return;
            }
            keep(chunk.getByteBuffer());
            boolean last = chunk.isLast();
            chunk.release();
            if (last && received > limit) {
                body.completeExceptionally(tooLarge());
            } else if (last) {
                body.complete(kept.toByteArray());
            }
        }
    }

    private void keep(ByteBuffer bytes) {
        received += bytes.remaining();
        if (received > limit) {
            return;
        }
        byte[] part = new byte[bytes.remaining()];
        bytes.get(part);
        kept.writeBytes(part);
    }
}
