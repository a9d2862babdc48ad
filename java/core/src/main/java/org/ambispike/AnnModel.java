package org.ambispike;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.ambispike.backend.Backend;
import org.ambispike.common.InputException;
import org.ambispike.convert.Converter;
import org.ambispike.convert.MaxPools;
import org.ambispike.convert.Thresholds;
import org.ambispike.data.Dataset;
import org.ambispike.graph.BatchNormFolding;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Network;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.graph.Op;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.run.ActivationStatistics;
import org.ambispike.run.ImageFit;
import org.ambispike.train.StageSettings;
import org.ambispike.train.Trainer;
import org.ambispike.train.TrainingContext;

/**
 * A Leaky-ReLU network (or ReLU, or one whose activations clip): what is trained, given thresholds, and converted to a
 * {@link SpikingModel}. Each verb leaves this model as it is and returns another. Immutable, thread-safe.
 */
public final class AnnModel extends Model {
    private static final int STATISTICS_IMAGES = 2_000;

    private AnnModel(SavedModel saved) {
        super(saved);
    }

    /**
     * Reads a model file, as {@code train}, {@code optimize} and {@code import} write it.
     *
     * @throws InputException naming the file and the fault, if it is no valid model file or its network spikes
     */
    public static AnnModel load(Path file) {
        return of(ModelFiles.read(file), file.toString());
    }

    /**
     * Reads a model file from a stream, to its end; the stream stays open.
     *
     * @throws InputException as {@link #load(Path)}
     */
    public static AnnModel load(InputStream in) {
        return of(ModelFiles.read(STREAM, in), STREAM);
    }

    /**
     * Reads a model file that is in memory.
     *
     * @throws InputException as {@link #load(Path)}
     */
    public static AnnModel load(byte[] file) {
        return load(ByteBuffer.wrap(file));
    }

    /**
     * Reads a model file that is in memory, from the buffer's position to its limit, which stay.
     *
     * @throws InputException as {@link #load(Path)}
     */
    public static AnnModel load(ByteBuffer file) {
        return of(ModelFiles.read(MEMORY, file), MEMORY);
    }

    /**
     * Reads a model file from the class path or module of a class.
     *
     * @param name of the resource as {@link Class#getResource} takes it: from the root if it begins with a slash, else from the
     *     package of the class
     * @throws InputException naming the resource and the fault
     */
    public static AnnModel load(Class<?> near, String name) {
        return of(resource(near, name), name);
    }

    /**
     * Takes a model that is in memory already, for example an imported one.
     *
     * @throws InputException if its network spikes
     */
    public static AnnModel of(SavedModel saved) {
        return of(saved, "the model '" + saved.info().network() + "'");
    }

    private static AnnModel of(SavedModel saved, String source) {
        if (saved.graph().isSpiking()) {
            throw new InputException(source + " holds a spiking network, expected an ANN");
        }
        return new AnnModel(saved);
    }

    /** Opens a session on a device of its own, as {@link AnnSession#open} does; close it when done. */
    public AnnSession openSession(SessionOptions options) {
        return AnnSession.open(saved(), options);
    }

    /**
     * Trains the network on the labels of the context's images.
     *
     * @throws IllegalArgumentException if the images do not fit the network or are fewer than a batch, or the fit has no epoch
     * @throws InputException if images have no labels or the network no classes, or there is a checkpoint to resume from that
     *     other settings wrote
     * @throws org.ambispike.train.NotFiniteException if a loss or gradient is NaN or infinite
     * @throws java.util.concurrent.CancellationException after a request to stop
     */
    public AnnModel train(TrainingContext context, Training training) {
        if (!hasClasses()) {
            throw new InputException("training on labels is for classes, and the network gives " + results()
                    + "; take thresholds from quantiles (convert --quantile) and calibrate against the ANN");
        }
        ImageFit.requireLabels(context.images().training());
        ImageFit.requireLabels(context.images().validation());
        requireImages(context);
        StageSettings settings = training.fit().stage(training.stage(), context.seed());
        Weights weights =
                new Trainer(context).train(settings, saved().network(), training.smoothing(), training.penalty());
        return trained(context, graph(), weights);
    }

    /**
     * Gives the activations thresholds (eq. 24), measured on at most the first 2,000 of the context's images: behind the max pools
     * that follow them.
     *
     * @param quantile of the activations of either polarity, in (0, 1]; 1 for the largest
     * @param perChannel whether each channel has its own, rather than each layer
     * @throws IllegalArgumentException if the quantile is none, or the images do not fit the network
     */
    public AnnModel withThresholds(TrainingContext context, double quantile, boolean perChannel) {
        if (!(quantile > 0 && quantile <= 1)) {
            throw new IllegalArgumentException("a quantile is in (0, 1], got " + quantile);
        }
        Dataset images = context.images().training();
        ImageFit.require(saved(), images);
        Network pooled = MaxPools.beforeActivations(saved().network());
        Map<String, Thresholds.Pair> thresholds = new LinkedHashMap<>();
        ActivationStatistics.measure(
                        Backend.of(context.device()),
                        pooled,
                        images.slice(0, Math.min(STATISTICS_IMAGES, images.size())))
                .forEach((layer, distribution) -> thresholds.put(
                        layer,
                        new Thresholds.Pair(
                                quantile >= 1
                                        ? distribution.largestPositive()
                                        : distribution.positiveQuantile(quantile),
                                quantile >= 1
                                        ? distribution.largestNegative()
                                        : distribution.negativeQuantile(quantile))));
        return with(Thresholds.clip(pooled, thresholds, perChannel));
    }

    /**
     * Gives all activations the same thresholds, of either polarity, before anything is known of them.
     *
     * @throws IllegalArgumentException if the threshold is not above 0
     */
    public AnnModel withThresholds(double threshold) {
        if (!(threshold > 0)) {
            throw new IllegalArgumentException("a threshold is above 0, got " + threshold);
        }
        Map<String, Thresholds.Pair> thresholds = new LinkedHashMap<>();
        graph().neurons().forEach(node -> thresholds.put(node.name(), new Thresholds.Pair(threshold, threshold)));
        return with(Thresholds.clip(saved().network(), thresholds, false));
    }

    /** Returns whether activations clip at thresholds, which conversion needs. */
    public boolean hasThresholds() {
        return graph().neurons().stream()
                .noneMatch(node -> node.op() instanceof Op.Activation each && each.kind() == Op.ActivationKind.LEAKY);
    }

    /**
     * Folds batch normalisation into the layers before it, where it is in the spiking network.
     *
     * @throws InputException naming the node, if it follows no convolution or linear layer, or one whose values other nodes
     *     read as well
     */
    public AnnModel foldBatchNorm() {
        BatchNormFolding folded = BatchNormFolding.of(saved().network());
        return new AnnModel(new SavedModel(folded.network(), saved().info()));
    }

    /**
     * Moves max pools before the activations that they follow, as conversion does: layers then have the shapes of the spiking
     * network's. Results stay the same.
     */
    public AnnModel moveMaxPools() {
        return new AnnModel(new SavedModel(MaxPools.beforeActivations(saved().network()), saved().info()));
    }

    /**
     * Trains on with activations quantised to the levels that spikes can express, then folds batch normalisation.
     *
     * @param teacher the ANN to imitate, with layers of the same names
     * @throws IllegalArgumentException if the images do not fit the network, the teacher is not like it, activations
     *     have no thresholds, or levels is below 1
     * @throws InputException if batch normalisation cannot be folded, or a checkpoint to resume from is of other settings
     * @throws org.ambispike.train.NotFiniteException if a loss or gradient is NaN or infinite
     * @throws java.util.concurrent.CancellationException after a request to stop
     */
    public AnnModel quantise(TrainingContext context, AnnModel teacher, Quantisation quantisation) {
        requireTeacher(teacher);
        requireImages(context);
        Network start = Thresholds.quantise(saved().network(), quantisation.levels());
        StageSettings settings = quantisation.fit().stage("quantise", context.seed());
        Weights weights = new Trainer(context)
                .quantise(settings, start, teacher.saved(), quantisation.target(), quantisation.dither());
        return trained(context, start.graph(), weights).foldBatchNorm();
    }

    /**
     * Converts a network that has thresholds, with initial potentials of half a threshold. Batch normalisation is folded and max
     * pools move before activations first; dropout is left out.
     *
     * @throws InputException naming the node, if one has no thresholds or cannot be converted exactly
     */
    public SpikingModel convert(NeuronVariant neuron) {
        return convert(neuron, Converter.HALF, note -> {});
    }

    /**
     * Converts a network that has thresholds.
     *
     * @param start initial potentials as a fraction of the thresholds, in [0, 1]: one half rounds, 0 truncates
     * @param notes takes what a user should know of the result, a line each
     * @throws InputException naming the node, if one has no thresholds or cannot be converted exactly
     */
    public SpikingModel convert(NeuronVariant neuron, double start, Consumer<String> notes) {
        Converter.Conversion converted = Converter.convert(saved().network(), neuron, start);
        converted.notes().forEach(notes);
        ModelInfo info = derived(List.of(), Map.of("neuron", neuron.label()));
        return SpikingModel.of(new SavedModel(converted.network(), info));
    }

    private Graph graph() {
        return saved().graph();
    }

    private AnnModel with(Network network) {
        return new AnnModel(new SavedModel(network, derived(List.of(), Map.of())));
    }

    private AnnModel trained(TrainingContext context, Graph graph, Weights weights) {
        return new AnnModel(new SavedModel(graph, weights, trained(context, List.of())));
    }

    /** Returns the same with an entry more of what happened to it. */
    public AnnModel withProvenance(String key, String value) {
        return new AnnModel(saved().withProvenance(key, value));
    }

    @Override
    public String toString() {
        return network() + " (" + inputShape() + " to " + results() + ")";
    }
}
