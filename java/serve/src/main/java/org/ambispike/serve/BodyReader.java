package org.ambispike.serve;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Receives a body without a thread that waits for it, up to a limit: what is beyond it is not read. */
final class BodyReader implements Runnable {
    private final Content.Source source;
    private final int limit;
    private final boolean kept;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private long received;

    private BodyReader(Content.Source source, int limit, boolean kept) {
        this.source = source;
        this.limit = limit;
        this.kept = kept;
    }

    /** The body; or a {@link Problem} if it is too large, or what the connection failed with. */
    static CompletableFuture<byte[]> read(Request request, int limit) {
        BodyReader reader = new BodyReader(request, limit, true);
        if (request.getLength() > limit) {
            reader.body.completeExceptionally(reader.tooLarge());
        } else {
            reader.run();
        }
        return reader.body;
    }

    /** Ends at the end of a body that nobody wants, or once the limit is passed, or with what the connection failed with. */
    static CompletableFuture<byte[]> discard(Content.Source source, int limit) {
        BodyReader reader = new BodyReader(source, limit, false);
        reader.run();
        return reader.body;
    }

    private Problem tooLarge() {
        return new Problem(
                Problem.TOO_LARGE,
                "the body is larger than " + limit + " bytes; send a smaller image",
                Map.of("Connection", "close"));
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
            take(chunk.getByteBuffer());
            boolean last = chunk.isLast();
            chunk.release();
            if (received > limit) {
                body.completeExceptionally(tooLarge());
            } else if (last) {
                body.complete(bytes.toByteArray());
            }
        }
    }

    private void take(ByteBuffer chunk) {
        received += chunk.remaining();
        if (kept && received <= limit) {
            byte[] part = new byte[chunk.remaining()];
            chunk.get(part);
            bytes.writeBytes(part);
        }
    }
}
