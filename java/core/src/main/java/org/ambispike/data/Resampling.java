package org.ambispike.data;

import java.util.Arrays;
import org.ambispike.graph.Shape;

/**
 * Resizes images as Pillow does with {@code BILINEAR}, to the same values: where an image becomes smaller, the triangle grows
 * with the scale, so that every pixel counts (antialiasing). First along rows, then along columns, in fixed point, rounded
 * to bytes between the two. Source: Pillow's Resample.c.
 */
final class Resampling {
    private static final int PRECISION = 32 - 8 - 2;

    private Resampling() {}

    /**
     * Weights of one axis.
     *
     * @param first the first source place of each target place
     * @param weights of the places from there on, in units of 2^-22
     */
    private record Axis(int[] first, int[][] weights) {
        static Axis of(int source, int target) {
            double scale = (double) source / target;
            double support = Math.max(scale, 1);
            int[] first = new int[target];
            int[][] weights = new int[target][];
            for (int place = 0; place < target; place++) {
                double centre = (place + 0.5) * scale;
                int from = Math.max(0, (int) (centre - support + 0.5));
                int to = Math.min(source, (int) (centre + support + 0.5));
                first[place] = from;
                weights[place] = weights(from, to, centre, support);
            }
            return new Axis(first, weights);
        }

        private static int[] weights(int from, int to, double centre, double support) {
            double[] exact = new double[to - from];
            double sum = 0;
            double inverse = 1.0 / support; // multiplied with, as Pillow does: a quotient may round otherwise
            for (int index = 0; index < exact.length; index++) {
                exact[index] = Math.max(0, 1 - Math.abs((index + from - centre + 0.5) * inverse));
                sum += exact[index];
            }
            int[] fixed = new int[exact.length];
            for (int index = 0; index < exact.length; index++) {
                double weight = sum == 0 ? exact[index] : exact[index] / sum;
                fixed[index] = (int) (0.5 + weight * (1 << PRECISION));
            }
            return fixed;
        }
    }

    /** Resizes an image [H, W, C] to [height, width, C]. */
    static DecodedImage resize(DecodedImage image, int height, int width) {
        DecodedImage narrow = image.width() == width ? image : rows(image, width);
        return image.height() == height ? narrow : columns(narrow, height);
    }

    private static DecodedImage rows(DecodedImage image, int width) {
        Axis axis = Axis.of(image.width(), width);
        return alongAxis(
                image, axis, Shape.of(image.height(), width, image.channels()), image.channels(), image.height());
    }

    private static DecodedImage columns(DecodedImage image, int height) {
        Axis axis = Axis.of(image.height(), height);
        return alongAxis(
                image, axis, Shape.of(height, image.width(), image.channels()), image.width() * image.channels(), 1);
    }

    /** Resamples one axis of an image seen as [blocks, axis, inner]. */
    private static DecodedImage alongAxis(DecodedImage image, Axis axis, Shape shape, int inner, int blocks) {
        byte[] source = image.values();
        byte[] target = new byte[Math.toIntExact(shape.elements())];
        int places = axis.first().length;
        int length = source.length / inner / blocks;
        int[] sums = new int[inner];
        for (int block = 0; block < blocks; block++) {
            for (int place = 0; place < places; place++) {
                Arrays.fill(sums, 1 << PRECISION - 1);
                int[] weights = axis.weights()[place];
                int at = (block * length + axis.first()[place]) * inner;
                for (int weight : weights) {
                    for (int index = 0; index < inner; index++) {
                        sums[index] += (source[at + index] & 0xff) * weight;
                    }
                    at += inner;
                }
                int to = (block * places + place) * inner;
                for (int index = 0; index < inner; index++) {
                    target[to + index] = (byte) Math.max(0, Math.min(255, sums[index] >> PRECISION));
                }
            }
        }
        return new DecodedImage(shape, target);
    }
}
