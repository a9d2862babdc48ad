package org.ambispike.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How one network tends to its ANN.
 *
 * @param network name
 * @param neurons what its neurons are, for example {@code memory}; empty where there is no network
 * @param timeSteps T, ascending
 * @param errors relative error of all results at each T; empty where the network was refused
 * @param refusal why there are no figures; empty where there are
 */
public record ConvergenceRow(
        String network, String neurons, List<Integer> timeSteps, List<Double> errors, String refusal) {
    /** An error from which on it is asked whether more steps pay. */
    private static final double CLOSE = 0.5;
    /** What four times the steps may leave of such an error. */
    private static final double BOUND = 0.35;

    private static final int STEPS = 4;
    /** Errors below this are those of floats. */
    private static final double ROUNDING = 1e-5;

    /** Returns the largest share of an error below one half that four times the steps leave; NaN where there is none. */
    public double worstRatio() {
        double worst = Double.NaN;
        for (int index = 0; index < errors.size(); index++) {
            int later = timeSteps.indexOf(STEPS * timeSteps.get(index));
            if (errors.get(index) < CLOSE && later >= 0 && errors.get(later) > ROUNDING) {
                double ratio = errors.get(later) / errors.get(index);
                worst = Double.isNaN(worst) ? ratio : Math.max(worst, ratio);
            }
        }
        return worst;
    }

    /**
     * Returns the share of the error that four times the steps leave on average, from the first T at which it is below one half
     * to the last; NaN where it is at no two.
     */
    public double meanRatio() {
        int first = 0;
        while (first < errors.size() && !(errors.get(first) < CLOSE)) {
            first++;
        }
        int last = errors.size() - 1;
        while (last > first && !(errors.get(last) > ROUNDING)) {
            last--;
        }
        return last > first
                ? Math.pow(
                        errors.get(last) / errors.get(first),
                        Math.log(STEPS) / Math.log((double) timeSteps.get(last) / timeSteps.get(first)))
                : Double.NaN;
    }

    /** Returns whether the network comes within half of its ANN, and from there on four times the steps leave at most 0.35 on average. */
    public boolean tends() {
        return errors.stream().anyMatch(error -> error < CLOSE) && !(meanRatio() > BOUND);
    }

    /** Returns rows as a plain table for a terminal, in whole lines. */
    public static String table(List<Integer> timeSteps, List<ConvergenceRow> rows) {
        List<String> heading = new ArrayList<>(List.of("network", "neurons"));
        timeSteps.forEach(t -> heading.add("T=" + t));
        heading.addAll(List.of("4T / T", "worst", "tends"));
        TextTable table = new TextTable(2, heading);
        for (ConvergenceRow row : rows) {
            List<String> cells = new ArrayList<>(List.of(row.network, row.neurons));
            for (int index = 0; index < timeSteps.size(); index++) {
                cells.add(row.errors.isEmpty() ? Format.MISSING : Format.significant(row.errors.get(index)));
            }
            cells.add(Format.decimal(row.meanRatio(), 2));
            cells.add(Format.decimal(row.worstRatio(), 2));
            cells.add(row.errors.isEmpty() ? Format.MISSING : row.tends() ? "yes" : "no");
            table.row(cells);
        }
        return table.render();
    }

    /** Replaces the file by the rows as JSON, atomically. */
    public static void write(Path file, List<ConvergenceRow> rows) {
        Json.write(file, rows);
    }
}
