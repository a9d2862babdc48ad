package org.ambispike.latency;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.data.Dataset;

/**
 * A latency benchmark: what {@code latency.json} holds, by the same names.
 *
 * @param tool that measured, {@code ambispike} or a peer
 * @param network name of the network, and what its neurons are
 * @param ann where the ANN of the reference rows came from; empty for none
 * @param dataset name, or that images were random
 * @param testImages that accuracy and spikes were measured on
 * @param device one line: kind, threads, instruction set, library versions
 * @param precision of convolutions and matrix multiplication
 * @param threads of the CPU
 * @param commit of the tool; its version where it has none
 * @param machine name to value: processor, cores, memory and the like, in order
 * @param settings name to value of how it was measured, in order
 * @param points in the order to show them
 * @param command that repeats it
 */
public record LatencyReport(
        String tool,
        String network,
        String ann,
        String dataset,
        int testImages,
        String device,
        String precision,
        int threads,
        String commit,
        Map<String, String> machine,
        Map<String, String> settings,
        List<LatencyPoint> points,
        String command) {
    /** Copies the collections, keeping their order. */
    public LatencyReport {
        machine = Collections.unmodifiableMap(new LinkedHashMap<>(machine));
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        points = List.copyOf(points);
    }

    /** Returns whether quality is a relative error against the ANN: there is no accuracy. */
    public boolean byError() {
        return points.stream().anyMatch(point -> Double.isFinite(point.relativeError()));
    }

    /** Returns of how many of how many images accuracies are. */
    public String measuredImages() {
        return Dataset.portion(testImages, testImages);
    }

    /** Points without early exits: each T and batch, and the ANN. */
    public List<LatencyPoint> fixed() {
        return points.stream().filter(point -> !point.exits()).toList();
    }

    /** Points of early exits. */
    public List<LatencyPoint> early() {
        return points.stream().filter(LatencyPoint::exits).toList();
    }
}
