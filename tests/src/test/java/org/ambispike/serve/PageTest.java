package org.ambispike.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page in a browser, as a person uses it. */
class PageTest {
    private static final String DROP =
            """
            (() => {
              const bytes = Uint8Array.from(atob('%s'), c => c.charCodeAt(0));
              const transfer = new DataTransfer();
              transfer.items.add(new File([bytes], 'dropped.png', { type: 'image/png' }));
              document.getElementById('drop').dispatchEvent(
                new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
            })()""";

    @Test
    @Timeout(120)
    void anImageThatIsDroppedIsAnswered() throws Exception {
        Optional<Path> executable = Browser.executable();
        if (executable.isEmpty()) {
            System.out.println("skipped: there is no Chromium to look at the page with");
            abort("there is no Chromium to look at the page with");
        }
        float[] pixels = ServedNetwork.pixels(5);
        byte[] file = ServedNetwork.file(ServedNetwork.grey(pixels), "png");
        // the browser may still write its profile when it is gone
        Path profile = Files.createTempDirectory("ambispike-browser");
        try (ServedNetwork served = ServedNetwork.start(ServerSettings.defaults());
                Browser browser = Browser.open(executable.orElseThrow(), profile)) {
            browser.go(served.server().uri());
            browser.waitFor("document.querySelectorAll('#samples button').length === 6");
            browser.value(DROP.formatted(Base64.getEncoder().encodeToString(file)));
            browser.waitFor("!document.getElementById('result').hidden");
            String expected = new ObjectMapper()
                    .readTree(served.post("image/png", file, "?timeSteps=16").body())
                    .get("className")
                    .textValue();
            assertThat(browser.value("document.getElementById('verdict').textContent"))
                    .isEqualTo(expected);
            assertThat(browser.value("document.querySelectorAll('.layer canvas').length"))
                    .isEqualTo("2");
            keysMoveThroughTime(browser);
            assertThat(browser.value("document.documentElement.scrollWidth <= window.innerWidth"))
                    .as("nothing sticks out on a phone")
                    .isEqualTo("true");
        }
    }

    private static void keysMoveThroughTime(Browser browser) throws Exception {
        press(browser, "Home");
        assertThat(browser.value("document.getElementById('time-value').textContent"))
                .isEqualTo("t = 1 / 16");
        press(browser, "ArrowRight");
        press(browser, "ArrowRight");
        assertThat(browser.value("document.getElementById('time-value').textContent"))
                .isEqualTo("t = 3 / 16");
        press(browser, "End");
        assertThat(browser.value("document.getElementById('time').value")).isEqualTo("16");
    }

    private static void press(Browser browser, String key) throws Exception {
        browser.value("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '" + key
                + "', bubbles: true, cancelable: true }))");
    }
}
