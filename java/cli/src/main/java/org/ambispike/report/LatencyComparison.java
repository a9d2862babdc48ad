package org.ambispike.report;

import java.util.ArrayList;
import java.util.List;
import org.ambispike.common.InputException;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.latency.LatencyReport;

/**
 * Two latency benchmarks, case by case: the same before and after a change, or ours and another tool's. They agree in a
 * case where the intervals of images/s overlap.
 *
 * @param pairs cases that both have, in the order of the first
 * @param unmatched cases that only one of them has
 * @param images of how many each accuracy is
 */
public record LatencyComparison(List<Pair> pairs, int unmatched, String images) {
    /** One case in both. */
    public record Pair(LatencyPoint first, LatencyPoint second) {
        /** How many times as many images a second the second handles. */
        public double speed() {
            return second.imagesPerSecond().value() / first.imagesPerSecond().value();
        }

        public boolean agrees() {
            return first.imagesPerSecond().overlaps(second.imagesPerSecond());
        }

        private String verdict() {
            if (agrees()) {
                return "same";
            }
            return speed() > 1 ? "faster" : "slower";
        }
    }

    public LatencyComparison {
        pairs = List.copyOf(pairs);
    }

    /** @throws InputException if they have no case in common */
    public static LatencyComparison of(LatencyReport first, LatencyReport second) {
        List<Pair> pairs = new ArrayList<>();
        for (LatencyPoint point : first.points()) {
            second.points().stream()
                    .filter(point::sameCase)
                    .findFirst()
                    .ifPresent(other -> pairs.add(new Pair(point, other)));
        }
        if (pairs.isEmpty()) {
            throw new InputException(
                    "the two files have no T and batch in common; measure both with the same --T and" + " --batch");
        }
        return new LatencyComparison(
                pairs,
                first.points().size() + second.points().size() - 2 * pairs.size(),
                "first on " + first.measuredImages() + ", second on " + second.measuredImages());
    }

    /** Cases whose intervals overlap. */
    public long agreeing() {
        return pairs.stream().filter(Pair::agrees).count();
    }

    /** Returns what accuracies are of, where there are some, and a row for each case; whole lines. */
    public String table() {
        TextTable table = new TextTable(
                2,
                List.of(
                        "network",
                        "exit",
                        "batch",
                        "images/s, first",
                        "interval",
                        "images/s, second",
                        "interval",
                        "second / first",
                        "p50, ms",
                        "second",
                        "accuracy, points",
                        "second is"));
        for (Pair pair : pairs) {
            LatencyPoint first = pair.first();
            LatencyPoint second = pair.second();
            table.row(List.of(
                    LatencyTables.name(first),
                    first.exit(),
                    Integer.toString(first.batch()),
                    Format.significant(first.imagesPerSecond().value()),
                    LatencyTables.interval(first.imagesPerSecond()),
                    Format.significant(second.imagesPerSecond().value()),
                    LatencyTables.interval(second.imagesPerSecond()),
                    Format.decimal(pair.speed(), 2),
                    Format.significant(first.milliseconds().p50().value()),
                    Format.significant(second.milliseconds().p50().value()),
                    Format.points(second.accuracy() - first.accuracy()),
                    pair.verdict()));
        }
        boolean measured = pairs.stream()
                .anyMatch(pair ->
                        Double.isFinite(pair.second().accuracy() - pair.first().accuracy()));
        return (measured ? "accuracy: " + images + "\n" : "") + table.render();
    }
}
