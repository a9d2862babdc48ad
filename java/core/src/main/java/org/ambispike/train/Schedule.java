package org.ambispike.train;

/** The learning rate as a fraction of its peak, over the progress of a stage. */
public enum Schedule {
    /** Up along a cosine for the first 30%, then down along a cosine to almost nothing. */
    ONE_CYCLE {
        @Override
        public double factor(double progress) {
            double start = 1.0 / 25;
            double end = 1e-4 / 25;
            return progress < WARM_UP
                    ? between(start, 1, progress / WARM_UP)
                    : between(1, end, (progress - WARM_UP) / (1 - WARM_UP));
        }
    },
    /** From the peak down along a cosine to nothing. */
    COSINE {
        @Override
        public double factor(double progress) {
            return between(1, 0, progress);
        }
    },
    CONSTANT {
        @Override
        public double factor(double progress) {
            return 1;
        }
    };

    private static final double WARM_UP = 0.3;

    /** @param progress in [0, 1] */
    public abstract double factor(double progress);

    private static double between(double from, double to, double position) {
        return to + (from - to) * (1 + Math.cos(Math.PI * position)) / 2;
    }
}
