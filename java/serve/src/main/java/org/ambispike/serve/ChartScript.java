package org.ambispike.serve;

/** The script that draws charts in reports and in the live page, and the colours of both. */
public final class ChartScript {
    private ChartScript() {}

    /** Returns functions of JavaScript, which draw charts as SVG; they need nothing else, and do nothing until they are called. */
    public static String script() {
        return Page.resource("charts.js");
    }

    /** Returns the style sheet of charts, with the colours of light and dark pages as custom properties. */
    public static String style() {
        return Page.resource("charts.css");
    }
}
