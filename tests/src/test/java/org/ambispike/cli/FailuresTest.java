package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.ambispike.common.AnswerException;
import org.ambispike.common.BackendException;
import org.ambispike.common.InputException;
import org.ambispike.common.LibraryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** One line and an exit code for whatever goes wrong while a command runs. */
class FailuresTest {
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private int report(Throwable thrown, boolean trace) {
        CommandLine commandLine = Main.commandLine().setErr(new PrintWriter(err));
        commandLine.parseArgs("train", "net4", "--out", folder.toString());
        return new Failures(trace).report(thrown, commandLine);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new InputException("x.idx: wrong magic"), 2, "ambispike: x.idx: wrong magic"),
                Arguments.of(new CancellationException("stopped"), 130, "ambispike: stopped"),
                Arguments.of(new InputException("class 'a\u001b[2Jb\u202ec'"), 2, "ambispike: class 'a [2Jb c'"),
                Arguments.of(
                        new BackendException("conv1: no room"), 1, "ambispike: the device failed: conv1: no room ("),
                Arguments.of(new LibraryException("no CPU backend: noexec"), 2, "ambispike: no CPU backend: noexec"),
                Arguments.of(new OutOfMemoryError("Java heap space"), 1, "ambispike: out of memory (Java heap space)"),
                Arguments.of(
                        new UnsatisfiedLinkError("no dnnl"), 1, "ambispike: a library could not be loaded: no dnnl"),
                Arguments.of(
                        new UncheckedIOException(new AccessDeniedException("/out")),
                        1,
                        "ambispike: no permission for /out"),
                Arguments.of(
                        new UncheckedIOException(
                                "cannot write /out/a: File too large", new IOException("File too large")),
                        1,
                        "ambispike: cannot write /out/a: File too large ("),
                Arguments.of(
                        new UncheckedIOException("cannot read /out/a", new IOException("no disk")),
                        1,
                        "ambispike: cannot read /out/a: no disk ("),
                Arguments.of(new IOException("disk full"), 1, "ambispike: reading or writing failed: disk full"),
                Arguments.of(
                        new IllegalStateException("two\n  lines"),
                        1,
                        "ambispike: internal error, IllegalStateException: two; lines"),
                Arguments.of(new NullPointerException(), 1, "ambispike: internal error, NullPointerException"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void isOneLineWithItsCode(Throwable thrown, int code, String start) {
        assertThat(report(thrown, false)).isEqualTo(code);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).startsWith(start);
    }

    @Test
    void theTraceGoesIntoAFileOfTheRun() throws Exception {
        report(new IllegalStateException("broken"), false);
        Path log = folder.resolve("ambispike-error.log");
        assertThat(err.toString()).contains(log.toString()).doesNotContain("\tat ");
        assertThat(Files.readString(log))
                .contains("IllegalStateException: broken")
                .contains("\tat ");
    }

    @Test
    void badInputLeavesNoFile() {
        report(new InputException("wrong"), false);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void theTraceIsPrintedWhereAskedFor() {
        report(new IllegalStateException("broken"), true);
        assertThat(err.toString()).contains("\tat ");
    }

    @Test
    void anAnswerThatMeansNothingNamesTheModel() {
        CommandLine commandLine = Main.commandLine().setErr(new PrintWriter(err));
        commandLine.parseArgs("evaluate", "runs/snn.safetensors");
        assertThat(new Failures(false).report(new AnswerException("image 3 is NaN"), commandLine))
                .isEqualTo(2);
        assertThat(err).hasToString("ambispike: runs/snn.safetensors: image 3 is NaN" + System.lineSeparator());
    }
}
