package org.ambispike.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class AccuracyPictureTest {
    private static final AccuracyPicture.Mark ELSEWHERE = new AccuracyPicture.Mark("a <paper>", 10, 0.9262);

    @Test
    void standsByItselfAsWellFormedSvg() throws Exception {
        Document svg = parse(new AccuracyPicture(List.of(SampleRuns.full()), List.of(ELSEWHERE)).svg());
        assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(svg.getElementsByTagName("style").getLength()).isEqualTo(1);
        assertThat(svg.getDocumentElement().getTextContent())
                .contains("a <paper>", "not calibrated", "calibrated for the T that is used", "mean over 1 seed");
    }

    @Test
    void showsTheMeanOfTheRuns() throws Exception {
        String one = new AccuracyPicture(List.of(SampleRuns.full()), List.of()).svg();
        String same = new AccuracyPicture(List.of(SampleRuns.full(), SampleRuns.full()), List.of()).svg();
        assertThat(same.replace("2 seeds", "1 seed")).isEqualTo(one);
    }

    @Test
    void everyFigureOfElsewhereHasItsMarker() throws Exception {
        int without = markers(new AccuracyPicture(List.of(SampleRuns.full()), List.of()));
        int with = markers(new AccuracyPicture(List.of(SampleRuns.full()), List.of(ELSEWHERE)));
        assertThat(with).as("one in the legend, one in the chart").isEqualTo(without + 2);
    }

    private static int markers(AccuracyPicture picture) {
        return picture.svg().split("class=\"mark ", -1).length - 1;
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }
}
