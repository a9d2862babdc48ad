package org.ambispike.report;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.ambispike.paper.RunSummary;
import org.ambispike.paper.TimeStepResult;

/** The report's beginning: what ran, and the figures that matter most. */
record Headline(RunSummary run) {
    private static final int MOST_POINTS = 4;

    /** What the page is called. */
    String title() {
        return run.network() + " on " + run.dataset();
    }

    void write(Markup out) {
        out.open("header");
        out.element("p", "Ambispike run report", "class", "eyebrow");
        out.element("h1", title());
        lead().ifPresent(text -> out.element("p", text, "class", "lead"));
        out.open("dl", "class", "figures");
        figure(out, "ANN", Format.percent(run.annAccuracy()), "");
        if (Double.isFinite(run.clippedAnnAccuracy())) {
            figure(
                    out,
                    "Converted ANN",
                    Format.percent(run.clippedAnnAccuracy()),
                    difference(run.clippedAnnAccuracy()));
        }
        for (TimeStepResult point : points()) {
            String name = "SNN, T = " + point.timeSteps();
            figure(out, name, Format.percent(point.accuracy()), difference(point.accuracy()));
        }
        out.close();
        out.open("dl", "class", "facts");
        fact(out, "Test images", run.measuredImages());
        fact(out, "Recipe", run.recipe() + ", " + run.profile() + " profile");
        fact(out, "Device", run.device());
        fact(out, "Precision", run.precision());
        fact(out, "Threads", Integer.toString(run.threads()));
        fact(out, "Seed", Long.toString(run.seed()));
        fact(out, "Commit", run.commit());
        out.close().close();
    }

    /** Each calibrated network at the T that it is for; the uncalibrated one's best where none was calibrated. */
    private List<TimeStepResult> points() {
        List<TimeStepResult> calibrated = run.timeSteps().stream()
                .filter(r -> r.calibratedFor() > 0 && r.calibratedFor() == r.timeSteps())
                .sorted(Comparator.comparingInt(TimeStepResult::timeSteps))
                .limit(MOST_POINTS)
                .toList();
        return calibrated.isEmpty() ? best(run.timeSteps()).stream().toList() : calibrated;
    }

    private static Optional<TimeStepResult> best(List<TimeStepResult> results) {
        return results.stream()
                .filter(r -> Double.isFinite(r.accuracy()))
                .max(Comparator.comparingDouble(TimeStepResult::accuracy)
                        .thenComparing(TimeStepResult::timeSteps, Comparator.reverseOrder()));
    }

    private Optional<String> lead() {
        List<TimeStepResult> points = points();
        return best(points).map(best -> {
            TimeStepResult first = points.get(0);
            String few = first.equals(best) ? "" : ", and " + Format.percent(first.accuracy()) + " in " + steps(first);
            String against =
                    Double.isFinite(run.annAccuracy()) ? "; its ANN reaches " + Format.percent(run.annAccuracy()) : "";
            return "The spiking network classifies " + Format.percent(best.accuracy())
                    + " of the test images correctly in " + steps(best) + few + against + ".";
        });
    }

    private static String steps(TimeStepResult result) {
        return result.timeSteps() == 1 ? "one time step" : result.timeSteps() + " time steps";
    }

    private String difference(double accuracy) {
        double difference = accuracy - run.annAccuracy();
        return Double.isFinite(difference) ? Format.points(difference) + " points" : "";
    }

    /** A large figure with a remark below, which may be empty. */
    static void figure(Markup out, String name, String value, String remark) {
        out.open("div").element("dt", name).open("dd");
        out.element("b", value);
        if (!remark.isEmpty()) {
            out.element("span", remark);
        }
        out.close().close();
    }

    static void fact(Markup out, String name, String value) {
        out.open("div").element("dt", name).element("dd", value).close();
    }
}
