package org.ambispike.report;

import java.util.List;
import java.util.Map;

/**
 * What the paper reports, as data: {@code paper.json} beside this class.
 *
 * @param source where all of it is from
 * @param tables by label, such as {@code table1}
 */
record PaperFigures(String source, Map<String, Published> tables) {
    /**
     * One table or figure.
     *
     * @param place in the source
     * @param note what it leaves open; may be empty
     * @param rows of as many cells as there are columns
     */
    record Published(String title, String place, String note, List<String> columns, List<List<String>> rows) {}

    static PaperFigures load() {
        return Json.resource("paper.json", PaperFigures.class);
    }

    /** @throws IllegalArgumentException if there is none of that label */
    Published of(String label) {
        Published published = tables.get(label);
        if (published == null) {
            throw new IllegalArgumentException("nothing of the paper is called '" + label + "'");
        }
        return published;
    }
}
