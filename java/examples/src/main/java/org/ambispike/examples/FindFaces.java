package org.ambispike.examples;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.ambispike.AnnModel;
import org.ambispike.SpikingModel;
import org.ambispike.report.PictureReport;
import org.ambispike.report.TextTable;

/** Finds faces with the spiking network in several numbers of time steps, and compares them with the ANN's. */
final class FindFaces {
    private static final float LINE = 2;
    private static final Color COLOUR = new Color(0xff, 0xd0, 0x00);

    private final AnnModel ann;
    private final List<Integer> timeSteps;
    private final List<PictureReport.Row> rows = new ArrayList<>();
    private final int[] found;
    private final int[] seen;
    private int expected;

    FindFaces(AnnModel ann, List<Integer> timeSteps) {
        this.ann = ann;
        this.timeSteps = timeSteps;
        this.found = new int[timeSteps.size()];
        this.seen = new int[timeSteps.size()];
    }

    /** Prints the faces in each picture, then how many of the ANN's are found. */
    PictureReport run(SpikingModel spiking, List<Path> files) {
        try (BothNetworks networks = new BothNetworks(ann, spiking, timeSteps)) {
            for (Path file : files) {
                look(networks, file);
            }
            return summary(networks.device());
        }
    }

    private void look(BothNetworks networks, Path file) {
        int side = ann.inputShape().extent(0);
        Picture picture = Picture.read(file).squared(side);
        BothNetworks.Maps maps = networks.run(picture);
        List<Face> expectedFaces = FaceDetector.faces(maps.ann());
        expected += expectedFaces.size();
        String name = String.valueOf(file.getFileName());
        System.out.println(name + ": the ANN finds " + said(expectedFaces, side));
        List<PictureReport.Shown> shown = new ArrayList<>();
        shown.add(shown("ANN", picture, expectedFaces));
        for (int index = 0; index < timeSteps.size(); index++) {
            List<Face> faces = FaceDetector.faces(maps.spiking().get(index));
            int both = Face.found(expectedFaces, faces);
            found[index] += both;
            seen[index] += faces.size();
            System.out.printf(
                    "  T = %2d: %d of %d, and %d others: %s%n",
                    timeSteps.get(index), both, expectedFaces.size(), faces.size() - both, said(faces, side));
            shown.add(shown("T = " + timeSteps.get(index), picture, faces));
        }
        rows.add(new PictureReport.Row(name, shown));
    }

    private static PictureReport.Shown shown(String name, Picture picture, List<Face> faces) {
        int side = picture.width();
        byte[] png = picture.png(drawing -> faces.forEach(face -> draw(drawing, face, side)));
        return new PictureReport.Shown(name + ": " + scores(faces), png);
    }

    private static void draw(Graphics2D drawing, Face face, int side) {
        drawing.setColor(COLOUR);
        drawing.setStroke(new BasicStroke(LINE));
        drawing.drawRect(
                (int) Math.round(face.left() * side),
                (int) Math.round(face.top() * side),
                (int) Math.round(face.width() * side),
                (int) Math.round(face.height() * side));
    }

    private static String scores(List<Face> faces) {
        return faces.isEmpty()
                ? "no face"
                : faces.stream()
                        .map(face -> String.format(Locale.ROOT, "%.2f", face.score()))
                        .collect(Collectors.joining(", "));
    }

    /** Scores, and boxes as left, top, width and height in pixels of the square. */
    private static String said(List<Face> faces, int side) {
        return faces.isEmpty()
                ? "no face"
                : faces.stream()
                        .map(face -> String.format(
                                Locale.ROOT,
                                "%.2f at %.0f,%.0f %.0fx%.0f",
                                face.score(),
                                face.left() * side,
                                face.top() * side,
                                face.width() * side,
                                face.height() * side))
                        .collect(Collectors.joining("; "));
    }

    private PictureReport summary(String device) {
        List<String> headings = List.of("T", "faces of the ANN found", "of", "other faces");
        TextTable table = new TextTable(0, headings);
        List<List<String>> cells = new ArrayList<>();
        for (int index = 0; index < timeSteps.size(); index++) {
            List<String> row = List.of(
                    Integer.toString(timeSteps.get(index)),
                    Integer.toString(found[index]),
                    Integer.toString(expected),
                    Integer.toString(seen[index] - found[index]));
            table.row(row);
            cells.add(row);
        }
        System.out.print(table.render());
        List<PictureReport.Point> points = new ArrayList<>();
        for (int index = 0; index < timeSteps.size(); index++) {
            points.add(new PictureReport.Point(timeSteps.get(index), found[index]));
        }
        return new PictureReport(
                "Faces found by a spiking network",
                "A face of the ANN counts as found where a box of the spiking network covers it by half (intersection over"
                        + " union). Device: " + device + ".",
                new PictureReport.Curve("faces found", points, List.of(new PictureReport.Level("ANN", expected))),
                headings,
                cells,
                rows);
    }
}
