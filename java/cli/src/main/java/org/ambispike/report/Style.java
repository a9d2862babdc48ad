package org.ambispike.report;

/**
 * How a series looks: colour and dashes by the style sheet's class, and a marker of its own, so that no two series
 * differ by colour alone.
 *
 * @param index 0 for the base line of a comparison, then from 1
 */
record Style(int index) {
    private static final int KINDS = 7;
    private static final String[] MARKERS = {
        "M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0z",
        "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z",
        "M-3.6,-3.6h7.2v7.2h-7.2z",
        "M0,-4.8L4.6,3.4H-4.6z",
        "M0,-5L5,0L0,5L-5,0z",
        "M0,4.8L4.6,-3.4H-4.6z",
        "M-4.2,-1.4h2.8v-2.8h2.8v2.8h2.8v2.8h-2.8v2.8h-2.8v-2.8h-2.8z"
    };

    /** Class in the style sheet. */
    String cssClass() {
        return "s" + kind();
    }

    /** Draws the marker, {@code size} times its usual one, which says {@code hover} when pointed at. */
    void mark(Markup out, double x, double y, double size, String hover) {
        String move = "translate(" + Markup.px(x) + " " + Markup.px(y) + ")";
        String scale = size == 1 ? "" : " scale(" + size + ")";
        out.open("g", "class", "mark " + cssClass(), "transform", move + scale);
        if (!hover.isEmpty()) {
            out.element("title", hover);
            out.leaf("circle", "class", "hit", "r", "10");
        }
        out.leaf("path", "d", MARKERS[kind()]);
        out.close();
    }

    private int kind() {
        return index == 0 ? 0 : 1 + (index - 1) % (KINDS - 1);
    }
}
