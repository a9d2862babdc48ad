package org.ambispike.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Writes elements of HTML and SVG that are well formed as XML too. All text and all attributes are escaped, so that a
 * name from a file can never become markup. For one thread.
 */
final class Markup {
    private static final char REPLACEMENT = '\uFFFD';

    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** Begins a part of a page, or a drawing by itself. */
    static Markup part() {
        return new Markup();
    }

    private Markup() {}

    /** Begins an element; attributes are names and values in turn. */
    Markup open(String name, String... attributes) {
        tag(name, attributes);
        out.append('>');
        open.push(name);
        return this;
    }

    /** Ends the innermost element. */
    Markup close() {
        String name = open.pop();
        out.append("</").append(name).append('>');
        if (!isInline(name)) {
            out.append('\n');
        }
        return this;
    }

    /** An element without content: a void one of HTML or any of SVG. */
    Markup leaf(String name, String... attributes) {
        tag(name, attributes);
        out.append("/>");
        return this;
    }

    /** An element of text alone. */
    Markup element(String name, String text, String... attributes) {
        return open(name, attributes).text(text).close();
    }

    Markup text(String text) {
        escape(text);
        return this;
    }

    /**
     * A style sheet of our own, which cannot be escaped.
     *
     * @throws IllegalArgumentException if it holds a character that would need it
     */
    Markup style(String css) {
        if (css.indexOf('<') >= 0 || css.indexOf('&') >= 0) {
            throw new IllegalArgumentException("a style sheet must hold neither < nor &");
        }
        open("style");
        out.append('\n').append(css);
        return close();
    }

    /** @throws IllegalStateException if an element is still open */
    String finish() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("still open: " + open);
        }
        return out.toString();
    }

    /** A coordinate in pixels, to a tenth. */
    static String px(double value) {
        String shown = String.format(Locale.ROOT, "%.1f", value);
        String whole = shown.endsWith(".0") ? shown.substring(0, shown.length() - 2) : shown;
        return whole.equals("-0") ? "0" : whole;
    }

    private void tag(String name, String... attributes) {
        if (attributes.length % 2 != 0) {
            throw new IllegalArgumentException("an attribute of <" + name + "> has no value");
        }
        out.append('<').append(name);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1]);
            out.append('"');
        }
    }

    private void escape(String text) {
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                default -> out.appendCodePoint(isAllowed(c) ? c : REPLACEMENT);
            }
        });
    }

    private static boolean isAllowed(int c) {
        boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
        boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        return !control && !surrogate && c != 0xFFFE && c != 0xFFFF;
    }

    private static boolean isInline(String name) {
        return switch (name) {
            case "text", "title", "tspan", "span", "a", "strong", "em", "b", "code", "sup", "sub" -> true;
            default -> false;
        };
    }
}
