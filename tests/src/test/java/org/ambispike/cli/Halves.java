package org.ambispike.cli;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/** A body in two parts, between which something happens; half a second is left to it on either side. */
record Halves(String body, Runnable between) implements Flow.Publisher<ByteBuffer> {
    private static final int PAUSE = 500;

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Flow.Subscription() {
            private boolean begun;

            @Override
            public void request(long count) {
                if (begun) {
                    return;
                }
                begun = true;
                subscriber.onNext(part(0, body.length() / 2));
                Executor later = CompletableFuture.delayedExecutor(PAUSE, TimeUnit.MILLISECONDS);
                CompletableFuture.runAsync(between, later)
                        .thenRunAsync(
                                () -> {
                                    subscriber.onNext(part(body.length() / 2, body.length()));
                                    subscriber.onComplete();
                                },
                                later);
            }

            @Override
            public void cancel() {
                begun = true;
            }
        });
    }

    private ByteBuffer part(int from, int to) {
        return ByteBuffer.wrap(body.substring(from, to).getBytes(StandardCharsets.US_ASCII));
    }
}
