package org.ambispike.cli;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar with rate and time left; the end of each stage stays as a line. */
final class TerminalProgress implements Progress {
    private static final String ERASE_LINE = "\r\033[K";

    private static final ProgressBarStyle STYLE =
            Charset.defaultCharset().newEncoder().canEncode('\u2588')
                    ? ProgressBarStyle.UNICODE_BLOCK
                    : ProgressBarStyle.ASCII;

    private final PrintStream out;
    private String name = "";
    private long total;
    private long started;
    private boolean first;
    private Optional<ProgressBar> bar = Optional.empty();

    TerminalProgress(PrintStream out) {
        this.out = out;
    }

    @Override
    public void stage(String stageName, long totalSteps) {
        name = PrintableWriter.printable(stageName);
        total = totalSteps;
        started = System.nanoTime();
        show(0);
    }

    private void show(long from) {
        close();
        bar = Optional.of(new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(total)
                .startsFrom(from, Duration.ZERO)
                .setStyle(STYLE)
                .setUpdateIntervalMillis(250)
                .setConsumer(new ConsoleProgressBarConsumer(out))
                .clearDisplayOnFinish()
                .build());
        first = true;
    }

    @Override
    public void step(long done, String message) {
        if (first && done > 1) {
            // A resumed stage begins in its middle; what was done before says nothing of the time left.
            show(done - 1);
        }
        first = false;
        bar.ifPresent(shown ->
                shown.setExtraMessage(" " + PrintableWriter.printable(message)).stepTo(done));
    }

    @Override
    public void note(String line) {
        out.println((bar.isPresent() ? ERASE_LINE : "") + PrintableWriter.printable(line));
        bar.ifPresent(ProgressBar::refresh);
    }

    @Override
    public void stageDone(String summary) {
        close();
        String time = PlainProgress.seconds(System.nanoTime() - started);
        out.println(
                name + ": " + (summary.isEmpty() ? "done" : PrintableWriter.printable(summary)) + " (" + time + ")");
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
        out.flush();
    }
}
