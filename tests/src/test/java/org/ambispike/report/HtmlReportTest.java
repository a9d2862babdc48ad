package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.ambispike.paper.RunSummary;
import org.ambispike.train.MetricRow;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

class HtmlReportTest {
    private static final String HOSTILE = SampleRuns.HOSTILE;

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
        for (Element element : elements(parse(html), "*")) {
            assertThat(element.getTagName()).isNotIn("link", "img", "iframe", "object", "embed", "base");
            assertThat(element.hasAttribute("src")).isFalse();
            if (element.hasAttribute("href")) {
                assertThat(element.getAttribute("href")).startsWith("#");
            }
        }
        assertThat(html).doesNotContain("url(", "@import", "<script src", "fetch(");
        Matcher address = Pattern.compile("https?://[^\"\\s]*").matcher(html);
        assertThat(address.results().map(r -> r.group()).distinct()).containsExactly("http://www.w3.org/2000/svg");
    }

    @Test
    void hostileNamesStayText() throws Exception {
        String html = HtmlReport.render(SampleRuns.hostile(), List.of(new MetricRow(HOSTILE, 1, 1, 1, 0.5, 0.5, 1, 1)));
        assertThat(html.split("<script", -1)).as("the data, and our own").hasSize(3);
        assertThat(html.split("</script>", -1)).hasSize(3);
        assertThat(html).containsOnlyOnce("</style>");
        assertThat(elements(parse(html), "h1").get(0).getTextContent())
                .contains("<script>alert('&\"x')</script></style>\uFFFD\uFFFD");
    }

    /** What scripts of others find in the page is what they find in the files beside it. */
    @Test
    void thePageHoldsTheRunAsData() throws Exception {
        JsonNode data = data(HtmlReport.render(SampleRuns.full(), SampleRuns.metrics()));
        assertThat(data.get("summaries").get(0)).isEqualTo(new ObjectMapper().readTree(Json.text(SampleRuns.full())));
        assertThat(data.get("metrics")).hasSize(SampleRuns.metrics().size());
        assertThat(data.at("/summaries/0/timeSteps/0/T").asInt()).isEqualTo(1);
        assertThat(data.at("/summaries/0/timeSteps/0/accuracy").asDouble()).isEqualTo(0.411);
        assertThat(data(HtmlReport.render(SampleRuns.bare(), List.of()))
                        .at("/summaries/0/clippedAnnAccuracy")
                        .isNull())
                .isTrue();
    }

    @Test
    void everyPartHasItsChart() throws Exception {
        Document page = parse(HtmlReport.render(SampleRuns.full(), SampleRuns.metrics()));
        assertThat(elements(page, "figure"))
                .extracting(figure -> figure.getAttribute("data-chart"))
                .containsExactly(
                        "accuracy",
                        "accuracy",
                        "histogram",
                        "histogram",
                        "histogram",
                        "activity",
                        "layers",
                        "ablation",
                        "ablation",
                        "energies",
                        "epochAccuracy",
                        "epochLoss",
                        "wallTime");
        assertThat(elements(page, "figcaption"))
                .allSatisfy(caption -> assertThat(caption.getTextContent()).isNotBlank());
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

    private static JsonNode data(String html) throws IOException {
        Matcher data = Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>")
                .matcher(html);
        assertThat(data.find()).isTrue();
        return new ObjectMapper().readTree(data.group(1));
    }

    /** What is there without script, which is well formed as XML too. */
    private static Document parse(String html) throws ParserConfigurationException, SAXException, IOException {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(
                        html.replaceAll("(?s)<(script|style).*?</\\1>", "").getBytes(StandardCharsets.UTF_8)));
    }
}
