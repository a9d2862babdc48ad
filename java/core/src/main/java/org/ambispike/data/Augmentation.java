package org.ambispike.data;

import java.util.List;

/**
 * Random changes to training images, as a description; immutable. What happens to an image depends on (seed, epoch,
 * index of the image) alone, so that a resumed run sees the same images.
 */
public sealed interface Augmentation {
    /** Leaves images as they are. */
    static Augmentation none() {
        return new Sequence(List.of());
    }

    /**
     * Shifts by up to {@code maxShift} rows and columns, each way, the room filled with 0; then, where {@code flip} is
     * set, mirrors every second image left to right.
     *
     * @throws IllegalArgumentException if {@code maxShift} is negative
     */
    static Augmentation shiftAndFlip(int maxShift, boolean flip) {
        return new ShiftAndFlip(maxShift, flip);
    }

    /**
     * Random erasing with the published settings: a rectangle of 2% to 40% of the image, of aspect ratio 0.3 to 1/0.3,
     * filled with uniform noise. Source: Zhong et al., "Random Erasing Data Augmentation", 2017.
     *
     * @param probability that an image loses a rectangle, 0 to 1
     * @throws IllegalArgumentException if it is not
     */
    static Augmentation erase(double probability) {
        return new Erase(probability, 0.02, 0.4, 0.3);
    }

    /**
     * Cutout: a square at a random place, parts of it perhaps outside, filled with the mean of the data set. Source:
     * DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017.
     *
     * @param size rows and columns of the square, 1 or more
     * @throws IllegalArgumentException if it is less
     */
    static Augmentation cutout(int size) {
        return new Cutout(size);
    }

    /**
     * RandAugment: so many operations, each drawn from the paper's 14 and all of one strength, one after the other.
     * Source: Cubuk et al., "RandAugment: Practical automated data augmentation with a reduced search space", 2019.
     *
     * @param operations an image undergoes, 1 or more
     * @param magnitude of each, from 0 to {@link RandAugment#STRONGEST}
     * @throws IllegalArgumentException if they are not
     */
    static Augmentation randAugment(int operations, int magnitude) {
        return new RandAugment(operations, magnitude);
    }

    /** This, and {@code next} on its result. */
    default Augmentation then(Augmentation next) {
        return new Sequence(List.of(this, next));
    }

    /** The single steps that make it up, in order; empty if it changes nothing. */
    default List<Augmentation> steps() {
        return List.of(this);
    }

    /**
     * See {@link #shiftAndFlip}.
     *
     * @param maxShift rows and columns, at least 0
     * @param flip whether every second image is mirrored
     */
    record ShiftAndFlip(int maxShift, boolean flip) implements Augmentation {
        public ShiftAndFlip {
            if (maxShift < 0) {
                throw new IllegalArgumentException("a shift is 0 or more pixels, got " + maxShift);
            }
        }
    }

    /**
     * See {@link #erase}.
     *
     * @param probability 0 to 1
     * @param minArea smallest share of the image, above 0
     * @param maxArea largest share of the image, at most 1
     * @param minAspect smallest height over width, above 0 and at most 1; the largest is its inverse
     */
    record Erase(double probability, double minArea, double maxArea, double minAspect) implements Augmentation {
        public Erase {
            if (!(probability >= 0 && probability <= 1)) {
                throw new IllegalArgumentException("a probability lies in 0 to 1, got " + probability);
            }
            if (!(minArea > 0 && minArea <= maxArea && maxArea <= 1 && minAspect > 0 && minAspect <= 1)) {
                throw new IllegalArgumentException("an erased rectangle needs 0 < smallest <= largest area <= 1 and an"
                        + " aspect ratio in (0, 1], got areas " + minArea + " to " + maxArea + ", aspect ratio "
                        + minAspect);
            }
        }
    }

    /**
     * See {@link #cutout}.
     *
     * @param size 1 or more
     */
    record Cutout(int size) implements Augmentation {
        public Cutout {
            if (size < 1) {
                throw new IllegalArgumentException("a square that is cut out has 1 or more pixels a side, got " + size);
            }
        }
    }

    /**
     * See {@link #randAugment}.
     *
     * @param operations 1 or more
     * @param magnitude 0 to {@link #STRONGEST}
     */
    record RandAugment(int operations, int magnitude) implements Augmentation {
        /** The largest magnitude. */
        public static final int STRONGEST = 30;

        public RandAugment {
            if (operations < 1 || magnitude < 0 || magnitude > STRONGEST) {
                throw new IllegalArgumentException("RandAugment takes 1 or more operations and a magnitude of 0 to "
                        + STRONGEST + ", got " + operations + " and " + magnitude);
            }
        }
    }

    /**
     * One after the other.
     *
     * @param steps a sequence among them is replaced by its own steps
     */
    record Sequence(List<Augmentation> steps) implements Augmentation {
        public Sequence {
            steps = steps.stream().flatMap(step -> step.steps().stream()).toList();
        }
    }
}
