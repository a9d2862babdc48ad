package org.ambispike.data;

import org.ambispike.graph.Shape;

/**
 * Images and labels on their way into a network; reused, so that what it holds lasts only until the next
 * {@link Batches#advance()}. Past {@link #count()} images are 0 and labels are 0.
 */
public final class Batch {
    private final Shape imageShape;
    private final float[] images;
    private final int[] labels;
    private int count;

    Batch(int capacity, Shape imageShape) {
        this.imageShape = imageShape;
        images = new float[Math.toIntExact(Math.multiplyExact(capacity, imageShape.elements()))];
        labels = new int[capacity];
    }

    /** Normalised, [capacity, H, W, C]; the batch's own array. */
    public float[] images() {
        return images;
    }

    /** Class indices, [capacity]; the batch's own array. */
    public int[] labels() {
        return labels;
    }

    /** The number of images that count, 1 to the batch size. */
    public int count() {
        return count;
    }

    /** [H, W, C] of one image. */
    public Shape imageShape() {
        return imageShape;
    }

    void setCount(int count) {
        this.count = count;
    }
}
