package org.ambispike.latency;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ambispike.ExitRule;
import org.ambispike.SessionOptions;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;

/**
 * What to measure, and for how long.
 *
 * @param timeSteps T, ascending
 * @param batches images of one call, ascending
 * @param exits rules of early exit, each with the largest T and the smallest batch
 * @param rounds in each of which every case gets its turn
 * @param seconds of timed calls for each case, over all rounds
 * @param threads of the CPU
 */
public record LatencyPlan(
        List<Integer> timeSteps,
        List<Integer> batches,
        List<ExitRule> exits,
        int rounds,
        double seconds,
        Device.Request device,
        Precision precision,
        int threads) {
    /** @throws IllegalArgumentException if a list of T or batches is empty, or a number is not positive */
    public LatencyPlan {
        timeSteps = timeSteps.stream().sorted().distinct().toList();
        batches = batches.stream().sorted().distinct().toList();
        exits = exits.stream().distinct().toList();
        boolean positive = !timeSteps.isEmpty()
                && !batches.isEmpty()
                && timeSteps.get(0) > 0
                && batches.get(0) > 0
                && rounds > 0
                && seconds > 0
                && threads > 0;
        if (!positive) {
            throw new IllegalArgumentException("a latency plan needs positive numbers: T " + timeSteps + ", batches "
                    + batches + ", " + rounds + " rounds, " + seconds + " s, " + threads + " threads");
        }
    }

    /** The same on another device, for example on the one that {@link org.ambispike.device.Device#choose} chose once for all. */
    public LatencyPlan withDevice(Device.Request other) {
        return new LatencyPlan(timeSteps, batches, exits, rounds, seconds, other, precision, threads);
    }

    public int largestTimeSteps() {
        return timeSteps.get(timeSteps.size() - 1);
    }

    public int largestBatch() {
        return batches.get(batches.size() - 1);
    }

    /** All cases in the order to show them: the ANN, then T by batch, then early exits. */
    List<LatencyCase> cases() {
        return Stream.of(
                        batches.stream().map(LatencyCase::ann),
                        batches.stream().flatMap(batch -> timeSteps.stream().map(t -> LatencyCase.fixed(t, batch))),
                        exits.stream().map(rule -> LatencyCase.early(largestTimeSteps(), rule, batches.get(0))))
                .flatMap(cases -> cases)
                .toList();
    }

    /**
     * The cases of a round: each begins elsewhere and every other one goes backwards, so that a machine that slows down
     * or warms up does not favour a case.
     *
     * @param round from 0
     */
    List<Integer> order(int round) {
        int count = cases().size();
        int first = (int) ((long) round * count / rounds);
        return IntStream.range(0, count)
                .map(index -> (first + (round % 2 == 0 ? index : count - index)) % count)
                .boxed()
                .toList();
    }

    /** How it is measured. */
    public Map<String, String> described() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("threads", Integer.toString(threads));
        settings.put("rounds", rounds + ", each case opened anew and in another order in each");
        settings.put(
                "timed calls",
                seconds + " s for each case over all rounds, after a quarter of that as warm-up; at least two a round");
        settings.put("time", "from normalised images in Java's memory to logits in Java's memory");
        settings.put("interval", intervals());
        settings.put("peak memory", "resident memory of the whole process, Java included, while the case has its turn");
        return settings;
    }

    private String intervals() {
        return rounds < OrderStatistics.FEWEST
                ? "smallest to largest of the rounds, for these are too few for 95%"
                : "95% for the median of the rounds, by order statistics";
    }

    /** Options of a session for calls of one batch size, on the network's own input. */
    SessionOptions session(int batch) {
        return SessionOptions.defaults()
                .withDevice(device)
                .withPrecision(precision)
                .withThreads(threads)
                .withBatch(batch)
                .withLargestTimeSteps(largestTimeSteps())
                .withInput(SessionOptions.Input.NORMALISED);
    }
}
