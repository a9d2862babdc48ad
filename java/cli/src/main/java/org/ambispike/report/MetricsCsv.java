package org.ambispike.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.ambispike.common.InputException;
import org.ambispike.io.AtomicFiles;
import org.ambispike.io.FileFault;
import org.ambispike.train.MetricRow;

/**
 * {@code metrics.csv}: a row per epoch and stage, in the order they ran. Numbers are written in full, so that reading
 * gives back the same bits; NaN is an empty cell. The file is whole at every moment. For one thread.
 */
public final class MetricsCsv implements Consumer<MetricRow> {
    /** Name of the file in a run's folder. */
    public static final String FILE_NAME = "metrics.csv";

    private static final String HEADER =
            "stage,epoch,learningRate,loss,trainAccuracy,validationAccuracy,seconds,imagesPerSecond";
    private static final int COLUMNS = 8;
    private static final Pattern STAGE = Pattern.compile("[^,\"\\p{Cntrl}]+");

    private final Path file;
    /** Whether the rows in the file are this run's, or were kept for it. */
    private boolean begun;

    /** Goes on with the file of a run's folder; neither needs to be there before the first row. */
    public MetricsCsv(Path folder) {
        this.file = folder.resolve(FILE_NAME);
    }

    /** Begins anew: rows of earlier runs go. */
    public void clear() {
        write(file, List.of());
        begun = true;
    }

    /**
     * Adds a row, on the disk when this returns; throws as {@link #write}, and then nothing is added. The first row may go on
     * after a checkpoint of an earlier run: that run's rows of this stage from this epoch on, and all that follow them, are cut.
     */
    @Override
    public void accept(MetricRow row) {
        List<MetricRow> more = new ArrayList<>(begun ? rows() : before(row, rows()));
        more.add(row);
        write(file, more);
        begun = true;
    }

    private static List<MetricRow> before(MetricRow row, List<MetricRow> old) {
        int keep = old.size();
        for (int i = old.size() - 1; i >= 0; i--) {
            if (old.get(i).stage().equals(row.stage())) {
                if (old.get(i).epoch() < row.epoch()) {
                    return old.subList(0, i + 1);
                }
                keep = i;
            }
        }
        return old.subList(0, keep);
    }

    /** Returns all rows of the run. */
    public List<MetricRow> rows() {
        return Files.exists(file) ? read(file) : List.of();
    }

    /**
     * Replaces the file atomically.
     *
     * @throws IllegalArgumentException if a stage's name is empty or holds a comma, a quote or a control character
     */
    public static void write(Path file, List<MetricRow> rows) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (MetricRow row : rows) {
            if (!STAGE.matcher(row.stage()).matches()) {
                throw new IllegalArgumentException("a stage's name must be free of commas and quotes: " + row.stage());
            }
            text.append(row.stage()).append(',').append(row.epoch());
            double[] cells = {
                row.learningRate(),
                row.loss(),
                row.trainAccuracy(),
                row.validationAccuracy(),
                row.seconds(),
                row.imagesPerSecond()
            };
            for (double cell : cells) {
                text.append(',').append(Double.isNaN(cell) ? "" : Double.toString(cell));
            }
            text.append('\n');
        }
        AtomicFiles.writeText(file, text.toString());
    }

    /** @throws InputException naming the file and the line, if it is missing or malformed */
    public static List<MetricRow> read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new InputException(file + " does not exist; name the folder that a run wrote", e);
        } catch (CharacterCodingException e) {
            throw FileFault.of(file, "is no text in UTF-8", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
            throw new InputException(file + " line 1: expected the heading " + HEADER);
        }
        List<MetricRow> rows = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            rows.add(parse(file, i + 1, lines.get(i)));
        }
        return List.copyOf(rows);
    }

    private static MetricRow parse(Path file, int line, String text) {
        String[] cells = text.split(",", -1);
        if (cells.length != COLUMNS) {
            throw new InputException(
                    file + " line " + line + ": expected " + COLUMNS + " columns, found " + cells.length);
        }
        try {
            return new MetricRow(
                    cells[0],
                    Integer.parseInt(cells[1]),
                    number(cells[2]),
                    number(cells[3]),
                    number(cells[4]),
                    number(cells[5]),
                    number(cells[6]),
                    number(cells[7]));
        } catch (NumberFormatException e) {
            throw new InputException(file + " line " + line + ": a cell is not a number: " + text, e);
        }
    }

    private static double number(String cell) {
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    }
}
