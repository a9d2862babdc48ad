package org.ambispike.examples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ambispike.AnnModel;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.report.PictureReport;
import org.ambispike.report.TextTable;

/**
 * Halves pictures, enlarges them again with the spiking network in several numbers of time steps, with the ANN and by cubic
 * interpolation, and compares each with the true picture.
 */
final class EnlargePictures {
    private static final int MOST_PIXELS = 4_000_000;

    private final AnnModel ann;
    private final List<Integer> timeSteps;
    private final List<PictureReport.Row> rows = new ArrayList<>();
    /** Sums over the pictures: cubic interpolation, the ANN, then each number of time steps. */
    private final double[] psnr;

    EnlargePictures(AnnModel ann, List<Integer> timeSteps) {
        this.ann = ann;
        this.timeSteps = timeSteps;
        this.psnr = new double[timeSteps.size() + 2];
    }

    /** Prints how like the true picture each enlarged one is, then the mean over the pictures. */
    PictureReport run(SpikingModel spiking, List<Path> files) {
        try (BothNetworks networks = new BothNetworks(ann, spiking, timeSteps)) {
            for (Path file : files) {
                compare(networks, file);
            }
            return summary(networks.device(), files.size());
        }
    }

    private void compare(BothNetworks networks, Path file) {
        Picture whole = Picture.read(file);
        if (whole.height() * whole.width() > MOST_PIXELS || Math.min(whole.height(), whole.width()) < Enlarger.SCALE) {
            throw new InputException(file + ": " + whole.height() + "x" + whole.width() + ", expected at most "
                    + MOST_PIXELS + " pixels");
        }
        Picture truth = whole.part(0, 0, whole.height() / 2 * 2, whole.width() / 2 * 2);
        Picture small = truth.resized(truth.height() / Enlarger.SCALE, truth.width() / Enlarger.SCALE);
        List<Picture> pictures = new ArrayList<>();
        pictures.add(small.resized(truth.height(), truth.width()));
        pictures.addAll(enlarge(networks, small));
        String name = String.valueOf(file.getFileName());
        List<PictureReport.Shown> shown = new ArrayList<>();
        shown.add(new PictureReport.Shown("the true picture", truth.png()));
        StringBuilder line = new StringBuilder(name + ":");
        for (int index = 0; index < pictures.size(); index++) {
            double quality = pictures.get(index).psnr(truth);
            psnr[index] += quality;
            String text = String.format(Locale.ROOT, "%s %.2f dB", label(index), quality);
            line.append(index == 0 ? " " : ", ").append(text);
            shown.add(new PictureReport.Shown(text, pictures.get(index).png()));
        }
        System.out.println(line);
        rows.add(new PictureReport.Row(name, shown));
    }

    private String label(int index) {
        return switch (index) {
            case 0 -> "cubic interpolation";
            case 1 -> "ANN";
            default -> "T = " + timeSteps.get(index - 2);
        };
    }

    /** By the ANN, and by the spiking network for each T: square by square. */
    private List<Picture> enlarge(BothNetworks networks, Picture small) {
        int side = ann.inputShape().extent(0) - 2 * Enlarger.BORDER;
        List<Picture> results = new ArrayList<>();
        for (int index = 0; index <= timeSteps.size(); index++) {
            results.add(Picture.black(small.height() * Enlarger.SCALE, small.width() * Enlarger.SCALE));
        }
        for (int top = 0; top < small.height(); top += side) {
            for (int left = 0; left < small.width(); left += side) {
                Picture square = small.part(
                        top - Enlarger.BORDER,
                        left - Enlarger.BORDER,
                        side + 2 * Enlarger.BORDER,
                        side + 2 * Enlarger.BORDER);
                BothNetworks.Maps maps = networks.run(square);
                List<float[]> all = new ArrayList<>(List.of(maps.ann()));
                all.addAll(maps.spiking());
                for (int index = 0; index < all.size(); index++) {
                    results.get(index)
                            .draw(Enlarger.picture(all.get(index)), top * Enlarger.SCALE, left * Enlarger.SCALE);
                }
            }
        }
        return results;
    }

    private PictureReport summary(String device, int pictures) {
        List<String> headings = List.of("enlarged by", "PSNR in dB", "below the ANN");
        TextTable table = new TextTable(1, headings);
        List<List<String>> cells = new ArrayList<>();
        double reference = psnr[1] / pictures;
        List<PictureReport.Point> points = new ArrayList<>();
        for (int index = 0; index < psnr.length; index++) {
            double mean = psnr[index] / pictures;
            List<String> row = List.of(
                    label(index),
                    String.format(Locale.ROOT, "%.2f", mean),
                    String.format(Locale.ROOT, "%.2f", reference - mean));
            table.row(row);
            cells.add(row);
            if (index > 1) {
                points.add(new PictureReport.Point(timeSteps.get(index - 2), mean));
            }
        }
        System.out.print(table.render());
        return new PictureReport(
                "Pictures enlarged by a spiking network",
                "Each picture is halved by cubic interpolation and enlarged again. The peak signal-to-noise ratio (PSNR) says"
                        + " how like the true picture the result is; " + pictures + " pictures. Device: " + device
                        + ".",
                new PictureReport.Curve(
                        "PSNR, dB",
                        points,
                        List.of(
                                new PictureReport.Level("ANN", reference),
                                new PictureReport.Level("cubic interpolation", psnr[0] / pictures))),
                headings,
                cells,
                rows);
    }
}
