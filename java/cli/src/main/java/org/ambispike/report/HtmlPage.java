package org.ambispike.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ambispike.serve.ChartScript;

/**
 * A self-contained page: a header, contents, sections. Its text and tables need no script; its charts are drawn by one script from the
 * data that lie in the page. Light or dark by the reader's preference, light on paper. The same content gives the same bytes. For one thread.
 */
final class HtmlPage {
    private static final Pattern PART = Pattern.compile("\\{\\{(\\w+)}}");

    private final String title;
    private final Markup header = Markup.part();
    private final Map<String, String> facts = new LinkedHashMap<>();
    private final Markup contents = Markup.part();
    private final Markup main = Markup.part();
    private boolean inSection;

    /**
     * Begins a page.
     *
     * @param kind of page
     * @param lead what it says in a sentence; empty for none
     */
    HtmlPage(String kind, String title, String lead) {
        this.title = title;
        header.element("p", kind, "class", "eyebrow").element("h1", title);
        if (!lead.isEmpty()) {
            header.element("p", lead, "class", "lead");
        }
    }

    /** A large figure of the header, with a remark below, which may be empty. */
    record Figure(String name, String value, String remark) {}

    HtmlPage figures(List<Figure> figures) {
        header.open("dl", "class", "figures");
        for (Figure figure : figures) {
            header.open("div").element("dt", figure.name).open("dd").element("b", figure.value);
            if (!figure.remark.isEmpty()) {
                header.element("span", figure.remark);
            }
            header.close().close();
        }
        header.close();
        return this;
    }

    /** Adds a small fact to the end of the header. */
    HtmlPage fact(String name, String value) {
        facts.put(name, value);
        return this;
    }

    /** Begins a section, and ends the one before. */
    HtmlPage section(String id, String name) {
        endSection();
        contents.open("li").element("a", name, "href", "#" + id).close();
        main.open("section", "id", id).element("h2", name);
        inSection = true;
        return this;
    }

    private void endSection() {
        if (inSection) {
            main.close();
        }
    }

    HtmlPage heading(String text) {
        main.element("h3", text);
        return this;
    }

    HtmlPage paragraph(String text) {
        main.element("p", text);
        return this;
    }

    HtmlPage note(String text) {
        main.element("p", text, "class", "note");
        return this;
    }

    /**
     * Adds a chart as wide as the page.
     *
     * @param name of the chart in {@code report.js}
     * @param of which part of the data it shows
     */
    HtmlPage chart(String name, Object of, String caption) {
        beginFigure(name, of, caption);
        main.element("ul", "", "class", "legend");
        return endFigure();
    }

    /** Begins a row of charts of half the page's width under one legend, each under the other on a phone; ended by {@link #endRow}. */
    HtmlPage beginRow() {
        main.open("div", "class", "shared").element("ul", "", "class", "legend").open("div", "class", "pair");
        return this;
    }

    /** Adds a chart to the row. */
    HtmlPage half(String name, Object of, String caption) {
        beginFigure(name, of, caption);
        return endFigure();
    }

    HtmlPage endRow() {
        main.close().close();
        return this;
    }

    /** Shown where the script has drawn it. */
    private void beginFigure(String name, Object of, String caption) {
        main.open("figure", "data-chart", name, "data-of", of.toString(), "hidden", "hidden")
                .element("figcaption", caption);
    }

    private HtmlPage endFigure() {
        main.element("div", "", "class", "drawing").close();
        return this;
    }

    /** Adds a table that is always shown. */
    HtmlPage table(Table table) {
        table.write(main);
        return this;
    }

    /** Adds a table that a reader opens; it holds the figures of the chart above. */
    HtmlPage details(Table table) {
        main.open("details").element("summary", "Table: " + table.caption());
        table.write(main);
        main.close();
        return this;
    }

    /** Adds names and values under a heading. */
    HtmlPage settings(String name, Map<String, String> settings) {
        heading(name);
        main.open("dl", "class", "settings");
        settings.forEach((key, value) -> main.element("dt", key).element("dd", value));
        main.close();
        return this;
    }

    HtmlPage command(String command) {
        heading("Run it again");
        main.open("pre", "tabindex", "0").element("code", command).close();
        return this;
    }

    /** Adds pictures in a row. */
    HtmlPage pictures(List<Picture> pictures) {
        main.open("div", "class", "pictures");
        for (Picture picture : pictures) {
            main.open("figure").leaf("img", "src", picture.source, "alt", picture.alternative);
            main.element("figcaption", picture.caption).close();
        }
        main.close();
        return this;
    }

    /**
     * One picture.
     *
     * @param source the picture itself as an address of the scheme {@code data}
     * @param alternative said where it cannot be seen
     */
    record Picture(String source, String alternative, String caption) {}

    /** Returns the whole page: the template {@code report.html} with all of this, and the data as JSON. No section can be added after that. */
    String render(Object data) {
        endSection();
        if (!facts.isEmpty()) {
            header.open("dl", "class", "facts");
            facts.forEach((name, value) ->
                    header.open("div").element("dt", name).element("dd", value).close());
            header.close();
        }
        Map<String, String> parts = Map.of(
                "title",
                Markup.part().text(title).finish(),
                "style",
                ChartScript.style() + "\n" + resource("report.css"),
                "header",
                header.finish(),
                "contents",
                contents.finish(),
                "main",
                main.finish(),
                "data",
                Json.text(data).replace("<", "\\u003c"),
                "script",
                "\"use strict\";\n" + ChartScript.script() + "\n" + resource("report.js"));
        return PART.matcher(resource("report.html"))
                .replaceAll(part -> Matcher.quoteReplacement(parts.get(part.group(1))));
    }

    private static String resource(String file) {
        try (InputStream in = HtmlPage.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not in the jar; build it anew");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
