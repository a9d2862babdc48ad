package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ambispike.support.RealData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Words for which the field has better ones, in code, comments, messages and docs. */
class WordsTest {
    private static final Pattern UNWANTED = Pattern.compile(
            "Recorded(Pass|Step|Work)|DirectWork|recorded work" // graph capture
                    + "|[Mm]atrix products" // matrix multiplication, GEMM
                    + "|[Ss]tored form|rounded activations" // storage type, quantised activations
                    + "|\\b[Hh]and(s|ed)? over\\b" // upload, download
                    + "|StageWork|Workbench|NumberPart|KeptLines|Callee\\b" // Trainer, CommandContext, StepScalar, …
                    + "|[Ww]hom to tell|for people|takes images over|what of them"
                    + "|^\\s*/?\\*\\*? Of "); // Javadoc begins with a verb or says what it is

    @Test
    void theFieldsWordsAreUsed() throws IOException {
        Path checkout = RealData.checkout();
        List<String> found = new ArrayList<>();
        for (String folder : List.of("README.md", "CONTRIBUTING.md", "docs", "java", "native", "cuda", "tests/src")) {
            try (Stream<Path> files = Files.walk(checkout.resolve(folder))) {
                for (Path file : (Iterable<Path>) files.filter(WordsTest::isRead)::iterator) {
                    List<String> lines = Files.readAllLines(file);
                    for (int line = 0; line < lines.size(); line++) {
                        if (isUnwanted(lines.get(line))) {
                            found.add(checkout.relativize(file) + ":" + (line + 1) + ": "
                                    + lines.get(line).strip());
                        }
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    private static boolean isUnwanted(String line) {
        return UNWANTED.matcher(line).find();
    }

    private static boolean isRead(Path file) {
        String path = file.toString();
        return path.matches(".*\\.(java|h|cuh|cpp|cu|md|js|html|css|json)")
                && !path.contains("/target/")
                && !path.endsWith("/WordsTest.java");
    }

    @ParameterizedTest
    @ValueSource(strings = {"    /** Of a layer. */", "     * Of a layer", "// what it hands over", "matrix products"})
    void theyWouldBeFound(String line) {
        assertThat(isUnwanted(line)).isTrue();
    }
}
