package org.ambispike.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.common.Cancellation;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Graph;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;

/** Runs a spiking network and its ANN on the same images: what its layers emit, and how far its results are from the ANN's. */
public final class ConversionCheck implements PassObserver {
    /** Makes what a caller wants of one layer. */
    public interface LayerResult<R> {
        /**
         * Makes one.
         *
         * @param rate spikes of either sign for each neuron and step
         * @param saturated share of the neurons that emitted all that they can, in [0, 1]
         */
        R of(Node neuron, double rate, double saturated);
    }

    /** Makes what a caller wants of one result of the network after some steps. */
    public interface DistanceResult<R> {
        R of(String name, int timeSteps, OutputErrors.Sums sums, double range);
    }

    private static final int MOST_IMAGES = 200;
    private static final int LEAST_IMAGES = 8;
    private static final int BATCH = 50;
    /** Images times steps that are computed at once. */
    private static final int IMAGE_STEPS = 800;
    /** What may be computed in all: a minute or less on two cores. */
    private static final double WORK = 2e12;

    private final Network snn;
    private final DataPass teacher;
    private final Map<Integer, OutputErrors> errors = new LinkedHashMap<>();
    private final Map<Node, long[]> spikes = new LinkedHashMap<>();
    private final Map<Node, Long> saturated = new LinkedHashMap<>();
    private int images;

    private ConversionCheck(Network snn, DataPass teacher, List<Integer> timeSteps, int classNames) {
        this.snn = snn;
        this.teacher = teacher;
        timeSteps.forEach(steps -> errors.put(steps, new OutputErrors(snn.graph(), classNames)));
        snn.graph().neurons().forEach(node -> {
            spikes.put(node, new long[1]);
            saturated.put(node, 0L);
        });
    }

    /**
     * Runs as many of the images as take a minute or less, at most 200.
     *
     * @param ann of the same results
     * @param timeSteps ascending; those that would take too long are left out, but for the first
     * @param classNames how many classes or channels have names
     * @throws java.util.concurrent.CancellationException after a request to stop
     */
    public static ConversionCheck run(
            Backend backend,
            Network ann,
            Network snn,
            Dataset images,
            List<Integer> timeSteps,
            int classNames,
            Cancellation cancellation) {
        double each = Math.max(1, SynapticOperations.multiplyAccumulates(snn.graph(), 1));
        List<Integer> taken = timeSteps.stream()
                .filter(steps -> steps.equals(timeSteps.get(0)) || each * steps * LEAST_IMAGES <= WORK)
                .toList();
        int longest = taken.get(taken.size() - 1);
        int most = (int) Math.max(LEAST_IMAGES, Math.min(MOST_IMAGES, WORK / each / longest));
        int batch = Math.min(Math.min(most, images.size()), Math.max(1, Math.min(BATCH, IMAGE_STEPS / longest)));
        int count = Math.min(most, images.size()) / batch * batch;
        try (NetworkRunner annRunner = new NetworkRunner(backend, ann);
                NetworkRunner snnRunner = new NetworkRunner(backend, snn);
                DataPass teacher = annRunner.pass(PassPlan.whole(batch, 1), cancellation);
                DataPass student = snnRunner.pass(
                        PassPlan.whole(batch, longest).withCounts().withRates(), cancellation)) {
            ConversionCheck check = new ConversionCheck(snn, teacher, taken, classNames);
            student.run(images.slice(0, count), check);
            return check;
        }
    }

    @Override
    public void batch(PassResult result) {
        int count = result.count();
        int values = count * result.graph().classes();
        float[] targets = Arrays.copyOf(teacher.run(result.images(), count).logits(), values);
        errors.forEach((steps, sums) -> {
            int from = result.offset(steps, 0);
            sums.add(Arrays.copyOfRange(result.logits(), from, from + values), targets, count);
        });
        long[] counts = new long[2 * result.timeSteps()];
        for (Node node : spikes.keySet()) {
            result.counts(node, counts);
            spikes.get(node)[0] += Arrays.stream(counts).sum();
            saturated.merge(node, saturated(node, result.rates(node), result.timeSteps()), Long::sum);
        }
        images += count;
    }

    /** Neurons within half a spike of emitting one of one sign in each step. */
    private long saturated(Node node, float[] rates, int timeSteps) {
        Op.Spike spike = (Op.Spike) node.op();
        float[] above = thresholds(node, "thetaPositive");
        float[] below = thresholds(node, "thetaNegative");
        int channels = snn.graph().shape(node.name()).extent(-1);
        boolean negative = spike.model() != NeuronModel.INTEGRATE_AND_FIRE;
        double most = spike.quanta() * (1 - 0.5 / timeSteps);
        return IntStream.range(0, rates.length)
                .filter(index -> {
                    int channel = index % channels;
                    boolean below0 = negative && spike.slope(channel) > 0;
                    return rates[index] >= most * above[channel % above.length]
                            || below0 && -rates[index] >= most * below[channel % below.length];
                })
                .count();
    }

    private float[] thresholds(Node node, String parameter) {
        HostTensor tensor = snn.weights().get(node.parameter(parameter));
        return tensor.values();
    }

    /** Returns how many images were run. */
    public int images() {
        return images;
    }

    /** Returns the largest T that was run. */
    public int timeSteps() {
        return errors.keySet().stream().reduce(1, Math::max);
    }

    /** Returns a result for each layer of neurons, in their order. */
    public <R> List<R> layers(LayerResult<R> result) {
        Graph graph = snn.graph();
        List<R> layers = new ArrayList<>();
        spikes.forEach((node, sum) -> {
            double neurons = (double) images * graph.shape(node.name()).elements();
            layers.add(result.of(node, sum[0] / neurons / timeSteps(), saturated.get(node) / neurons));
        });
        return layers;
    }

    /** Returns a result for each T and each result of the network; of several, one for all of them comes first. */
    public <R> List<R> distances(DistanceResult<R> result) {
        List<R> distances = new ArrayList<>();
        errors.forEach((steps, sums) -> distances.addAll(
                sums.results(OptionalDouble.empty(), (name, each, range) -> result.of(name, steps, each, range))));
        return distances;
    }
}
