package org.ambispike.report;

import java.util.List;
import java.util.function.Consumer;

/** A self-contained page: a header, contents, and sections; it needs no script and no other file. */
final class HtmlPage {
    private HtmlPage() {}

    /** The whole page; sections without data are left out. */
    static String render(String title, Consumer<Markup> header, List<Section> all) {
        List<Section> sections = all.stream().filter(Section::isPresent).toList();
        Markup out = Markup.page();
        out.open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml");
        out.open("head").leaf("meta", "charset", "utf-8");
        out.leaf("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        out.leaf("meta", "name", "color-scheme", "content", "light dark");
        out.element("title", title + " – Ambispike");
        out.style(StyleSheet.CHARTS.text() + "\n" + StyleSheet.PAGE.text()).close();
        out.open("body");
        header.accept(out);
        writeContents(out, sections);
        out.open("main");
        Page page = new Page(out);
        for (Section section : sections) {
            out.open("section", "id", section.id()).element("h2", section.title());
            section.write(page);
            out.close();
        }
        out.close().close().close();
        return out.finish();
    }

    private static void writeContents(Markup out, List<Section> sections) {
        out.open("nav", "aria-label", "Contents").open("ul");
        for (Section section : sections) {
            out.open("li")
                    .element("a", section.title(), "href", "#" + section.id())
                    .close();
        }
        out.close().close();
    }
}
