package org.ambispike.report;

import org.ambispike.latency.LatencyReport;

/** Where and how a latency benchmark was measured, and how to repeat it. */
record MachineSection(LatencyReport report) implements Section {
    @Override
    public String id() {
        return "machine";
    }

    @Override
    public String title() {
        return "Machine and method";
    }

    @Override
    public boolean isPresent() {
        return true;
    }

    @Override
    public void write(Page page) {
        RunSection.settings(page.markup(), "Machine", report.machine());
        RunSection.settings(page.markup(), "Method", report.settings());
        RunSection.command(page.markup(), report.command());
        page.note("At commit " + report.commit() + ". " + LatencyFiles.JSON + " and " + LatencyFiles.CSV
                + " beside this file hold every figure shown here.");
    }
}
