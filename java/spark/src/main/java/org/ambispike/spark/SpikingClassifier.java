package org.ambispike.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ambispike.ExitRule;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.device.Device;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Classifies a column of images with a spiking network: a Spark ML Transformer, which stands in pipelines and is saved and loaded
 * with them; what is saved is the model's path, not the model.
 *
 * <p>The driver reads the model once and broadcasts it. An executor's tasks share sessions; each runs on as many threads as
 * {@code spark.task.cpus} says, or on the GPU that Spark gave the task. Images keep their order within partitions, and equal
 * partitions and batches give equal bits.
 *
 * <p>Faults are {@link InputException}s of {@link #transform}, but for those of single images, which fail the job that reads them
 * unless {@link #setHandleInvalid} says otherwise. Not thread-safe, as all of Spark's Transformers.
 */
public final class SpikingClassifier extends Transformer implements DefaultParamsWritable {
    private static final long serialVersionUID = 1;
    private static final String NONE = "";

    private final String uid;
    private final Param<String> modelPath;
    private final Param<String> inputCol;
    private final Param<String> predictionCol;
    private final Param<String> probabilityCol;
    private final Param<String> timeStepsCol;
    private final IntParam timeSteps;
    private final Param<String> exitRule;
    private final Param<String> precision;
    private final Param<String> device;
    private final Param<String> values;
    private final Param<String> handleInvalid;
    private final IntParam batch;

    /** Makes one with a name of its own. */
    public SpikingClassifier() {
        this(Identifiable.randomUID("spikingClassifier"));
    }

    /** @param uid that Spark tells it by */
    @SuppressWarnings("this-escape") // Spark's parameters know whose they are
    public SpikingClassifier(String uid) {
        this.uid = uid;
        this.modelPath = new Param<>(this, "modelPath", "model file, on any file system that Hadoop knows");
        this.inputCol = new Param<>(this, "inputCol", "column of images");
        this.predictionCol = new Param<>(this, "predictionCol", "column of classes; empty for none");
        this.probabilityCol = new Param<>(this, "probabilityCol", "column of probabilities; empty for none");
        this.timeStepsCol = new Param<>(this, "timeStepsCol", "column of time steps taken; empty for none");
        this.timeSteps = new IntParam(
                this,
                "timeSteps",
                "T, by default the largest that the model was calibrated for",
                ParamValidators.gt(0));
        this.exitRule = new Param<>(this, "exitRule", "when an answer is settled, such as margin=0.8@2, or never");
        this.precision = new Param<>(this, "precision", "f32, tf32, bf16 or int8");
        this.device = new Param<>(this, "device", "auto, cpu or cuda");
        this.values = new Param<>(this, "values", "what images hold: pixels from 0 to 255, or normalised");
        this.handleInvalid = new Param<>(this, "handleInvalid", "images that cannot be read: error, skip or keep");
        this.batch = new IntParam(this, "batch", "images that are computed at once", ParamValidators.gt(0));
        setDefault(inputCol, "image");
        setDefault(predictionCol, "prediction");
        setDefault(probabilityCol, "probability");
        setDefault(timeStepsCol, "timeSteps");
        setDefault(exitRule, ExitRule.never().label());
        setDefault(precision, "f32");
        setDefault(device, "auto");
        setDefault(values, "pixels");
        setDefault(handleInvalid, "error");
        setDefault(batch, 64);
    }

    @Override
    public String uid() {
        return uid;
    }

    public Param<String> modelPath() {
        return modelPath;
    }

    public Param<String> inputCol() {
        return inputCol;
    }

    public Param<String> predictionCol() {
        return predictionCol;
    }

    public Param<String> probabilityCol() {
        return probabilityCol;
    }

    public Param<String> timeStepsCol() {
        return timeStepsCol;
    }

    public IntParam timeSteps() {
        return timeSteps;
    }

    public Param<String> exitRule() {
        return exitRule;
    }

    public Param<String> precision() {
        return precision;
    }

    public Param<String> device() {
        return device;
    }

    public Param<String> values() {
        return values;
    }

    public Param<String> handleInvalid() {
        return handleInvalid;
    }

    public IntParam batch() {
        return batch;
    }

    /** Sets the model file, on any file system that Hadoop knows: {@code hdfs://…}, {@code s3a://…}, {@code file:…}. */
    public SpikingClassifier setModelPath(String path) {
        set(modelPath, path);
        return this;
    }

    /**
     * Sets the column of images, {@code image} by default: binary (a PNG, JPEG, GIF or BMP file, or pixels [H, W, C]), Spark's
     * image schema, ML vectors, or arrays of float or double.
     */
    public SpikingClassifier setInputCol(String column) {
        set(inputCol, column);
        return this;
    }

    /** Sets the column that gets the class, a double; empty for none. */
    public SpikingClassifier setPredictionCol(String column) {
        set(predictionCol, column);
        return this;
    }

    /** Sets the column that gets the softmax of the logits, a vector [classes]; empty for none. */
    public SpikingClassifier setProbabilityCol(String column) {
        set(probabilityCol, column);
        return this;
    }

    /** Sets the column that gets the number of time steps that an image took, an int; empty for none. */
    public SpikingClassifier setTimeStepsCol(String column) {
        set(timeStepsCol, column);
        return this;
    }

    /** Sets the most time steps T, 1 to 1024; by default the largest that the model was calibrated for. */
    public SpikingClassifier setTimeSteps(int steps) {
        set(timeSteps, steps);
        return this;
    }

    /** Sets when an answer is settled. */
    public SpikingClassifier setExitRule(ExitRule rule) {
        set(exitRule, rule.label());
        return this;
    }

    /** Sets what convolutions and matrix multiplications compute in. */
    public SpikingClassifier setPrecision(Precision wanted) {
        set(precision, wanted.name().toLowerCase(Locale.ROOT));
        return this;
    }

    /** Sets where to compute; AUTO is the GPU of a task that Spark gave one, else the CPU. */
    public SpikingClassifier setDevice(Device.Request wanted) {
        set(device, wanted.name().toLowerCase(Locale.ROOT));
        return this;
    }

    /** Sets whether images hold what the network itself takes, rather than pixels from 0 to 255. */
    public SpikingClassifier setNormalised(boolean normalised) {
        set(values, normalised ? "normalised" : "pixels");
        return this;
    }

    /** Sets what is done with images that cannot be read: {@code error}, {@code skip}, or {@code keep} with nulls. */
    public SpikingClassifier setHandleInvalid(String what) {
        set(handleInvalid, what);
        return this;
    }

    /** Sets how many images are computed at once, at least 1. */
    public SpikingClassifier setBatch(int images) {
        set(batch, images);
        return this;
    }

    private String text(Param<String> param) {
        return getOrDefault(param);
    }

    /** The names by what they hold, of those that are wanted. */
    private Map<ClassifierTask.Output, String> outputs() {
        Map<ClassifierTask.Output, String> outputs = new LinkedHashMap<>();
        outputs.put(ClassifierTask.Output.PREDICTION, text(predictionCol));
        outputs.put(ClassifierTask.Output.PROBABILITY, text(probabilityCol));
        outputs.put(ClassifierTask.Output.TIME_STEPS, text(timeStepsCol));
        outputs.values().removeIf(NONE::equals);
        return outputs;
    }

    /** @throws InputException if a column is there already */
    @Override
    public StructType transformSchema(StructType schema) {
        StructType result = schema;
        for (Map.Entry<ClassifierTask.Output, String> output : outputs().entrySet()) {
            if (Arrays.asList(result.fieldNames()).contains(output.getValue())) {
                throw new InputException(
                        "there is a column '" + output.getValue() + "' already; name another, or leave "
                                + output.getKey().name().toLowerCase(Locale.ROOT) + " out with an empty name");
            }
            result = result.add(output.getValue(), output.getKey().type(), true);
        }
        return result;
    }

    /**
     * Adds the columns; images are computed when the result is asked for.
     *
     * @throws InputException if a setting is none, the model cannot be read or gives no classes, or the column holds no images
     */
    @Override
    public Dataset<Row> transform(Dataset<?> images) {
        if (!isSet(modelPath)) {
            throw new InputException("there is no model; set one with setModelPath");
        }
        StructType schema = transformSchema(images.schema());
        JavaSparkContext context = new JavaSparkContext(images.sparkSession().sparkContext());
        ModelBytes bytes = ModelBytes.read(text(modelPath), context.hadoopConfiguration());
        SpikingModel model = bytes.spiking();
        if (!model.hasClasses()) {
            throw new InputException(
                    "the model " + text(modelPath) + " gives " + model.outputs() + ", which are no classes");
        }
        ClassifierTask.Settings settings = new ClassifierTask.Settings(
                ImageColumn.of(images.schema(), text(inputCol), model.inputShape()),
                steps(model),
                rule(),
                (int) getOrDefault(batch),
                choice(precision, Precision.class),
                choice(device, Device.Request.class),
                choice(values, Values.class) == Values.NORMALISED,
                choice(handleInvalid, ClassifierTask.Invalid.class),
                List.copyOf(outputs().keySet()));
        ClassifierTask task = new ClassifierTask(context.broadcast(bytes), bytes.digest(), settings);
        return images.toDF().mapPartitions(task, Encoders.row(schema));
    }

    private enum Values {
        PIXELS,
        NORMALISED
    }

    private int steps(SpikingModel model) {
        if (isSet(timeSteps)) {
            return (int) getOrDefault(timeSteps);
        }
        List<Integer> calibrated = model.calibratedFor();
        if (calibrated.isEmpty()) {
            throw new InputException(
                    "the model " + text(modelPath) + " was not calibrated; say how many time steps with setTimeSteps");
        }
        return calibrated.get(calibrated.size() - 1);
    }

    private String rule() {
        try {
            return ClassifierTask.parse(text(exitRule)).label();
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage(), e);
        }
    }

    private <E extends Enum<E>> E choice(Param<String> param, Class<E> kind) {
        List<String> names = new ArrayList<>();
        for (E each : kind.getEnumConstants()) {
            String name = each.name().toLowerCase(Locale.ROOT);
            if (name.equals(text(param).toLowerCase(Locale.ROOT))) {
                return each;
            }
            names.add(name);
        }
        throw new InputException(
                "unknown " + param.name() + " '" + text(param) + "'; choose one of " + String.join(", ", names));
    }

    @Override
    public SpikingClassifier copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    /** Returns what reads one that was saved; pipelines ask for it. */
    public static MLReader<SpikingClassifier> read() {
        return new Readable().read();
    }

    /** Reads one that was saved. */
    public static SpikingClassifier load(String path) {
        return read().load(path);
    }

    private static final class Readable implements DefaultParamsReadable<SpikingClassifier> {}
}
