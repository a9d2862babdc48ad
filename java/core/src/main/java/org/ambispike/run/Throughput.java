package org.ambispike.run;

import java.util.stream.DoubleStream;

/** Measures how many images a second a warm network takes. */
public final class Throughput {
    private static final double WARM_UP_SECONDS = 0.1;
    private static final double SECONDS = 0.3;
    private static final int LEAST_CALLS = 5;

    private Throughput() {}

    /**
     * Returns images a second, from the median of five calls, or of as many as 0.3 s have, after a warm-up.
     *
     * @param call runs one batch, from images in Java's memory to logits in Java's memory
     * @param images of a call
     */
    public static double measure(Runnable call, int images) {
        calls(call, WARM_UP_SECONDS, 1);
        double[] seconds = calls(call, SECONDS, LEAST_CALLS);
        return images / seconds[seconds.length / 2];
    }

    /** The seconds of each call, ascending. */
    private static double[] calls(Runnable call, double atLeast, int count) {
        DoubleStream.Builder seconds = DoubleStream.builder();
        double sum = 0;
        for (int done = 0; done < count || sum < atLeast; done++) {
            long started = System.nanoTime();
            call.run();
            double taken = (System.nanoTime() - started) / 1e9;
            seconds.add(taken);
            sum += taken;
        }
        return seconds.build().sorted().toArray();
    }
}
