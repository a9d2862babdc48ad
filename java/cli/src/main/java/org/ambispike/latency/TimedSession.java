package org.ambispike.latency;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.ambispike.ExitRule;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingSession;

/** A spiking network through the session that embedders use. */
final class TimedSession implements TimedModel {
    private final SpikingSession session;
    private final int timeSteps;
    private final ExitRule rule;
    private final boolean exits;
    private final FloatBuffer logits;
    private final IntBuffer taken;

    TimedSession(SpikingModel model, LatencyPlan plan, LatencyCase how) {
        this.session = model.openSession(plan.session(how.batch()));
        this.timeSteps = how.timeSteps();
        this.rule = how.rule();
        this.exits = how.exits();
        this.logits = FloatBuffer.allocate(how.batch() * model.outputLength());
        this.taken = IntBuffer.allocate(how.batch());
    }

    @Override
    public void call(FloatBuffer images) {
        if (exits) {
            session.runInto(images, timeSteps, rule, logits, taken);
        } else {
            session.runInto(images, timeSteps, logits);
        }
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
