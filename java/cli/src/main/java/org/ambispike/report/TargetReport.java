package org.ambispike.report;

import java.util.List;
import org.ambispike.OutputError;

/**
 * How far a network's results are from targets: what {@code outputs.json} holds, by the same names.
 *
 * @param network name of the network
 * @param target what its results were compared with
 * @param dataset name of the images
 * @param images that were compared
 * @param device one line
 * @param precision of convolutions and matrix multiplication
 * @param commit of the tool
 * @param rows by T, then by result
 * @param command that repeats it
 */
public record TargetReport(
        String network,
        String target,
        String dataset,
        int images,
        String device,
        String precision,
        String commit,
        List<OutputError> rows,
        String command) {
    /** Copies the rows. */
    public TargetReport {
        rows = List.copyOf(rows);
    }
}
