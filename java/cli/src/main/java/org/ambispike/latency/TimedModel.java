package org.ambispike.latency;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.ambispike.AnnSession;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingSession;

/**
 * A network in the session that embedders use, ready for calls of one batch size; for one thread.
 *
 * @param call runs images [batch, H, W, C], normalised; the logits are in the caller's memory when it returns
 * @param deviceBytes that the session holds on its device
 */
record TimedModel(Consumer<FloatBuffer> call, LongSupplier deviceBytes, Runnable closing) implements AutoCloseable {
    static TimedModel open(BenchmarkInput input, LatencyPlan plan, LatencyCase how) {
        SessionOptions options = plan.session(how.batch());
        FloatBuffer logits = FloatBuffer.allocate(how.batch() * input.model().outputLength());
        if (how.ann()) {
            AnnSession session = AnnSession.open(input.ann(), options);
            return new TimedModel(images -> session.runInto(images, logits), session::memoryBytes, session::close);
        }
        SpikingSession session = input.model().openSession(options);
        IntBuffer taken = IntBuffer.allocate(how.batch());
        Consumer<FloatBuffer> call = how.exits()
                ? images -> session.runInto(images, how.timeSteps(), how.rule(), logits, taken)
                : images -> session.runInto(images, how.timeSteps(), logits);
        return new TimedModel(call, session::memoryBytes, session::close);
    }

    @Override
    public void close() {
        closing.run();
    }
}
