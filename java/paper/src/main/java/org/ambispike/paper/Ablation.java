package org.ambispike.paper;

import java.util.List;

/**
 * One comparison of settings that differ in one thing (the paper's Table 5 and its kin).
 *
 * @param name of the comparison, for example {@code Layer weighting}
 * @param rows a setting each
 */
public record Ablation(String name, List<Row> rows) {
    /**
     * @param setting for example {@code cosine}
     * @param results accuracy by T
     */
    public record Row(String setting, List<TimeStepResult> results) {
        public Row {
            results = List.copyOf(results);
        }
    }

    public Ablation {
        rows = List.copyOf(rows);
    }
}
