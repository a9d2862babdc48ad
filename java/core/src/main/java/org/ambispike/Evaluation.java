package org.ambispike;

import java.util.List;
import org.ambispike.common.Cancellation;

/**
 * What is measured of a spiking network on labelled images, and where. A value.
 *
 * @param timeSteps T of the pass, at least 1; accuracy is known at every smaller T too
 * @param exits a point of accuracy against mean T for each rule
 * @param session device, precision, threads and batch of the pass
 * @param cancellation may ask to stop between batches
 */
public record Evaluation(int timeSteps, List<ExitRule> exits, SessionOptions session, Cancellation cancellation) {
    private static final int BATCH = 100;

    /** @throws IllegalArgumentException if T is below 1 */
    public Evaluation {
        exits = List.copyOf(exits);
        if (timeSteps < 1) {
            throw new IllegalArgumentException("an evaluation takes at least one time step, got " + timeSteps);
        }
    }

    /** Returns an evaluation of T time steps without early exits, on the device that there is. */
    public static Evaluation forTimeSteps(int timeSteps) {
        return new Evaluation(timeSteps, List.of(), SessionOptions.defaults().withBatch(BATCH), new Cancellation());
    }

    /** Returns the same with a point for each of these rules. */
    public Evaluation withExits(ExitRule... rules) {
        return new Evaluation(timeSteps, List.of(rules), session, cancellation);
    }

    /** Returns the same on another device, or with other threads or precision. */
    public Evaluation withSession(SessionOptions other) {
        return new Evaluation(timeSteps, exits, other, cancellation);
    }

    public Evaluation withCancellation(Cancellation other) {
        return new Evaluation(timeSteps, exits, session, other);
    }
}
