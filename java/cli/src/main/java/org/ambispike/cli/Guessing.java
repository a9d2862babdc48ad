package org.ambispike.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ambispike.Model;
import org.ambispike.SpikingModel;
import org.ambispike.data.Dataset;
import org.ambispike.paper.TimeStepResult;

/**
 * Tells accuracies that may be guesses: no more than two standard errors above that of naming the most frequent class
 * each time.
 *
 * @param images that were measured, with labels
 */
record Guessing(Dataset images) {
    private static final double STANDARD_ERRORS = 2;

    /** Returns a line where some results may be guesses: which, and what helps. */
    Optional<String> said(Model network, List<TimeStepResult> rows) {
        double chance = chance(network.classes());
        double most = chance + STANDARD_ERRORS * Math.sqrt(chance * (1 - chance) / images.size());
        String guesses = rows.stream()
                .filter(row -> row.accuracy() <= most && row.accuracy() < 1)
                .map(row -> Integer.toString(row.timeSteps()))
                .collect(Collectors.joining(", "));
        if (guesses.isEmpty()) {
            return Optional.empty();
        }
        boolean spiking = network instanceof SpikingModel;
        return Optional.of(String.format(
                Locale.ROOT,
                "%s: on %s no better than guessing, for which %.2f%% would be expected. What helps: %s",
                spiking ? "T = " + guesses : "the ANN",
                images.portion(),
                100 * chance,
                spiking ? ofSpiking(network) : ofAnn()));
    }

    /** Images of one class alone say nothing of how frequent classes are. */
    private double chance(int classes) {
        int[] counts = new int[images.classes()];
        for (int index = 0; index < images.size(); index++) {
            counts[images.label(index)]++;
        }
        int largest = 0;
        int present = 0;
        for (int count : counts) {
            largest = Math.max(largest, count);
            present += count > 0 ? 1 : 0;
        }
        return present > 1 ? (double) largest / images.size() : 1.0 / classes;
    }

    private static String ofAnn() {
        return "images as it was trained with (import --normalisation and the order of --classes, --resize, --rgb),"
                + " or training it for longer";
    }

    private static String ofSpiking(Model network) {
        String calibration =
                network.saved().info().calibratedFor().isEmpty() ? "ambispike calibrate" : "calibrating for this T";
        return "first evaluate the ANN on the same images; if that guesses too, " + ofAnn()
                + "; if not, more time steps (--T 16,32), thresholds at a quantile (convert --quantile 0.999), or "
                + calibration;
    }
}
