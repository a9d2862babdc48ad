package org.ambispike.report;

/** A part of the report. */
interface Section {
    /** Its anchor. */
    String id();

    String title();

    /** Whether the run has what it shows. */
    boolean isPresent();

    /** Writes all but the heading. */
    void write(Page page);
}
