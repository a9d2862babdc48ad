package org.ambispike.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Squares of photographs without labels, to calibrate on: parts of {@link NpmPackage#TABLER}'s landscapes and towns, of every
 * size, and on every second one a portrait of the same package, so that there are faces too. Equal seeds give equal squares.
 */
final class Photographs {
    /** How much of a photograph's shorter side a square shows at least. */
    private static final double CLOSEST = 0.3;
    /** How much of a square a portrait takes. */
    private static final double SMALLEST_PORTRAIT = 0.25;

    private final List<Path> photographs;
    private final List<Path> portraits;

    /** @param folder of the package */
    Photographs(Path folder) {
        photographs = Picture.files(folder.resolve("dist/demo/photos")).stream()
                .filter(file -> file.toString().endsWith("-500.jpg"))
                .toList();
        portraits = Picture.files(folder.resolve("dist/demo/faces"));
    }

    /**
     * Writes squares as PNG files.
     *
     * @param folder made if it is missing
     * @param side of a square in pixels
     */
    void write(Path folder, int side, int number, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try {
            Files.createDirectories(folder);
            for (int index = 0; index < number; index++) {
                Picture square = part(Picture.read(photographs.get(index % photographs.size())), side, random);
                if (index % 2 == 1) {
                    square = withPortrait(square, random);
                }
                Files.write(folder.resolve(String.format(Locale.ROOT, "%04d.png", index)), square.png());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be written", e);
        }
    }

    private static Picture part(Picture photograph, int side, SplittableRandom random) {
        int shorter = Math.min(photograph.height(), photograph.width());
        int extent = (int) Math.round(shorter * random.nextDouble(CLOSEST, 1));
        int top = random.nextInt(photograph.height() - extent + 1);
        int left = random.nextInt(photograph.width() - extent + 1);
        return photograph.part(top, left, extent, extent).resized(side, side);
    }

    private Picture withPortrait(Picture square, SplittableRandom random) {
        int side = square.height();
        int extent = (int) Math.round(side * random.nextDouble(SMALLEST_PORTRAIT, 1));
        Picture portrait = Picture.read(portraits.get(random.nextInt(portraits.size())));
        return square.with(
                portrait.resized(extent, extent), random.nextInt(side - extent + 1), random.nextInt(side - extent + 1));
    }
}
