package org.ambispike.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.ambispike.support.Browser;
import org.ambispike.support.Browser.Key;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page in a browser, as a person uses it: by pointing, by keys alone, by ear. */
@Timeout(120)
class PageTest {
    private static final String DROP =
            """
            (() => {
              const bytes = Uint8Array.from(atob('%s'), c => c.charCodeAt(0));
              const transfer = new DataTransfer();
              transfer.items.add(new File([bytes], 'dropped', { type: '%s' }));
              document.getElementById('drop').dispatchEvent(
                new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
            })()""";
    private static final String ANSWERED =
            "!document.getElementById('result').hidden && !document.getElementById('result').hasAttribute('aria-busy')";
    private static final String WHERE = "document.getElementById('time-value').textContent";
    private static final String FOCUSED =
            "document.activeElement.id || document.activeElement.ariaLabel || document.activeElement.textContent";
    private static final String OUTLINED =
            "getComputedStyle(document.activeElement.closest('.drop') || document.activeElement).outlineStyle";
    private static final int SAMPLES = 6;

    private static ServedNetwork served;
    private static Browser browser;

    private final byte[] file = ServedNetwork.file(ServedNetwork.grey(ServedNetwork.pixels(5)), "png");

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.openOrSkip();
        served = ServedNetwork.start(ServerSettings.defaults());
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (served != null) {
            served.close();
        }
    }

    private static void open(ServedNetwork from, int width, boolean dark, boolean still) throws Exception {
        browser.go(URI.create("about:blank"));
        browser.look(width, 800, dark, still);
        browser.go(from.server().uri());
        browser.waitFor("document.querySelectorAll('#samples button').length === " + SAMPLES);
    }

    private static void drop(byte[] bytes, String type) throws Exception {
        browser.value(DROP.formatted(Base64.getEncoder().encodeToString(bytes), type));
    }

    private static String text(String id) throws Exception {
        return browser.value("document.getElementById('" + id + "').textContent");
    }

    /** Presses Tab until the focus is there. */
    private static void tabTo(String id) throws Exception {
        for (int presses = 0; presses < 30 && !browser.value(FOCUSED).equals(id); presses++) {
            browser.press(Key.TAB);
        }
        assertThat(browser.value(FOCUSED)).isEqualTo(id);
    }

    @Test
    void anImageThatIsDroppedIsAnsweredAtEveryWidth() throws Exception {
        String expected = new ObjectMapper()
                .readTree(served.post("image/png", file, "?timeSteps=16").body())
                .get("className")
                .textValue();
        for (int width : new int[] {360, 768, 1280}) {
            open(served, width, width == 768, true);
            drop(file, "image/png");
            browser.waitFor(ANSWERED);
            assertThat(text("verdict")).isEqualTo(expected);
            assertThat(browser.value("document.querySelectorAll('.layer canvas, .layer svg.chart').length"))
                    .isEqualTo("2");
            assertThat(browser.value("document.documentElement.scrollWidth <= window.innerWidth"))
                    .as("nothing sticks out at " + width)
                    .isEqualTo("true");
            assertThat(browser.value("document.getElementById('answer').getBoundingClientRect().top < innerHeight"))
                    .as("the answer is in sight at " + width)
                    .isEqualTo("true");
        }
        assertThat(
                        browser.value(
                                "performance.getEntriesByType('resource')"
                                        + ".every(entry => entry.name.startsWith(location.origin + '/') || entry.name.startsWith('data:'))"))
                .as("nothing is asked of anyone else")
                .isEqualTo("true");
    }

    @Test
    void tabReachesEveryControlInTheOrderOfThePageAndShowsWhere() throws Exception {
        open(served, 1280, false, true);
        drop(file, "image/png");
        browser.waitFor(ANSWERED);
        List<String> order = new ArrayList<>();
        for (int presses = 0; presses < 12; presses++) {
            browser.press(Key.TAB);
            order.add(browser.value(FOCUSED));
            assertThat(browser.value(OUTLINED)).as(order.get(presses)).isNotEqualTo("none");
        }
        assertThat(order)
                .containsExactly(
                        "theme", "ant", "file", "invert", "steps", "rule", "back", "play", "forward", "time", "Model",
                        "Metrics");
    }

    @Test
    void everyControlHasAName() throws Exception {
        open(served, 360, true, true);
        drop(file, "image/png");
        browser.waitFor(ANSWERED);
        List<String> spoken = browser.spoken();
        assertThat(spoken)
                .contains(
                        "button: Colours: as the system",
                        "radiogroup: Sample images",
                        "radio: ant",
                        "slider: Time steps",
                        "combobox: Stop early",
                        "checkbox: Invert (for things on a light ground)",
                        "button: One step back",
                        "button: Play",
                        "button: One step on",
                        "slider: Time step",
                        "image: The image as the network sees it",
                        "image: Lines of class probabilities over time steps")
                .anyMatch(node -> node.startsWith("button: Choose a file"))
                .contains("image: Mean emitted values of act1 against the ANN's activations")
                .anyMatch(node -> node.matches("image: Spikes of \\d+ neurons of act1"));
        assertThat(spoken)
                .filteredOn(node -> node.matches("(button|slider|combobox|checkbox|radio|link|image): *"))
                .as("controls and pictures without a name")
                .isEmpty();
    }

    @Test
    void keysAloneDoEverything() throws Exception {
        open(served, 1280, false, true);
        tabTo("ant");
        browser.press(Key.SPACE);
        browser.waitFor(ANSWERED);
        assertThat(browser.value(WHERE)).isEqualTo("t = 16 / 16");
        browser.press(Key.RIGHT);
        browser.waitFor("document.querySelectorAll('#samples button')[1].ariaChecked === 'true'");
        browser.waitFor(ANSWERED);
        browser.press(Key.HOME);
        assertThat(browser.value("document.querySelectorAll('#samples button')[0] === document.activeElement"))
                .isEqualTo("true");
        browser.waitFor(ANSWERED);
        tabTo("steps");
        browser.press(Key.LEFT);
        browser.waitFor(WHERE + " === 't = 15 / 15'");
        tabTo("back");
        browser.press(Key.ENTER);
        assertThat(browser.value(WHERE)).isEqualTo("t = 14 / 15");
        tabTo("play");
        browser.press(Key.HOME);
        assertThat(browser.value(WHERE)).isEqualTo("t = 1 / 15");
        browser.press(Key.SPACE);
        browser.waitFor("document.getElementById('play').textContent === 'Pause' && page.t > 1");
        browser.press(Key.SPACE);
        assertThat(text("play")).isEqualTo("Play");
        browser.press(Key.END);
        browser.press(Key.LEFT);
        assertThat(browser.value(WHERE)).isEqualTo("t = 14 / 15");
        tabTo("time");
        browser.press(Key.LEFT);
        assertThat(browser.value(WHERE)).isEqualTo("t = 13 / 15");
        assertThat(browser.value("document.getElementById('time').ariaValueText"))
                .matches("step 13 of 15: .+, [\\d.]+ %");
    }

    @Test
    void theAnswerIsSaidOnceAndStepsOfAPersonAre() throws Exception {
        open(served, 1280, false, false);
        browser.value(
                "window.said = []; new MutationObserver(() => said.push(document.getElementById('status').textContent))"
                        + ".observe(document.getElementById('status'), { childList: true }); 0");
        browser.value("document.getElementById('steps').value = 4; 0");
        drop(file, "image/png");
        browser.waitFor("page.answer && page.t === 4 && !page.playing");
        assertThat(browser.value("said.length")).isEqualTo("1");
        assertThat(browser.value("said[0]")).startsWith("Answer after 4 steps: " + text("verdict") + ", ");
        assertThat(browser.spoken()).anyMatch(node -> node.startsWith("status: "));
        tabTo("back");
        browser.press(Key.ENTER);
        browser.waitFor("said.length === 2");
        assertThat(browser.value("said[1]")).matches("step 3 of 4: .+, [\\d.]+ %");
    }

    @Test
    void nothingMovesForThoseWhoWantItStill() throws Exception {
        open(served, 1280, false, false);
        drop(file, "image/png");
        browser.waitFor("page.playing > 0 && page.t > 1 && page.t < 16");
        open(served, 1280, false, true);
        drop(file, "image/png");
        browser.waitFor(ANSWERED);
        assertThat(browser.value("page.playing + ' ' + page.t")).isEqualTo("0 16");
    }

    @Test
    void whatGoesWrongIsSaid() throws Exception {
        open(served, 360, false, true);
        byte[] words = "no image, only words".getBytes(StandardCharsets.US_ASCII);
        drop(words, "image/png");
        browser.waitFor("!document.getElementById('error').hidden");
        assertThat(text("error")).contains("is no PNG or JPEG image");
        assertThat(browser.spoken()).anyMatch(node -> node.startsWith("alert: "));
        drop(words, "text/plain");
        assertThat(text("error")).startsWith("That is no image");
        drop(words, "image/webp");
        browser.waitFor("document.getElementById('error').textContent.includes('This browser cannot read')");
        drop(file, "image/png");
        browser.waitFor(ANSWERED);
        assertThat(browser.value("document.getElementById('error').hidden")).isEqualTo("true");
    }

    @Test
    void aServerThatIsGoneIsSaidToBe() throws Exception {
        try (ServedNetwork leaving = ServedNetwork.start(ServerSettings.defaults())) {
            open(leaving, 360, false, true);
        }
        drop(file, "image/png");
        browser.waitFor("!document.getElementById('error').hidden");
        assertThat(text("error")).startsWith("The server does not answer");
        open(served, 360, false, true);
    }

    /** A spike's polarity is told by the half of its column too, for whom the colours are alike. */
    @Test
    void polarityIsToldByPlace() throws Exception {
        open(served, 1280, false, true);
        String marks = browser.value(
                """
                (() => {
                  const canvas = document.createElement('canvas');
                  canvas.style.cssText = 'width: 200px; height: 122px';
                  document.body.append(canvas);
                  drawRaster(canvas, { spikes: ['+.', '-.', 'x.', '..'] }, 2, 2);
                  const at = (x, y) => canvas.getContext('2d').getImageData(x, y, 1, 1).data.join();
                  const ground = at(150, 90);
                  return [10, 35, 60, 85].map(y => [20, 75].map(x => (at(x, y) === ground ? '.' : '#')).join('')).join(' ');
                })()""");
        assertThat(marks).isEqualTo("#. .# ## ..");
    }
}
