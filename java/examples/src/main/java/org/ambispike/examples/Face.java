package org.ambispike.examples;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A face that was found.
 *
 * @param left of its box, as are top, width and height, in shares of the side of the square that was looked at
 * @param score how sure the detector is, in (0, 1)
 */
record Face(double left, double top, double width, double height, double score) {
    /** Boxes that overlap as much show the same face. */
    private static final double SAME = 0.5;

    /** Returns the area that two boxes share, in shares of the area that they cover together. */
    double overlap(Face other) {
        double across = Math.min(left + width, other.left + other.width) - Math.max(left, other.left);
        double down = Math.min(top + height, other.top + other.height) - Math.max(top, other.top);
        if (across <= 0 || down <= 0) {
            return 0;
        }
        double shared = across * down;
        return shared / (width * height + other.width * other.height - shared);
    }

    /**
     * Returns the surest of boxes that overlap (non-maximum suppression), the surest first.
     *
     * @param most overlap that two boxes may have
     */
    static List<Face> withoutOverlaps(List<Face> faces, double most) {
        List<Face> kept = new ArrayList<>();
        faces.stream()
                .sorted(Comparator.comparingDouble(Face::score).reversed())
                .filter(face -> kept.stream().allMatch(surer -> surer.overlap(face) <= most))
                .forEach(kept::add);
        return List.copyOf(kept);
    }

    /** Returns how many of these faces are among others: pairs of boxes that overlap by half, each used once. */
    static int found(List<Face> faces, List<Face> others) {
        List<Face> left = new ArrayList<>(others);
        int found = 0;
        for (Face face : faces) {
            Comparator<Face> nearest = Comparator.comparingDouble(face::overlap);
            var match = left.stream().max(nearest).filter(other -> face.overlap(other) >= SAME);
            match.ifPresent(left::remove);
            found += match.isPresent() ? 1 : 0;
        }
        return found;
    }
}
