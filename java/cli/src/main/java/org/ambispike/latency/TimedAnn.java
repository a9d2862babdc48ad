package org.ambispike.latency;

import java.nio.FloatBuffer;
import org.ambispike.AnnSession;
import org.ambispike.io.SavedModel;

/** An ANN through the session that embedders use. */
final class TimedAnn implements TimedModel {
    private final AnnSession session;
    private final FloatBuffer logits;

    TimedAnn(SavedModel ann, LatencyPlan plan, int batch) {
        this.session = AnnSession.open(ann, plan.session(batch));
        this.logits = FloatBuffer.allocate(batch * ann.graph().classes());
    }

    @Override
    public void call(FloatBuffer images) {
        session.runInto(images, logits);
    }

    @Override
    public long deviceBytes() {
        return session.memoryBytes();
    }

    @Override
    public void close() {
        session.close();
    }
}
