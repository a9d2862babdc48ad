package org.ambispike.run;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Shape;

/** Sums up how far a network's results are from their targets, by result and in all. For one thread. */
public final class OutputErrors {
    /** Makes a result of the sums of one output, or of all. */
    public interface Result<R> {
        R of(String name, Sums sums, double range);
    }

    private final List<Graph.Output> outputs;
    private final int length;
    private final List<Sums> sums = new ArrayList<>();

    /**
     * Begins with no images.
     *
     * @param classNames how many classes or channels have names; maps of so many channels tell classes by place
     */
    public OutputErrors(Graph graph, int classNames) {
        this.outputs = graph.outputs();
        this.length = graph.classes();
        for (Graph.Output output : outputs) {
            Shape shape = output.shape();
            boolean classes = graph.hasClasses() || shape.rank() == 3 && shape.extent(-1) == classNames;
            sums.add(new Sums(classes && shape.extent(-1) > 1 ? shape.extent(-1) : 0));
        }
    }

    /**
     * Adds images.
     *
     * @param results [images, values of all results]
     * @param targets of the same shape
     */
    public void add(float[] results, float[] targets, int images) {
        for (int image = 0; image < images; image++) {
            for (int index = 0; index < sums.size(); index++) {
                Graph.Output output = outputs.get(index);
                sums.get(index).add(results, targets, image * length + output.offset(), output.length());
            }
        }
    }

    /**
     * Returns a result for each output and, where there are several, one for all before them.
     *
     * @param range of the values; empty for that of the targets
     */
    public <R> List<R> results(OptionalDouble range, Result<R> result) {
        List<R> results = new ArrayList<>();
        if (sums.size() > 1) {
            Sums all = new Sums(0);
            sums.forEach(all::add);
            results.add(result.of("all", all, range.orElse(all.range())));
        }
        for (int index = 0; index < sums.size(); index++) {
            Sums each = sums.get(index);
            results.add(result.of(outputs.get(index).name(), each, range.orElse(each.range())));
        }
        return results;
    }

    /** The errors of one output. */
    public static final class Sums {
        private final int classes;
        private double difference;
        private double norm;
        private double smallest = Double.POSITIVE_INFINITY;
        private double largest = Double.NEGATIVE_INFINITY;
        private long count;
        private long agreeing;
        private long places;

        private Sums(int classes) {
            this.classes = classes;
        }

        private void add(float[] results, float[] targets, int from, int values) {
            for (int index = from; index < from + values; index++) {
                double wanted = targets[index];
                double error = results[index] - wanted;
                difference += error * error;
                norm += wanted * wanted;
                smallest = Math.min(smallest, wanted);
                largest = Math.max(largest, wanted);
            }
            count += values;
            for (int place = from; classes > 0 && place < from + values; place += classes) {
                places++;
                boolean agrees =
                        LogitsBuffer.largest(results, place, classes) == LogitsBuffer.largest(targets, place, classes);
                agreeing += agrees ? 1 : 0;
            }
        }

        private void add(Sums other) {
            difference += other.difference;
            norm += other.norm;
            smallest = Math.min(smallest, other.smallest);
            largest = Math.max(largest, other.largest);
            count += other.count;
        }

        /** Returns the norm of the differences over that of the targets. */
        public double relative() {
            return difference == 0 ? 0 : Math.sqrt(difference / norm);
        }

        /** Returns the largest target less the smallest. */
        public double range() {
            return largest - smallest;
        }

        /** Returns the peak signal-to-noise ratio of values in a range, dB. */
        public double psnr(double range) {
            return 10 * Math.log10(range * range * count / difference);
        }

        /** Returns the fraction of places whose largest class is the targets'; NaN without classes. */
        public double agreement() {
            return agreeing / (double) places;
        }
    }
}
