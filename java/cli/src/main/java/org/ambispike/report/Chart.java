package org.ambispike.report;

/** A drawing in SVG of any width; what is drawn depends on the data and the width alone. */
interface Chart {
    /** Width of a glyph of a chart's text on average, in pixels. */
    double GLYPH = 6.8;

    /** Draws one {@code svg} element, {@code width} pixels wide. */
    void draw(Markup out, int width);

    /** How wide a text is, roughly. */
    static double textWidth(String text) {
        return GLYPH * text.codePointCount(0, text.length());
    }

    /** Cuts a text that is wider than so many pixels, and says so by an ellipsis. */
    static String fit(String text, double width) {
        int glyphs = Math.max(1, (int) (width / GLYPH) - 1);
        return textWidth(text) <= width
                ? text
                : text.substring(0, text.offsetByCodePoints(0, Math.min(glyphs, text.codePointCount(0, text.length()))))
                        + "…";
    }

    /** Begins the {@code svg} element, an image to a screen reader. */
    static void begin(Markup out, double width, double height, String description) {
        out.open(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "class",
                "chart",
                "role",
                "img",
                "aria-label",
                description,
                "viewBox",
                "0 0 " + Markup.px(width) + " " + Markup.px(height),
                "width",
                Markup.px(width),
                "height",
                Markup.px(height));
    }
}
