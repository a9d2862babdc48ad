package org.ambispike;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.backend.Backend;
import org.ambispike.common.InputException;
import org.ambispike.convert.ClippedAnn;
import org.ambispike.convert.Converter;
import org.ambispike.convert.StepGains;
import org.ambispike.convert.Thresholds;
import org.ambispike.data.Dataset;
import org.ambispike.device.Device;
import org.ambispike.graph.Network;
import org.ambispike.graph.Op;
import org.ambispike.graph.Weights;
import org.ambispike.io.ModelFiles;
import org.ambispike.io.SavedModel;
import org.ambispike.run.ConversionCheck;
import org.ambispike.run.ExitCurve;
import org.ambispike.run.ImageFit;
import org.ambispike.run.NetworkRunner;
import org.ambispike.run.PassPlan;
import org.ambispike.run.StepCurve;
import org.ambispike.train.StageSettings;
import org.ambispike.train.Trainer;
import org.ambispike.train.TrainingContext;

/**
 * A spiking network to run: graph, weights and what its file says of it. Immutable, thread-safe, and shared by any number
 * of sessions, each of which has a copy of the weights on its device.
 */
public final class SpikingModel extends Model {
    /** The images of reports on conversions, as far as there is time. */
    private static final List<Integer> REPORTED_STEPS = List.of(4, 16, 64);

    private SpikingModel(SavedModel saved) {
        super(saved);
    }

    /**
     * Reads a model file, as {@code convert} and {@code calibrate} write it.
     *
     * @throws InputException naming the file and the fault, if it is no valid model file or its network does not spike
     */
    public static SpikingModel load(Path file) {
        return of(ModelFiles.read(file), file.toString());
    }

    /**
     * Reads a model file from a stream, to its end; the stream stays open.
     *
     * @throws InputException as {@link #load(Path)}
     */
    public static SpikingModel load(InputStream in) {
        return of(ModelFiles.read(STREAM, in), STREAM);
    }

    /**
     * Reads a model file that is in memory.
     *
     * @throws InputException as {@link #load(Path)}
     */
    public static SpikingModel load(byte[] file) {
        return load(ByteBuffer.wrap(file));
    }

    /**
     * Reads a model file that is in memory, from the buffer's position to its limit, which stay.
     *
     * @throws InputException as {@link #load(Path)}
     */
    public static SpikingModel load(ByteBuffer file) {
        return of(ModelFiles.read(MEMORY, file), MEMORY);
    }

    /**
     * Reads a model file from the class path or module of a class.
     *
     * @param name of the resource as {@link Class#getResource} takes it: from the root if it begins with a slash, else from the
     *     package of the class
     * @throws InputException naming the resource and the fault
     */
    public static SpikingModel load(Class<?> near, String name) {
        return of(resource(near, name), name);
    }

    /**
     * A model that is already in memory, for example a calibrated one.
     *
     * @throws InputException if its network does not spike
     */
    public static SpikingModel of(SavedModel saved) {
        return of(saved, "the model '" + saved.info().network() + "'");
    }

    private static SpikingModel of(SavedModel saved, String source) {
        if (!saved.graph().isSpiking()) {
            throw new InputException(source + " holds an ANN, whose neurons do not spike; convert it first"
                    + " (ambispike convert, or AnnModel.convert)");
        }
        return new SpikingModel(saved);
    }

    /**
     * Opens a session on a device of its own choice; close it when done.
     *
     * @throws InputException if the device that the options ask for is not there
     * @throws org.ambispike.common.BackendException if a native library cannot be loaded, the processor lacks the
     *     precision, or memory is short
     */
    public SpikingSession openSession(SessionOptions options) {
        return new SpikingSession(this, options, open(options), Optional.empty());
    }

    private static Backend open(SessionOptions options) {
        int threads = options.threads().orElseGet(Runtime.getRuntime()::availableProcessors);
        return Backend.of(Device.choose(options.device(), options.precision()).open(threads));
    }

    /** The numbers of time steps that the network was calibrated for, ascending; empty for none. */
    public List<Integer> calibratedFor() {
        return saved().info().calibratedFor();
    }

    /**
     * The T of runs that name none: the largest that the network was calibrated for.
     *
     * @throws IllegalStateException if it was calibrated for none
     */
    public int timeSteps() {
        List<Integer> known = calibratedFor();
        if (known.isEmpty()) {
            throw new IllegalStateException(
                    "the network was calibrated for no T in particular; say how many time steps a run takes");
        }
        return known.get(known.size() - 1);
    }

    /**
     * Calibrates all layers jointly through time by BPTT, or one after another, with an ANN as teacher (eq. 25-33). Where images
     * have no labels the teacher alone counts; results that are no classes are drawn to the teacher's by their squared relative
     * error. Equal settings, images, seeds and CPU threads give equal bytes.
     *
     * @param teacher the ANN to imitate, with neuron layers of the same names
     * @throws IllegalArgumentException if the teacher is not the ANN of such a network, or the images do not fit
     * @throws InputException if images are fewer than a batch, layers are to be calibrated one after another and one cannot be, or a checkpoint to resume
     *     from is of other settings
     * @throws org.ambispike.train.NotFiniteException if a loss or gradient is NaN or infinite
     * @throws java.util.concurrent.CancellationException after a request to stop
     */
    public SpikingModel calibrate(TrainingContext context, AnnModel teacher, Calibration calibration) {
        SavedModel ann = teacher.saved();
        requireTeacher(teacher);
        requireImages(context);
        StageSettings settings = calibration.fit().stage(calibration.stage(), context.seed());
        List<Integer> timeSteps = calibration.timeSteps();
        int longest = timeSteps.get(timeSteps.size() - 1);
        SavedModel start = calibration
                .stepGains()
                .map(spread -> StepGains.over(saved().network(), longest, spread))
                .map(gained -> new SavedModel(gained.graph(), gained.weights(), saved().info()))
                .orElse(saved());
        Trainer trainer = new Trainer(context);
        Weights weights = calibration.layerwise()
                ? trainer.calibrateLayers(settings, start, ann, calibration.target(), timeSteps.get(0))
                : trainer.calibrate(settings, start, ann, calibration.target(), timeSteps);
        return new SpikingModel(new SavedModel(start.graph(), weights, trained(context, timeSteps)));
    }

    /**
     * Calibrates without gradients or labels: thresholds, initial potentials and biases by channel, layer by layer, from passes
     * of images with an ANN as teacher. Minutes where BPTT takes hours. Equal settings and images give
     * equal bytes for any number of CPU threads. The context's seed and checkpoints are not used.
     *
     * @param context of whose training images, which need no labels, the first are taken
     * @param teacher the ANN that the network was converted from
     * @throws IllegalArgumentException if the teacher is not the ANN of such a network, or the images do not fit
     * @throws org.ambispike.common.BackendException if memory is short
     * @throws java.util.concurrent.CancellationException after a request to stop
     */
    public SpikingModel calibrate(TrainingContext context, AnnModel teacher, ForwardCalibration calibration) {
        requireTeacher(teacher);
        Dataset all = context.images().training();
        ImageFit.require(saved(), all);
        Dataset images = all.slice(0, Math.min(calibration.images(), all.size()));
        Network start = Thresholds.byChannel(saved().network());
        Weights weights = new Trainer(context)
                .calibrateForward(start, teacher.saved().network(), calibration.timeSteps(), images);
        Map<String, String> happened =
                Map.of("calibration", "forward, " + images.size() + " images of " + images.name());
        return new SpikingModel(
                new SavedModel(start.graph(), weights, derived(List.of(calibration.timeSteps()), happened)));
    }

    /**
     * Measures the network on labelled images, on a device of its own: accuracy at every T from one pass, and what early
     * exits would do.
     *
     * @throws IllegalArgumentException if the images do not fit the model
     * @throws IllegalStateException if the network gives no classes; {@link #compare} measures such a one
     * @throws InputException if the device that the options ask for is not there
     * @throws java.util.concurrent.CancellationException after a request to stop
     */
    public EvaluationResult evaluate(Dataset images, Evaluation evaluation) {
        requireClasses("accuracy");
        ImageFit.require(saved(), images);
        SessionOptions options = evaluation.session();
        ExitCurve exits = new ExitCurve(evaluation.exits(), classes(), evaluation.timeSteps());
        try (Backend backend = open(options)) {
            PassPlan plan = PassPlan.over(images, options.batch(), evaluation.timeSteps())
                    .withCounts();
            StepCurve curve =
                    NetworkRunner.curve(backend, saved().network(), plan, images, evaluation.cancellation(), exits);
            return new EvaluationResult(curve, exits);
        }
    }

    /**
     * Runs this network and the ANN that it was converted from on the context's training images, as many as take a minute or
     * less, at most 200; labels are not used.
     *
     * @throws IllegalArgumentException if the ANN gives other results or takes other images, or the images do not fit
     * @throws java.util.concurrent.CancellationException after a request to stop
     */
    public ConversionReport conversionReport(TrainingContext context, AnnModel ann) {
        requireImages(context);
        if (!hasShapesOf(ann)) {
            throw new IllegalArgumentException("the ANN is " + ann + ", expected one of " + this);
        }
        ConversionCheck check = ConversionCheck.run(
                Backend.of(context.device()),
                ann.saved().network(),
                saved().network(),
                context.images().training(),
                REPORTED_STEPS,
                saved().info().classNames().size(),
                context.cancellation());
        List<OutputError> errors = check.distances((name, steps, sums, range) ->
                new OutputError(name, steps, sums.relative(), sums.psnr(range), range, sums.agreement()));
        List<ConversionReport.Layer> layers = check.layers((node, rate, saturated) -> {
            Op.Spike spike = (Op.Spike) node.op();
            return new ConversionReport.Layer(node.name(), spike.model(), Converter.reason(spike), rate, saturated);
        });
        return new ConversionReport(
                check.images(), context.images().training().whole(), check.timeSteps(), layers, errors);
    }

    /**
     * The ANN that this network tends to as T grows, see {@link ClippedAnn}; for example to compare firing rates with
     * activations.
     */
    public AnnModel clippedAnn() {
        return AnnModel.of(new SavedModel(ClippedAnn.of(saved().network()), derived(List.of(), Map.of())));
    }

    /** Returns the same with an entry more of what happened to it. */
    public SpikingModel withProvenance(String key, String value) {
        return new SpikingModel(saved().withProvenance(key, value));
    }

    @Override
    public String toString() {
        return network() + " (" + inputShape() + " to " + results()
                + (calibratedFor().isEmpty() ? ", not calibrated)" : ", calibrated for T = " + calibratedFor() + ")");
    }
}
