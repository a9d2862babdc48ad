package org.ambispike.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ambispike.latency.LatencyPoint;

/** {@code latency.csv}: the points of a latency benchmark, a row each. What was not measured is an empty cell. */
final class LatencyCsv {
    private static final Map<String, Function<LatencyPoint, Object>> COLUMNS = columns();

    private LatencyCsv() {}

    private static Map<String, Function<LatencyPoint, Object>> columns() {
        Map<String, Function<LatencyPoint, Object>> columns = new LinkedHashMap<>();
        columns.put("network", LatencyPoint::network);
        columns.put("precision", LatencyPoint::precision);
        columns.put("T", LatencyPoint::timeSteps);
        columns.put("exit", LatencyPoint::exit);
        columns.put("batch", LatencyPoint::batch);
        columns.put("accuracy", LatencyPoint::accuracy);
        columns.put("meanTimeSteps", LatencyPoint::meanTimeSteps);
        columns.put("calls", point -> point.milliseconds().calls());
        columns.put("p50Milliseconds", point -> point.milliseconds().p50().value());
        columns.put("p50Low", point -> point.milliseconds().p50().low());
        columns.put("p50High", point -> point.milliseconds().p50().high());
        columns.put("p95Milliseconds", point -> point.milliseconds().p95());
        columns.put("p99Milliseconds", point -> point.milliseconds().p99());
        columns.put("meanMilliseconds", point -> point.milliseconds().mean());
        columns.put("imagesPerSecond", point -> point.imagesPerSecond().value());
        columns.put("imagesPerSecondLow", point -> point.imagesPerSecond().low());
        columns.put("imagesPerSecondHigh", point -> point.imagesPerSecond().high());
        columns.put("deviceBytes", point -> point.memory().deviceBytes());
        columns.put("residentBytes", point -> point.memory().residentBytes());
        columns.put("spikes", point -> point.image().spikes());
        columns.put("synapticOperations", point -> point.image().synapticOperations());
        columns.put("multiplyAccumulates", point -> point.image().multiplyAccumulates());
        columns.put("nanojoules", point -> point.image().nanojoules());
        columns.put("relativeError", LatencyPoint::relativeError);
        return columns;
    }

    static String text(List<LatencyPoint> points) {
        StringBuilder text = new StringBuilder(String.join(",", COLUMNS.keySet())).append('\n');
        for (LatencyPoint point : points) {
            text.append(COLUMNS.values().stream()
                            .map(column -> cell(column.apply(point)))
                            .collect(Collectors.joining(",")))
                    .append('\n');
        }
        return text.toString();
    }

    private static String cell(Object value) {
        return value instanceof Double number && !Double.isFinite(number) ? "" : value.toString();
    }
}
