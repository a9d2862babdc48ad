package org.ambispike.support;

import java.util.function.BiPredicate;
import org.ambispike.common.Cancellation;
import org.ambispike.common.ProgressListener;

/**
 * When a run is asked to stop.
 *
 * @param moment given the stage and the number of its steps that are done
 */
public record Interruption(BiPredicate<String, Long> moment) {
    public static Interruption never() {
        return new Interruption((stage, step) -> false);
    }

    /** Interrupts any stage. */
    public static Interruption afterStep(long step) {
        return new Interruption((stage, done) -> done == step);
    }

    public static Interruption of(String stage, long step) {
        return new Interruption((name, done) -> name.equals(stage) && done == step);
    }

    /** Hears of progress, and asks when the moment has come. */
    public ProgressListener of(Cancellation cancellation) {
        return new ProgressListener() {
            private String running = "";

            @Override
            public void stage(String name, long totalSteps) {
                running = name;
            }

            @Override
            public void step(long done, String message) {
                if (moment.test(running, done)) {
                    cancellation.request();
                }
            }
        };
    }
}
