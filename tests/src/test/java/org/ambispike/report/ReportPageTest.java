package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.OutputError;
import org.ambispike.support.Browser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The reports in a browser, which draws their charts. */
@Timeout(120)
class ReportPageTest {
    private static final String CHARTS = "[...document.querySelectorAll('figure[data-chart]')]";
    private static final String TITLES =
            "[...document.querySelectorAll('.chart title')].map(title => title.textContent)";

    @TempDir
    private static Path folder;

    private static Browser browser;
    private static final Map<String, Path> PAGES = new LinkedHashMap<>();

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.openOrSkip();
        write("full", HtmlReport.render(SampleRuns.full(), SampleRuns.metrics()));
        write("deep", HtmlReport.render(SampleRuns.deep(), SampleRuns.metrics()));
        write("hostile", HtmlReport.render(SampleRuns.hostile(), SampleRuns.metrics()));
        LatencyFiles.write(folder, LatencyFilesTest.report(1));
        PAGES.put("latency", folder.resolve(LatencyFiles.HTML));
        List<OutputError> rows = List.of(
                new OutputError("map", 1, 0.5, 20, 2, Double.NaN), new OutputError("map", 4, 0, Double.NaN, 2, 1));
        TargetReport target = new TargetReport("n", "t", "d", 9, "cpu", "f32", "c", rows, "ambispike evaluate");
        PAGES.put("target", TargetFiles.write(folder, "outputs", target).get(2));
        PictureReport.Curve curve = new PictureReport.Curve(
                "PSNR, dB",
                List.of(new PictureReport.Point(4, 20), new PictureReport.Point(16, 25)),
                List.of(new PictureReport.Level("ANN", 26)));
        write("pictures", new PictureReport("t", "l", curve, List.of("a"), List.of(List.of("1")), List.of()).html());
    }

    private static void write(String name, String html) throws Exception {
        PAGES.put(name, Files.writeString(folder.resolve(name + ".html"), html));
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    private static void open(String name, int width, boolean dark) throws Exception {
        browser.go(Path.of("/").toUri().resolve("about:blank"));
        browser.look(width, 800, dark, true);
        browser.go(PAGES.get(name).toUri());
        browser.waitFor("document.readyState === 'complete' && document.querySelector('figure[data-chart] .chart')");
    }

    @Test
    void everyChartIsNamedAndDrawnInsideItsBoxAtEveryWidth() throws Exception {
        for (String name : PAGES.keySet()) {
            for (int width : new int[] {390, 1280}) {
                open(name, width, width == 390);
                String where = name + " at " + width;
                assertThat(browser.value(
                                CHARTS + ".filter(each => each.hidden || !each.querySelector('.chart')).length"))
                        .as("charts that were not drawn: " + where)
                        .isEqualTo("0");
                assertThat(browser.value("[...document.querySelectorAll('.chart')].every(chart => chart.role === 'img'"
                                + " && chart.ariaLabel.length > 20)"))
                        .as(where)
                        .isEqualTo("true");
                assertThat(
                                browser.value(
                                        "[...document.querySelectorAll('svg, svg *')].flatMap(each => [...each.attributes])"
                                                + ".filter(each => /NaN|Infinity|undefined|null/.test(each.value)).map(each => each.name + each.value).join()"))
                        .as(where)
                        .isEmpty();
                assertThat(browser.value("[...document.querySelectorAll('.chart > :not(svg)')].filter(each => {"
                                + "const box = each.getBBox(), chart = each.closest('.chart').viewBox.baseVal;"
                                + "if (each.hasAttribute('transform')) return false;"
                                + "return box.x < -8 || box.y < -2 || box.x + box.width > chart.width + 2 || box.y + box.height > chart.height + 2;"
                                + "}).map(each => each.outerHTML).join()"))
                        .as("what sticks out of a chart: " + where)
                        .isEmpty();
                assertThat(browser.value("document.documentElement.scrollWidth <= window.innerWidth"))
                        .as(where)
                        .isEqualTo("true");
            }
        }
    }

    @Test
    void pointsSayWhatTheyAre() throws Exception {
        open("full", 1280, false);
        assertThat(browser.value(TITLES + ".join('\\n')"))
                .contains(
                        "calibrated for T = 8, T = 8: 93.41 %",
                        "uncalibrated, T = 1: 41.10 %",
                        "conv1, negative, optimised: 0.0800",
                        "dense1: 0.2700",
                        "symmetric, N = P: 92.95 %",
                        "calibrated for T = 4, T = 4: 12.2 µJ",
                        "clip, epoch 2, loss: 0.520",
                        "train, epoch 1, loss: 0.950",
                        "train: 45 min 41 s");
        assertThat(browser.value("document.querySelector('[data-chart=histogram] .chart').ariaLabel"))
                .contains("conv1", "4.20 and −0.600", "1.10 and −0.0600");
        assertThat(browser.value("document.querySelector('#energy .legend').textContent"))
                .isEqualTo("uncalibratedcalibrated for T = 4");
        open("latency", 1280, false);
        assertThat(browser.value(TITLES + ".join('\\n')"))
                .contains("SNN, T = 4: 91.00 % in 4.00 ms", "SNN, T = 4, batch 1: 250 images/s");
        assertThat(browser.value("document.querySelector('#pareto path.line.s0').getAttribute('d').split('L').length"))
                .as("what is not beaten: the ANN, and the best")
                .isEqualTo("2");
        open("target", 1280, false);
        assertThat(browser.value(TITLES + ".join()")).isEqualTo("map, T = 1: 0.500,map, T = 1: 20.0");
        open("pictures", 1280, false);
        assertThat(browser.value(TITLES + ".join('\\n')"))
                .contains("spiking network, T = 16: 25.00", "ANN, T = 4: 26.00");
    }

    @Test
    void axesHaveRoundTicksAndHoldTheirValues() throws Exception {
        open("full", 1280, false);
        assertThat(browser.value("linearAxis('', [0.411, 0.9342], 100).ticks.map(tick => tick.name).join()"))
                .isEqualTo("40,60,80,100");
        assertThat(browser.value("linearAxis('', [0.9301, 0.9349], 100).ticks.map(tick => tick.name).join()"))
                .isEqualTo("93.0,93.1,93.2,93.3,93.4,93.5");
        assertThat(browser.value("logAxis('', [4.9, 77]).ticks.map(tick => tick.name).join()"))
                .isEqualTo("2,5,10,20,50,100");
        assertThat(
                        browser.value(
                                """
                        (() => {
                          const wrong = [];
                          for (let count = 0; count < 500; count++) {
                            const [low, high] = [Math.random(), Math.random()].map(each => 2e6 * each ** 5 - 1e6).sort((a, b) => a - b);
                            const linear = linearAxis("", [low, high]);
                            if (!isOn(linear, low) || !isOn(linear, high) || linear.ticks.length < 2 || linear.ticks.length > 9) wrong.push([low, high]);
                            const [least, most] = [Math.random(), Math.random()].map(each => 10 ** (21 * each - 9)).sort((a, b) => a - b);
                            const log = logAxis("", [least, most]);
                            if (!isOn(log, least) || !isOn(log, most) || !log.ticks.length) wrong.push([least, most]);
                          }
                          const steps = timeStepAxis([1, 2, 8, 32]);
                          const octave = placeOn(steps, 2) - placeOn(steps, 1);
                          if (Math.abs(placeOn(steps, 8) - placeOn(steps, 2) - 2 * octave) > 1e-12) wrong.push("time steps");
                          return JSON.stringify(wrong);
                        })()"""))
                .isEqualTo("[]");
    }

    /** Figures are written as Java writes them in tables. */
    @Test
    void figuresAreWrittenAsInTables() throws Exception {
        open("full", 1280, false);
        for (double value : new double[] {0, 0.0123, 4.56, 1.2e-7, 12345.6, 0.99951, 999.6, -0.03}) {
            assertThat(browser.value("significant(" + value + ")")).isEqualTo(Format.significant(value));
            assertThat(browser.value("decimal(" + value + ", 2)")).isEqualTo(Format.decimal(value, 2));
        }
        assertThat(browser.value("['50.0 µJ', '0.0500', '100', '1.25 M'].map(brief).join()"))
                .as("axes do without the last zeros")
                .isEqualTo("50 µJ,0.05,100,1.25 M");
        for (double value : new double[] {0.42, 12.3, 59.96, 252, 4020}) {
            assertThat(browser.value("seconds(" + value + ")")).isEqualTo(Format.seconds(value));
            assertThat(browser.value("energy(" + 1e3 * value + ")")).isEqualTo(Format.energy(1e3 * value));
        }
    }
}
