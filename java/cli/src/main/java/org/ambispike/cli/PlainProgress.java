package org.ambispike.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Progress as whole lines for files and pipes: stages, their ends, and between them one line in five seconds at most. */
final class PlainProgress implements Progress {
    private static final long INTERVAL = Duration.ofSeconds(5).toNanos();

    private final PrintStream out;
    private final LongSupplier nanoTime;
    private String name = "";
    private long total;
    private long started;
    private long printed;
    private long firstDone;

    PlainProgress(PrintStream out, LongSupplier nanoTime) {
        this.out = out;
        this.nanoTime = nanoTime;
    }

    @Override
    public void stage(String stageName, long totalSteps) {
        name = stageName;
        total = totalSteps;
        started = nanoTime.getAsLong();
        printed = started;
        firstDone = -1;
        print(name + ": " + grouped(total) + (total == 1 ? " step" : " steps"));
    }

    @Override
    public void step(long done, String message) {
        if (firstDone < 0) {
            // A resumed stage begins in its middle; what was done before says nothing of the time left.
            firstDone = done - 1;
        }
        long now = nanoTime.getAsLong();
        if (now - printed < INTERVAL) {
            return;
        }
        printed = now;
        long elapsed = now - started;
        StringBuilder line = new StringBuilder(name + ": " + grouped(done) + "/" + grouped(total));
        if (!message.isEmpty()) {
            line.append(", ").append(message);
        }
        if (done > firstDone && done < total) {
            double left = (double) elapsed / (done - firstDone) * (total - done);
            line.append(", ").append(seconds((long) left)).append(" left");
        }
        print(line.toString());
    }

    @Override
    public void note(String line) {
        print(line);
    }

    private void print(String line) {
        out.println(PrintableWriter.printable(line));
    }

    @Override
    public void stageDone(String summary) {
        String time = seconds(nanoTime.getAsLong() - started);
        print(name + ": " + (summary.isEmpty() ? "done" : summary) + " (" + time + ")");
    }

    @Override
    public void close() {
        out.flush();
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String seconds(long nanos) {
        long seconds = Math.round(nanos / 1e9);
        return seconds < 60 ? seconds + " s" : String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
    }
}
