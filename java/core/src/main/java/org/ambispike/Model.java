package org.ambispike;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ambispike.common.InputException;
import org.ambispike.common.Version;
import org.ambispike.data.Dataset;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Normalisation;
import org.ambispike.graph.Shape;
import org.ambispike.io.FileFault;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.ModelInfo;
import org.ambispike.io.SavedModel;
import org.ambispike.run.ImageFit;
import org.ambispike.train.TeacherNetwork;
import org.ambispike.train.TrainingContext;

/** What an ANN and a spiking network have in common: graph, weights and what their file says. Immutable, thread-safe. */
public abstract sealed class Model permits AnnModel, SpikingModel {
    static final String STREAM = "the stream";
    static final String MEMORY = "the bytes";

    private final SavedModel saved;

    Model(SavedModel saved) {
        this.saved = saved;
    }

    /**
     * Reads a model file of either kind.
     *
     * @throws org.ambispike.common.InputException naming the file and the fault, if it is no valid model file
     */
    public static Model load(Path file) {
        return of(ModelFiles.read(file));
    }

    /** Reads one of either kind from a stream, to its end; the stream stays open. */
    public static Model load(InputStream in) {
        return of(ModelFiles.read(STREAM, in));
    }

    /** Reads one of either kind that is in memory. */
    public static Model load(byte[] file) {
        return load(ByteBuffer.wrap(file));
    }

    /** Reads one of either kind that is in memory, from the buffer's position to its limit, which stay. */
    public static Model load(ByteBuffer file) {
        return of(ModelFiles.read(MEMORY, file));
    }

    /** Reads one of either kind from the class path or module of a class, as {@link Class#getResource} finds it. */
    public static Model load(Class<?> near, String name) {
        return of(resource(near, name));
    }

    /** Takes one of either kind that is in memory already. */
    public static Model of(SavedModel saved) {
        return saved.graph().isSpiking() ? SpikingModel.of(saved) : AnnModel.of(saved);
    }

    /** Reads the resource of a class, whose package must be open to us where it is in a named module. */
    static SavedModel resource(Class<?> near, String name) {
        try (InputStream in = near.getResourceAsStream(name)) {
            if (in == null) {
                throw new InputException(FileFault.quoted(name) + " is no resource near " + near.getName()
                        + "; where its package is in a module that does not open it, pass the stream that the module"
                        + " gets itself");
            }
            return ModelFiles.read(name, in);
        } catch (IOException e) {
            throw new InputException(FileFault.quoted(name) + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Returns graph, weights and all else. */
    public final SavedModel saved() {
        return saved;
    }

    /** Returns [H, W, C] of one image. */
    public final Shape inputShape() {
        return saved.graph().inputShape();
    }

    /** Returns whether the result is a class: one vector with a value for each, rather than maps or several results. */
    public final boolean hasClasses() {
        return saved.graph().hasClasses();
    }

    /**
     * Returns the number of classes.
     *
     * @throws IllegalStateException naming the results, if they are no classes; see {@link #outputs}
     */
    public final int classes() {
        requireClasses("a number of classes");
        return saved.graph().classes();
    }

    /** Returns the layers with activations or spikes, in order. */
    public final List<String> neuronLayers() {
        return saved.graph().neurons().stream().map(Node::name).toList();
    }

    /** Returns the results for one image, in order: names, shapes, and where each begins among all values. */
    public final List<Graph.Output> outputs() {
        return saved.graph().outputs();
    }

    /** Returns how many values all results have for one image: the classes, where the result is a class. */
    public final int outputLength() {
        return saved.graph().classes();
    }

    /** Returns the results in words, for example {@code 10 classes} or {@code boxes [13, 13, 25], scores [13, 13, 1]}. */
    final String results() {
        return hasClasses()
                ? classes() + " classes"
                : outputs().stream().map(Graph.Output::toString).collect(Collectors.joining(", "));
    }

    /** Whether images and results have the shapes of another's. */
    final boolean hasShapesOf(Model other) {
        return inputShape().equals(other.inputShape()) && shapes().equals(other.shapes());
    }

    private List<Shape> shapes() {
        return outputs().stream().map(Graph.Output::shape).toList();
    }

    /** @throws IllegalStateException if the results are no classes */
    final void requireClasses(String wanted) {
        if (!hasClasses()) {
            throw new IllegalStateException(
                    "there is no " + wanted + ", for the network gives " + results() + ", which are no classes");
        }
    }

    /** Returns the names by class, or by channel of a map; empty where the file has none. */
    public final List<String> classNames() {
        return saved.info().classNames();
    }

    /** Returns how pixels become the network's input. */
    public final Normalisation normalisation() {
        return saved.info().normalisation();
    }

    /** Returns what happened to the network: commit, recipe, seed and the like, in order. */
    public final Map<String, String> provenance() {
        return saved.info().provenance();
    }

    /** Returns the name of the network, for example {@code net4}. */
    public final String network() {
        return saved.info().network();
    }

    /** Returns the name of the images that it was trained on. */
    public final String dataset() {
        return saved.info().dataset();
    }

    /**
     * Compares the results with targets, on a device of its own; after every T from one pass of the largest. Memory does not grow
     * with T.
     *
     * @param images labels are not looked at
     * @return for each T, ascending, every result; before them {@link OutputError#ALL} where there are several
     * @throws IllegalArgumentException if the images do not fit the model
     * @throws org.ambispike.common.InputException if the targets do not fit, or the device is not there
     * @throws java.util.concurrent.CancellationException after a request to stop
     */
    public final List<OutputError> compare(Dataset images, Targets targets, Comparison comparison) {
        ImageFit.require(saved, images);
        targets.require(this, images.size());
        return new ComparisonRun(this, targets, comparison).run(images);
    }

    /**
     * Writes the model to a file: beside it first, then renamed.
     *
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public final void save(Path file) {
        ModelFiles.write(file, saved);
    }

    /** Returns the description of a model that the present build makes from this one; accuracies are not inherited. */
    final ModelInfo derived(List<Integer> calibratedFor, Map<String, String> happened) {
        Map<String, String> provenance = new LinkedHashMap<>(provenance());
        provenance.remove(ModelInfo.ACCURACY);
        provenance.putAll(happened);
        provenance.put("commit", Version.current().commit());
        ModelInfo info = saved.info();
        return new ModelInfo(
                info.network(), info.dataset(), info.normalisation(), info.classNames(), calibratedFor, provenance);
    }

    /** @throws IllegalArgumentException if the context's images do not fit */
    final void requireImages(TrainingContext context) {
        ImageFit.require(saved, context.images().training());
        ImageFit.require(saved, context.images().validation());
    }

    /** @throws IllegalArgumentException if the teacher is not the ANN of such a network */
    final void requireTeacher(AnnModel teacher) {
        new TeacherNetwork(teacher.saved().network()).mismatch(saved.graph()).ifPresent(problem -> {
            throw new IllegalArgumentException("the teacher " + problem);
        });
    }

    /** Returns the description of a model that was trained on a context's images, which it names from then on. */
    final ModelInfo trained(TrainingContext context, List<Integer> calibratedFor) {
        Dataset images = context.images().training();
        ModelInfo info = derived(calibratedFor, Map.of("seed", Long.toString(context.seed())));
        return new ModelInfo(
                info.network(),
                images.name(),
                images.normalisation(),
                classNames(images),
                calibratedFor,
                info.provenance());
    }

    private List<String> classNames(Dataset images) {
        if (!images.labelled() || !hasClasses()) {
            return classNames();
        }
        return images.classes() == classes() ? images.classNames() : List.of();
    }
}
