package org.ambispike.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.ambispike.common.PenaltyGrouping;
import org.ambispike.common.RateLoss;

/** The losses in double, each as its definition says. */
final class ReferenceLoss {
    private ReferenceLoss() {}

    /** Mean over rows of the cross-entropy; smoothing is the share of the target that is spread over all classes. */
    static double crossEntropy(double[] logits, int[] labels, double smoothing) {
        double[] p = softmax(logits, logits.length / labels.length, 1);
        double[] target = targets(logits.length, labels, smoothing);
        return IntStream.range(0, p.length)
                        .mapToDouble(i -> -target[i] * Math.log(p[i]))
                        .sum()
                / labels.length;
    }

    static double[] crossEntropyGradient(double[] logits, int[] labels, double smoothing) {
        double[] p = softmax(logits, logits.length / labels.length, 1);
        double[] target = targets(logits.length, labels, smoothing);
        return IntStream.range(0, p.length)
                .mapToDouble(i -> (p[i] - target[i]) / labels.length)
                .toArray();
    }

    private static double[] targets(int count, int[] labels, double smoothing) {
        int classes = count / labels.length;
        return IntStream.range(0, count)
                .mapToDouble(i -> smoothing / classes + (i % classes == labels[i / classes] ? 1 - smoothing : 0))
                .toArray();
    }

    /** Mean over rows of temperature^2 KL(teacher || student). */
    static double divergence(double[] logits, double[] teacher, int classes, double temperature) {
        double[] p = softmax(logits, classes, temperature);
        double[] q = softmax(teacher, classes, temperature);
        double sum = IntStream.range(0, p.length)
                .mapToDouble(i -> q[i] * Math.log(q[i] / p[i]))
                .sum();
        return temperature * temperature * sum * classes / p.length;
    }

    static double[] divergenceGradient(double[] logits, double[] teacher, int classes, double temperature) {
        double[] p = softmax(logits, classes, temperature);
        double[] q = softmax(teacher, classes, temperature);
        return IntStream.range(0, p.length)
                .mapToDouble(i -> temperature * (p[i] - q[i]) * classes / p.length)
                .toArray();
    }

    /** The number of rows whose largest logit is at the label. */
    static int correct(double[] logits, int[] labels) {
        int classes = logits.length / labels.length;
        return (int) IntStream.range(0, labels.length)
                .filter(row -> IntStream.range(0, classes)
                        .allMatch(k -> logits[row * classes + k] <= logits[row * classes + labels[row]]))
                .count();
    }

    private static double[] softmax(double[] logits, int classes, double temperature) {
        double[] p = new double[logits.length];
        for (int first = 0; first < logits.length; first += classes) {
            double largest = IntStream.range(first, first + classes)
                    .mapToDouble(k -> logits[k])
                    .max()
                    .orElseThrow();
            double sum = 0;
            for (int k = first; k < first + classes; k++) {
                p[k] = Math.exp((logits[k] - largest) / temperature);
                sum += p[k];
            }
            for (int k = first; k < first + classes; k++) {
                p[k] /= sum;
            }
        }
        return p;
    }

    static double sumOfSquares(double[] values) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> values[i] * values[i])
                .sum();
    }

    static double rate(RateLoss kind, double[] rate, double[] target, double epsilon) {
        double loss = 0;
        double norm = 0;
        for (int i = 0; i < rate.length; i++) {
            double r = rate[i];
            double a = target[i];
            loss += switch (kind) {
                case MSE -> (r - a) * (r - a);
                case KL -> divergence(Math.max(r, 0), Math.max(a, 0), epsilon)
                        + divergence(Math.max(-r, 0), Math.max(-a, 0), epsilon);
            };
            norm += kind == RateLoss.MSE ? a * a : Math.abs(a);
        }
        return loss / norm;
    }

    private static double divergence(double r, double a, double epsilon) {
        return (a + epsilon) * Math.log((a + epsilon) / (r + epsilon)) - a + r;
    }

    /** For rates that are not 0, where the polarities meet. */
    static double[] rateGradient(RateLoss kind, double[] rate, double[] target, double epsilon) {
        double norm = kind == RateLoss.MSE
                ? sumOfSquares(target)
                : IntStream.range(0, target.length)
                        .mapToDouble(i -> Math.abs(target[i]))
                        .sum();
        return IntStream.range(0, rate.length)
                .mapToDouble(i -> {
                    double r = rate[i];
                    double a = target[i];
                    double sign = Math.signum(r);
                    return switch (kind) {
                        case MSE -> 2 * (r - a) / norm;
                        case KL -> sign * (1 - (Math.max(sign * a, 0) + epsilon) / (Math.abs(r) + epsilon)) / norm;
                    };
                })
                .toArray();
    }

    /** eta = sigma^3 / (|m| + epsilon)^3 (eq. 23), the mean over the groups of two values or more. */
    static double penalty(PenaltyGrouping grouping, double[] values, int channels, double epsilon) {
        return groups(grouping, values, channels).stream()
                .mapToDouble(group -> Math.pow(deviation(values, group) / (Math.abs(mean(values, group)) + epsilon), 3))
                .average()
                .orElse(0);
    }

    static double[] penaltyGradient(PenaltyGrouping grouping, double[] values, int channels, double epsilon) {
        double[] gradient = new double[values.length];
        List<int[]> groups = groups(grouping, values, channels);
        for (int[] group : groups) {
            double mean = mean(values, group);
            double sigma = deviation(values, group);
            double distance = Math.abs(mean) + epsilon;
            for (int i : group) {
                double ofSigma = 3 * sigma * sigma / Math.pow(distance, 3);
                double ofMean = -3 * Math.pow(sigma, 3) / Math.pow(distance, 4) * Math.signum(mean);
                double sigmaByValue = sigma == 0 ? 0 : (values[i] - mean) / (group.length * sigma);
                gradient[i] = (ofSigma * sigmaByValue + ofMean / group.length) / groups.size();
            }
        }
        return gradient;
    }

    /** Indices of the values of each group; zero is of neither polarity. */
    private static List<int[]> groups(PenaltyGrouping grouping, double[] values, int channels) {
        List<int[]> groups = new ArrayList<>();
        for (int c = 0; c < (grouping.byChannel() ? channels : 1); c++) {
            int channel = c;
            IntPredicate inChannel = i -> !grouping.byChannel() || i % channels == channel;
            if (grouping.byPolarity()) {
                groups.add(indices(values, inChannel.and(i -> values[i] > 0)));
                groups.add(indices(values, inChannel.and(i -> values[i] < 0)));
            } else {
                groups.add(indices(values, inChannel));
            }
        }
        groups.removeIf(group -> group.length < 2);
        return groups;
    }

    private static int[] indices(double[] values, IntPredicate member) {
        return IntStream.range(0, values.length).filter(member).toArray();
    }

    private static double mean(double[] values, int[] group) {
        return IntStream.of(group).mapToDouble(i -> values[i]).average().orElseThrow();
    }

    private static double deviation(double[] values, int[] group) {
        double mean = mean(values, group);
        return Math.sqrt(IntStream.of(group)
                .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
                .average()
                .orElseThrow());
    }
}
