package org.ambispike.latency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The times of one case, round by round. For one thread. */
final class CaseTimes {
    private final int batch;
    private final List<double[]> rounds = new ArrayList<>();

    CaseTimes(int batch) {
        this.batch = batch;
    }

    /** @param milliseconds of each call of a round, at least one */
    void round(double[] milliseconds) {
        double[] sorted = milliseconds.clone();
        Arrays.sort(sorted);
        rounds.add(sorted);
    }

    CallTimes calls() {
        double[] all = rounds.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
        double[] medians = rounds.stream()
                .mapToDouble(round -> OrderStatistics.percentile(round, 50))
                .toArray();
        return new CallTimes(
                all.length,
                OrderStatistics.median(medians),
                OrderStatistics.percentile(all, 95),
                OrderStatistics.percentile(all, 99),
                Arrays.stream(all).average().orElseThrow());
    }

    Interval imagesPerSecond() {
        return OrderStatistics.median(rounds.stream()
                .mapToDouble(round ->
                        1000.0 * batch * round.length / Arrays.stream(round).sum())
                .toArray());
    }
}
