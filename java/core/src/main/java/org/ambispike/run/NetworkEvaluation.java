package org.ambispike.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.data.Batch;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Weights;

/**
 * Measures one network on data sets as fast as a backend can: where it can be split, each of its threads takes images of
 * its own, with no waiting for another after each layer. Used by the backend's thread.
 */
public final class NetworkEvaluation {
    private final Backend backend;
    private final Graph graph;
    private final Weights weights;
    private final Cancellation cancellation;

    public NetworkEvaluation(Backend backend, Graph graph, Weights weights, Cancellation cancellation) {
        this.backend = backend;
        this.graph = graph;
        this.weights = weights;
        this.cancellation = cancellation;
    }

    /**
     * Runs all images through all steps.
     *
     * @param batch the most images at once, of all threads together
     * @param timeSteps T; 1 for an ANN
     * @param counts whether to count spikes
     * @param observer sees the logits of each batch, one at a time, in no order that can be relied on
     */
    public StepCurve curve(Dataset images, int batch, int timeSteps, boolean counts, LogitsObserver observer) {
        if (backend.parts() == 0 || images.size() <= batch) {
            return curve(backend, images, batch, timeSteps, counts, observer);
        }
        List<Backend> parts = backend.split();
        int share = Math.max(1, Math.min(Backend.PART_BATCH, batch / parts.size()));
        List<Dataset> shares = shares(images, share, parts.size());
        LogitsObserver shared = oneAtATime(observer);
        ExecutorService threads = Executors.newFixedThreadPool(parts.size());
        try {
            List<CompletableFuture<StepCurve>> curves = new ArrayList<>();
            for (int index = 0; index < shares.size(); index++) {
                Backend part = parts.get(index);
                Dataset own = shares.get(index);
                curves.add(CompletableFuture.supplyAsync(
                        () -> curve(part, own, share, timeSteps, counts, shared), threads));
            }
            return merged(results(curves));
        } finally {
            threads.shutdown();
            parts.forEach(Backend::close);
        }
    }

    private StepCurve curve(
            Backend part, Dataset images, int batch, int timeSteps, boolean counts, LogitsObserver observer) {
        try (Evaluator evaluator = new Evaluator(part, graph, weights, batch, timeSteps, counts, cancellation)) {
            return evaluator.evaluate(images, observer);
        }
    }

    /** Whole batches for all but the last, so that as few spikes as possible go uncounted. */
    private static List<Dataset> shares(Dataset images, int batch, int parts) {
        int batches = (images.size() + batch - 1) / batch;
        List<Dataset> shares = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            int from = (int) ((long) batches * part / parts) * batch;
            int to = Math.min(images.size(), (int) ((long) batches * (part + 1) / parts) * batch);
            if (from < to) {
                shares.add(images.slice(from, to));
            }
        }
        return shares;
    }

    private static LogitsObserver oneAtATime(LogitsObserver observer) {
        return new LogitsObserver() {
            @Override
            public synchronized void batch(float[] logits, int stride, Batch batch) {
                observer.batch(logits, stride, batch);
            }
        };
    }

    /** Waits for all, so that none still computes where another has failed. */
    private static List<StepCurve> results(List<CompletableFuture<StepCurve>> curves) {
        List<StepCurve> results = new ArrayList<>();
        Optional<Throwable> failed = Optional.empty();
        for (CompletableFuture<StepCurve> curve : curves) {
            try {
                results.add(curve.join());
            } catch (CompletionException e) {
                failed = failed.or(() -> Optional.of(e.getCause()));
            }
        }
        if (failed.isPresent()) {
            if (failed.get() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failed.get(); // evaluation throws nothing that is checked
        }
        return results;
    }

    private static StepCurve merged(List<StepCurve> curves) {
        int images = 0;
        int counted = 0;
        double seconds = 0;
        double[] accuracy = new double[curves.get(0).accuracy().length];
        Map<String, long[][]> spikes = new LinkedHashMap<>();
        for (StepCurve curve : curves) {
            images += curve.images();
            counted += curve.countedImages();
            seconds = Math.max(seconds, curve.seconds());
            for (int step = 0; step < accuracy.length; step++) {
                accuracy[step] += curve.accuracy()[step] * curve.images();
            }
            curve.spikes().forEach((layer, counts) -> spikes.merge(layer, counts, NetworkEvaluation::sum));
        }
        for (int step = 0; step < accuracy.length; step++) {
            accuracy[step] = Math.round(accuracy[step]) / (double) images;
        }
        return new StepCurve(images, counted, accuracy, spikes, seconds);
    }

    private static long[][] sum(long[][] first, long[][] second) {
        long[][] sums = new long[first.length][];
        for (int step = 0; step < sums.length; step++) {
            sums[step] = new long[] {first[step][0] + second[step][0], first[step][1] + second[step][1]};
        }
        return sums;
    }
}
