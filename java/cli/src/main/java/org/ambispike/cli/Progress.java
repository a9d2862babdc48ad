package org.ambispike.cli;

import java.io.PrintStream;
import org.ambispike.common.ProgressListener;

/** Shows progress until it is closed. */
interface Progress extends ProgressListener, AutoCloseable {
    @Override
    void close();

    /**
     * Progress in the form that suits.
     *
     * @param quiet show nothing
     * @param plain lines, even on a terminal
     */
    static Progress of(boolean quiet, boolean plain, PrintStream err) {
        if (quiet) {
            return () -> {};
        }
        return plain || !isTerminal() ? new PlainProgress(err, System::nanoTime) : new TerminalProgress(err);
    }

    /** The launcher looks; Java itself only knows whether both input and output are a terminal. */
    private static boolean isTerminal() {
        String known = System.getProperty("ambispike.terminal");
        return known == null ? System.console() != null : Boolean.parseBoolean(known);
    }
}
