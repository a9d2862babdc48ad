package org.ambispike.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.paper.Ablation;
import org.ambispike.paper.ActivationHistogram;
import org.ambispike.paper.LayerActivity;
import org.ambispike.paper.LayerResult;
import org.ambispike.paper.RunSummary;
import org.ambispike.paper.TimeStepResult;
import org.ambispike.run.EnergyEstimate;
import org.ambispike.run.Histogram;
import org.ambispike.train.MetricRow;

/** Made-up runs: no figure in here was measured. */
final class SampleRuns {
    private static final int[] TIME_STEPS = {1, 2, 4, 6, 8, 10, 16, 32};
    private static final double[][] ACCURACY = {
        {0.4110, 0.7580, 0.9060, 0.9122, 0.9140, 0.9170, 0.9190, 0.9200},
        {0.9268, 0.9240, 0.9151, 0.9080, 0.9022, 0.8990, 0.8951, 0.8920},
        {0.9170, 0.9301, 0.9322, 0.9318, 0.9309, 0.9310, 0.9305, 0.9301},
        {0.8710, 0.9244, 0.9330, 0.9335, 0.9338, 0.9341, 0.9339, 0.9338},
        {0.8123, 0.9180, 0.9310, 0.9333, 0.9341, 0.9342, 0.9343, 0.9341}
    };
    private static final int[] CALIBRATED_FOR = {0, 1, 2, 4, 8};
    private static final String[] LAYERS = {"conv1", "conv2", "dense1"};

    /** A name that tries to become markup. */
    static final String HOSTILE = "<script>alert('&\"x')</script></style>\u0000\uD800";

    private SampleRuns() {}

    /** Names that try to become markup, and values that were not measured or make a range of no width. */
    static RunSummary hostile() {
        double none = Double.NaN;
        List<TimeStepResult> flat = List.of(new TimeStepResult(4, 0, 0.5, none), new TimeStepResult(8, 0, none, 1));
        return new RunSummary(
                HOSTILE,
                HOSTILE,
                HOSTILE,
                HOSTILE,
                HOSTILE,
                HOSTILE,
                1,
                1,
                HOSTILE,
                10,
                0.5,
                none,
                flat,
                List.of(new LayerResult(HOSTILE, none, none, none, none, none), new LayerResult("b", 1, 1, 0, 0, 1e-9)),
                List.of(new ActivationHistogram(
                        HOSTILE,
                        new Histogram(-1, 1, List.of(0L, 0L)),
                        none,
                        1,
                        new Histogram(0, 1e-3, List.of(1L)),
                        5,
                        none)),
                List.of(new LayerActivity(HOSTILE, none, 0, 0.1, 0)),
                List.of(new EnergyEstimate(4, 0, 0, 0, 0, 0, none), new EnergyEstimate(8, 4, 1, 1, 1, 10, 20)),
                List.of(
                        new Ablation(HOSTILE, List.of(new Ablation.Row(HOSTILE, flat))),
                        new Ablation("one T", List.of(new Ablation.Row(HOSTILE, flat.subList(0, 1)))),
                        new Ablation("empty", List.of())),
                Map.of(HOSTILE, 3.0),
                Map.of(HOSTILE, HOSTILE),
                HOSTILE);
    }

    /** A run that has every part. */
    static RunSummary full() {
        return full(0);
    }

    /** The same, each accuracy by so much higher. */
    static RunSummary full(double by) {
        return net4(LAYERS, by);
    }

    /** A run of a deep network, many layers with long names. */
    static RunSummary deep() {
        List<String> names = new ArrayList<>(List.of("stem.activation"));
        for (int stage = 1; stage <= 4; stage++) {
            for (int block = 0; block < 2; block++) {
                names.add("stage" + stage + ".block" + block + ".activation1");
                names.add("stage" + stage + ".block" + block + ".activation2");
            }
        }
        return net4(names.toArray(String[]::new), 0);
    }

    /** A run of an evaluation alone: no calibration, no histograms, nothing optional. */
    static RunSummary bare() {
        return new RunSummary(
                "net4",
                "fashion-mnist",
                "paper",
                "quick",
                "cpu",
                "f32",
                7,
                1,
                "unknown",
                10_000,
                0.91,
                Double.NaN,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                "./ambispike reproduce net4");
    }

    private static RunSummary net4(String[] layers, double by) {
        Map<String, Double> wall = new LinkedHashMap<>();
        wall.put("data", 1.2);
        wall.put("train", 2741.0);
        wall.put("clip", 162.4);
        wall.put("quantise", 331.9);
        wall.put("calibrate-T1", 41.2);
        wall.put("calibrate-T2", 63.7);
        wall.put("calibrate-T4", 112.0);
        wall.put("calibrate-T8", 231.5);
        wall.put("evaluate", 88.3);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("neuron", "pair");
        settings.put("alpha", "0.1");
        settings.put("optimiser", "AdamW, one cycle to 0.002, weight decay 0.02");
        settings.put("batch", "128");
        settings.put("layer weighting", "cosine");
        settings.put("surrogate κ", "6.7, 10, 15");
        return new RunSummary(
                "net4",
                "fashion-mnist",
                "ambispike",
                "full",
                "cpu (AVX-512, oneDNN 3.11)",
                "f32",
                1,
                2,
                "0123abc",
                10_000,
                0.9342 + by,
                0.9323 + by,
                timeSteps(by),
                layerResults(layers),
                histograms(layers),
                activity(layers),
                energy(),
                ablations(),
                wall,
                settings,
                "./ambispike reproduce net4 --recipe ambispike --profile full --seed 1 --out runs/net4");
    }

    private static List<TimeStepResult> timeSteps(double by) {
        List<TimeStepResult> results = new ArrayList<>();
        for (int network = 0; network < CALIBRATED_FOR.length; network++) {
            for (int i = 0; i < TIME_STEPS.length; i++) {
                results.add(new TimeStepResult(
                        TIME_STEPS[i], CALIBRATED_FOR[network], ACCURACY[network][i] + by, 5200.0 / TIME_STEPS[i]));
            }
        }
        return results;
    }

    private static List<LayerResult> layerResults(String[] layers) {
        List<LayerResult> results = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            results.add(new LayerResult(
                    layers[i], 0.9 + 0.4 * i, 0.05 + 0.01 * i, 0.21 + 0.02 * i, 0.06 + 0.005 * i, 0.18 + 0.045 * i));
        }
        return results;
    }

    private static List<LayerActivity> activity(String[] layers) {
        List<LayerActivity> results = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            results.add(new LayerActivity(layers[i], 0.2 + 0.03 * i, 0.08 + 0.01 * i, 0.05 + 0.01 * i, 0.02));
        }
        return results;
    }

    private static List<ActivationHistogram> histograms(String[] layers) {
        List<ActivationHistogram> results = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            double largest = 4.2 + 2.9 * i;
            results.add(new ActivationHistogram(
                    layers[i],
                    decay(-0.6, largest, 2.1, 0),
                    largest,
                    0.6,
                    decay(-0.06 - 0.01 * i, 1.1 + 0.3 * i, 1.4, 400_000),
                    1.1 + 0.3 * i,
                    0.06 + 0.01 * i));
        }
        return results;
    }

    /** Counts that fall off on both sides of 0, with what a clip piles up in the outermost bins. */
    private static Histogram decay(double low, double high, double rate, long clipped) {
        long[] counts = new long[80];
        for (int i = 0; i < counts.length; i++) {
            double x = low + (high - low) * (i + 0.5) / counts.length;
            double fall = x < 0 ? Math.exp(12 * x) : Math.exp(-rate * x);
            counts[i] = Math.round(900_000 * fall * (0.8 + 0.2 * Math.cos(7 * x)));
        }
        counts[0] += clipped;
        counts[counts.length - 1] += clipped / 4;
        return new Histogram(low, high, Arrays.stream(counts).boxed().toList());
    }

    private static List<EnergyEstimate> energy() {
        List<EnergyEstimate> results = new ArrayList<>();
        for (int calibratedFor : new int[] {0, 4}) {
            for (int t : TIME_STEPS) {
                double spikes = 2.3e6 * t * (calibratedFor == 0 ? 1 : 1.12);
                double snn = (spikes * EnergyEstimate.ACCUMULATE_PICOJOULES
                                + 0.627e6 * EnergyEstimate.MULTIPLY_ACCUMULATE_PICOJOULES)
                        / 1000;
                double ann = 13.9e6 * EnergyEstimate.MULTIPLY_ACCUMULATE_PICOJOULES / 1000;
                results.add(new EnergyEstimate(t, calibratedFor, spikes, 0.627e6, 13.9e6, snn, ann));
            }
        }
        return results;
    }

    private static List<Ablation> ablations() {
        return List.of(
                new Ablation(
                        "Layer weighting",
                        List.of(
                                new Ablation.Row("cosine", at(0.0, 2, 4, 8)),
                                new Ablation.Row("sigmoid", at(-0.0011, 2, 4, 8)),
                                new Ablation.Row("average", at(-0.0019, 2, 4, 8)))),
                new Ablation(
                        "Neuron at T = 4",
                        List.of(
                                new Ablation.Row("pair", at(0, 4)),
                                new Ablation.Row("single membrane", at(-0.006, 4)),
                                new Ablation.Row("IBT, N = P / α", at(-0.031, 4)),
                                new Ablation.Row("symmetric, N = P", at(-0.004, 4)))));
    }

    private static List<TimeStepResult> at(double offset, int... timeSteps) {
        List<TimeStepResult> results = new ArrayList<>();
        for (int t : timeSteps) {
            results.add(new TimeStepResult(t, t, 0.935 - 0.006 / t + offset, 900));
        }
        return results;
    }

    /** Epochs of six stages. */
    static List<MetricRow> metrics() {
        List<MetricRow> rows = new ArrayList<>();
        stage(rows, "train", 36, 0.95, 0.50, 0.84);
        stage(rows, "clip", 2, 0.53, 0.52, 0.932);
        stage(rows, "quantise", 4, 0.55, 0.51, 0.926);
        stage(rows, "calibrate-T1", 2, 0.21, 0.14, 0.922);
        stage(rows, "calibrate-T2", 2, 0.12, 0.08, 0.928);
        stage(rows, "calibrate-T4", 2, 0.06, 0.04, 0.931);
        stage(rows, "calibrate-T8", 2, 0.03, 0.02, 0.932);
        return rows;
    }

    private static void stage(
            List<MetricRow> rows, String stage, int epochs, double first, double last, double firstAccuracy) {
        for (int epoch = 1; epoch <= epochs; epoch++) {
            double done = 1 - Math.exp(-4.0 * (epoch - 1) / Math.max(1, epochs - 1));
            double accuracy = firstAccuracy + (0.936 - firstAccuracy) * done;
            rows.add(new MetricRow(
                    stage,
                    epoch,
                    0.002 * (1 - done) + 1e-6,
                    first + (last - first) * done,
                    accuracy - 0.012,
                    stage.equals("clip") && epoch == 1 ? Double.NaN : accuracy,
                    76.1,
                    709.6));
        }
    }
}
