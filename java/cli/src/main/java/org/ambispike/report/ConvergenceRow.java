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

    /** Returns whether the network comes within half of its ANN, and four times the steps then leave at most 0.35 of the error. */
    public boolean tends() {
        return errors.stream().anyMatch(error -> error < CLOSE) && !(worstRatio() > BOUND);
    }

    /** Returns rows as a plain table for a terminal, in whole lines. */
    public static String table(List<Integer> timeSteps, List<ConvergenceRow> rows) {
        List<String> heading = new ArrayList<>(List.of("network", "neurons"));
        timeSteps.forEach(t -> heading.add("T=" + t));
        heading.addAll(List.of("4T / T", "tends"));
        TextTable table = new TextTable(2, heading);
        for (ConvergenceRow row : rows) {
            List<String> cells = new ArrayList<>(List.of(row.network, row.neurons));
            for (int index = 0; index < timeSteps.size(); index++) {
                cells.add(row.errors.isEmpty() ? Format.MISSING : Format.significant(row.errors.get(index)));
            }
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
