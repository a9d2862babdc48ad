package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.ambispike.paper.Ablation;
import org.ambispike.paper.ActivationHistogram;
import org.ambispike.paper.LayerActivity;
import org.ambispike.paper.LayerResult;
import org.ambispike.paper.RunSummary;
import org.ambispike.paper.TimeStepResult;
import org.ambispike.run.EnergyEstimate;
import org.ambispike.run.Histogram;
import org.ambispike.train.MetricRow;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

class HtmlReportTest {
    private static final String HOSTILE = "<script>alert('&\"x')</script></style>\u0000\uD800";

    @Test
    void everySectionIsThereWhenTheRunHasIt() throws Exception {
        assertThat(sections(SampleRuns.full(), SampleRuns.metrics()))
                .containsExactly("accuracy", "thresholds", "layers", "ablations", "energy", "training", "run");
    }

    @Test
    void sectionsWithoutDataAreLeftOut() throws Exception {
        assertThat(sections(SampleRuns.bare(), List.of())).containsExactly("run");
        assertThat(sections(SampleRuns.bare(), SampleRuns.metrics())).containsExactly("training", "run");
    }

    @Test
    void contentsLeadToTheSections() throws Exception {
        Document page = parse(HtmlReport.render(SampleRuns.full(), SampleRuns.metrics()));
        List<String> links =
                elements(page, "a").stream().map(a -> a.getAttribute("href")).toList();
        assertThat(links)
                .isEqualTo(sections(SampleRuns.full(), SampleRuns.metrics()).stream()
                        .map(id -> "#" + id)
                        .toList());
    }

    @Test
    void nothingIsFetched() throws Exception {
        String html = HtmlReport.render(SampleRuns.full(), SampleRuns.metrics());
        Document page = parse(html);
        for (String name : List.of("script", "link", "img", "iframe", "object", "embed", "use", "image", "base")) {
            assertThat(elements(page, name)).as(name).isEmpty();
        }
        for (Element element : elements(page, "*")) {
            assertThat(element.hasAttribute("src")).isFalse();
            if (element.hasAttribute("href")) {
                assertThat(element.getAttribute("href")).startsWith("#");
            }
        }
        assertThat(html).doesNotContain("url(", "@import");
        Matcher address = Pattern.compile("https?://[^\"\\s]*").matcher(html);
        assertThat(address.results().map(r -> r.group()).distinct())
                .containsExactlyInAnyOrder("http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg");
    }

    @Test
    void hostileNamesStayText() throws Exception {
        RunSummary hostile = hostile();
        String html = HtmlReport.render(hostile, List.of(new MetricRow(HOSTILE, 1, 1, 1, 0.5, 0.5, 1, 1)));
        Document page = parse(html);
        assertThat(elements(page, "script")).isEmpty();
        assertThat(html).doesNotContain("<script").containsOnlyOnce("</style>");
        assertThat(elements(page, "h1").get(0).getTextContent())
                .contains("<script>alert('&\"x')</script></style>\uFFFD\uFFFD");
    }

    @Test
    void everyChartIsNamedAndDrawnInsideItsBox() throws Exception {
        for (RunSummary run : List.of(SampleRuns.full(), SampleRuns.deep(), hostile())) {
            Document page = parse(HtmlReport.render(run, SampleRuns.metrics()));
            List<Element> charts = elements(page, "svg").stream()
                    .filter(svg -> svg.getAttribute("class").equals("chart"))
                    .toList();
            assertThat(charts).hasSizeGreaterThan(6);
            for (Element chart : charts) {
                assertThat(chart.getAttribute("role")).isEqualTo("img");
                assertThat(chart.getAttribute("aria-label")).hasSizeGreaterThan(20);
                double width = Double.parseDouble(chart.getAttribute("width"));
                double height = Double.parseDouble(chart.getAttribute("height"));
                assertThat(chart.getAttribute("viewBox"))
                        .isEqualTo("0 0 " + chart.getAttribute("width") + " " + chart.getAttribute("height"));
                within(chart, "x", width);
                within(chart, "x1", width);
                within(chart, "x2", width);
                within(chart, "y", height);
                within(chart, "y1", height);
                within(chart, "y2", height);
            }
        }
    }

    @Test
    void noCoordinateIsMissing() throws Exception {
        String html = HtmlReport.render(hostile(), SampleRuns.metrics());
        for (Element element : elements(parse(html), "*")) {
            for (String name : List.of("d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform")) {
                assertThat(element.getAttribute(name)).doesNotContain("NaN", "Infinity", "∞");
            }
        }
    }

    @Test
    void tablesHoldTheFiguresOfTheCharts() throws Exception {
        Document page = parse(HtmlReport.render(SampleRuns.full(), SampleRuns.metrics()));
        List<Element> tables = elements(page, "table");
        assertThat(tables).allSatisfy(table -> {
            assertThat(table.getElementsByTagName("caption").getLength()).isEqualTo(1);
            int columns =
                    table.getElementsByTagName("thead").item(0).getTextContent().isEmpty() ? 0 : headings(table);
            NodeList rows = ((Element) table.getElementsByTagName("tbody").item(0)).getElementsByTagName("tr");
            assertThat(rows.getLength()).isPositive();
            IntStream.range(0, rows.getLength()).forEach(i -> assertThat(
                            ((Element) rows.item(i)).getElementsByTagName("td").getLength() + 1)
                    .isEqualTo(columns));
        });
        String text = page.getDocumentElement().getTextContent();
        assertThat(text).contains("41.10", "93.41", "calibrated for T = 8", "cosine", "0.9 pJ", "4.6 pJ", "Horowitz");
        assertThat(text).contains("./ambispike reproduce net4 --recipe ambispike --profile full --seed 1");
    }

    @Test
    void theHeadlineNamesTheCalibratedPoints() throws Exception {
        Document page = parse(HtmlReport.render(SampleRuns.full(), SampleRuns.metrics()));
        String header = elements(page, "header").get(0).getTextContent();
        assertThat(header)
                .contains("net4 on fashion-mnist", "10,000", "0123abc", "93.42 %")
                .contains("SNN, T = 1", "92.68 %", "−0.74 points")
                .contains("SNN, T = 8", "93.41 %")
                .contains("93.41 % of the test images correctly in 8 time steps, and 92.68 % in one time step");
    }

    @Test
    void theSameRunGivesTheSameBytes() {
        assertThat(HtmlReport.render(SampleRuns.full(), SampleRuns.metrics()))
                .isEqualTo(HtmlReport.render(SampleRuns.full(), SampleRuns.metrics()));
    }

    /** Names that try to become markup, and values that were not measured or make a range of no width. */
    private static RunSummary hostile() {
        double none = Double.NaN;
        List<TimeStepResult> flat = List.of(new TimeStepResult(4, 0, 0.5, none), new TimeStepResult(8, 0, none, 1));
        return new RunSummary(
                HOSTILE,
                HOSTILE,
                HOSTILE,
                HOSTILE,
                HOSTILE,
                HOSTILE,
                1,
                1,
                HOSTILE,
                10,
                0.5,
                none,
                flat,
                List.of(new LayerResult(HOSTILE, none, none, none, none, none), new LayerResult("b", 1, 1, 0, 0, 1e-9)),
                List.of(new ActivationHistogram(
                        HOSTILE,
                        new Histogram(-1, 1, new long[] {0, 0}),
                        none,
                        1,
                        new Histogram(0, 1e-3, new long[] {1}),
                        5,
                        none)),
                List.of(new LayerActivity(HOSTILE, none, 0, 0.1, 0)),
                List.of(new EnergyEstimate(4, 0, 0, 0, 0, 0, none), new EnergyEstimate(8, 4, 1, 1, 1, 10, 20)),
                List.of(
                        new Ablation(HOSTILE, List.of(new Ablation.Row(HOSTILE, flat))),
                        new Ablation("one T", List.of(new Ablation.Row(HOSTILE, flat.subList(0, 1)))),
                        new Ablation("empty", List.of())),
                Map.of(HOSTILE, 3.0),
                Map.of(HOSTILE, HOSTILE),
                HOSTILE);
    }

    private static void within(Element chart, String attribute, double limit) {
        NodeList all = chart.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            String value = ((Element) all.item(i)).getAttribute(attribute);
            if (!value.isEmpty()) {
                assertThat(Double.parseDouble(value))
                        .as("%s of %s", attribute, all.item(i).getNodeName())
                        .isBetween(-0.5, limit + 0.5);
            }
        }
    }

    private static int headings(Element table) {
        return ((Element) table.getElementsByTagName("thead").item(0))
                .getElementsByTagName("th")
                .getLength();
    }

    private static List<String> sections(RunSummary run, List<MetricRow> metrics) throws Exception {
        return elements(parse(HtmlReport.render(run, metrics)), "section").stream()
                .map(s -> s.getAttribute("id"))
                .toList();
    }

    private static List<Element> elements(Document page, String name) {
        NodeList found = page.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static Document parse(String html) throws ParserConfigurationException, SAXException, IOException {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(html.getBytes(StandardCharsets.UTF_8)));
    }
}
