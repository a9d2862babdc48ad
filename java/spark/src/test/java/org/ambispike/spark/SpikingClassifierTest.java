package org.ambispike.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.ambispike.ExitRule;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingResult;
import org.ambispike.SpikingSession;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.data.Dataset;
import org.ambispike.device.Device;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpikingClassifierTest {
    private static final int IMAGES = 37;
    private static final int STEPS = 4;
    private static final ExitRule RULE = ExitRule.margin(0.3);

    @TempDir
    private static Path folder;

    private static SparkSession spark;
    private static Path model;
    private static Dataset images;

    @BeforeAll
    static void open() {
        spark = Sparks.local();
        model = folder.resolve("model.safetensors");
        Sparks.network().save(model);
        images = Sparks.images(IMAGES, Sparks.IMAGE, Sparks.CLASSES);
    }

    @AfterAll
    static void close() {
        spark.stop();
    }

    private static SpikingClassifier classifier() {
        return new SpikingClassifier()
                .setModelPath(model.toUri().toString())
                .setExitRule(RULE)
                .setBatch(8);
    }

    /** One by one, so that no batch of Spark's is known. */
    private static SpikingResult expected(int image) {
        try (SpikingSession session = Sparks.network()
                .openSession(
                        SessionOptions.defaults().withDevice(Device.Request.CPU).withThreads(1))) {
            return session.run(FloatBuffer.wrap(floats(image)), STEPS, RULE);
        }
    }

    private static float[] floats(int image) {
        byte[] pixels = images.image(image);
        float[] values = new float[pixels.length];
        for (int at = 0; at < values.length; at++) {
            values[at] = Byte.toUnsignedInt(pixels[at]);
        }
        return values;
    }

    private static org.apache.spark.sql.Dataset<Row> column(DataType type, List<?> values) {
        List<Row> rows = new ArrayList<>();
        for (int at = 0; at < values.size(); at++) {
            rows.add(RowFactory.create(at, values.get(at)));
        }
        StructType schema = new StructType().add("id", DataTypes.IntegerType).add("image", type);
        return spark.createDataFrame(rows, schema).repartition(3);
    }

    private static void requireAnswers(org.apache.spark.sql.Dataset<Row> answered) {
        List<Row> rows = answered.orderBy("id").collectAsList();
        assertThat(rows).hasSize(IMAGES);
        for (int image = 0; image < IMAGES; image++) {
            SpikingResult expected = expected(image);
            Row row = rows.get(image);
            assertThat((double) row.<Double>getAs("prediction")).isEqualTo(expected.predicted(0));
            assertThat((int) row.<Integer>getAs("timeSteps")).isEqualTo(expected.timeSteps(0));
            Vector probabilities = row.getAs("probability");
            float[] logits = expected.logits(0);
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit);
            }
            for (int at = 0; at < logits.length; at++) {
                assertThat(probabilities.apply(at))
                        .isCloseTo(Math.exp(logits[at]) / sum, org.assertj.core.data.Offset.offset(1e-4));
            }
        }
    }

    private static List<byte[]> pixels() {
        List<byte[]> all = new ArrayList<>();
        for (int image = 0; image < IMAGES; image++) {
            all.add(images.image(image));
        }
        return all;
    }

    private static byte[] png(byte[] pixels) {
        BufferedImage picture = new BufferedImage(6, 6, BufferedImage.TYPE_BYTE_GRAY);
        picture.getRaster().setDataElements(0, 0, 6, 6, pixels);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    @Test
    void answersPixels() {
        requireAnswers(classifier().transform(column(DataTypes.BinaryType, pixels())));
    }

    @Test
    void answersFiles() {
        requireAnswers(classifier()
                .transform(column(
                        DataTypes.BinaryType,
                        pixels().stream().map(SpikingClassifierTest::png).toList())));
    }

    @Test
    void answersVectorsAndArrays() {
        List<Vector> vectors = new ArrayList<>();
        List<float[]> arrays = new ArrayList<>();
        for (int image = 0; image < IMAGES; image++) {
            float[] values = floats(image);
            double[] wide = new double[values.length];
            for (int at = 0; at < wide.length; at++) {
                wide[at] = values[at];
            }
            vectors.add(Vectors.dense(wide));
            arrays.add(values);
        }
        requireAnswers(classifier().transform(column(SQLDataTypes.VectorType(), vectors)));
        requireAnswers(classifier().transform(column(DataTypes.createArrayType(DataTypes.FloatType), arrays)));
    }

    @Test
    void answersWhatSparkReadsAsImages() throws IOException {
        Path pictures = Files.createDirectories(folder.resolve("pictures"));
        for (int image = 0; image < IMAGES; image++) {
            Files.write(pictures.resolve(String.format("%03d.png", image)), png(images.image(image)));
        }
        org.apache.spark.sql.Dataset<Row> read = spark.read().format("image").load(pictures.toString());
        requireAnswers(classifier()
                .transform(read.withColumn(
                        "id",
                        org.apache
                                .spark
                                .sql
                                .functions
                                .regexp_extract(org.apache.spark.sql.functions.col("image.origin"), "(\\d+).png", 1)
                                .cast("int"))));
    }

    @Test
    void isSavedInsidePipelines() throws IOException {
        PipelineModel pipeline = new Pipeline()
                .setStages(new PipelineStage[] {classifier().setTimeStepsCol("timeSteps")})
                .fit(column(DataTypes.BinaryType, pixels()));
        String saved = folder.resolve("pipeline").toString();
        pipeline.write().overwrite().save(saved);
        requireAnswers(PipelineModel.load(saved).transform(column(DataTypes.BinaryType, pixels())));
        SpikingClassifier copy = classifier()
                .setTimeSteps(3)
                .setPrecision(Precision.INT8)
                .copy(org.apache.spark.ml.param.ParamMap.empty());
        assertThat(copy.getOrDefault(copy.timeSteps())).isEqualTo(3);
        assertThat(copy.getOrDefault(copy.precision())).isEqualTo("int8");
    }

    @Test
    void leavesOutColumnsAndKeepsOthers() {
        org.apache.spark.sql.Dataset<Row> answered = classifier()
                .setProbabilityCol("")
                .setTimeStepsCol("")
                .setPredictionCol("class")
                .setTimeSteps(1)
                .setPrecision(Precision.INT8)
                .transform(column(DataTypes.BinaryType, pixels()));
        assertThat(answered.columns()).containsExactly("id", "image", "class");
        assertThat(answered.select("class").distinct().count()).isPositive();
    }

    @Test
    void doesWithUnreadableImagesAsAsked() {
        List<byte[]> some = new ArrayList<>(pixels().subList(0, 10));
        some.set(3, null);
        some.set(5, new byte[] {1, 2, 3});
        org.apache.spark.sql.Dataset<Row> rows = column(DataTypes.BinaryType, some);
        assertThatThrownBy(() -> classifier().transform(rows).collectAsList()).hasMessageContaining("column 'image'");
        assertThat(classifier().setHandleInvalid("skip").transform(rows).count())
                .isEqualTo(8);
        List<Row> kept = classifier()
                .setHandleInvalid("keep")
                .transform(rows)
                .orderBy("id")
                .collectAsList();
        assertThat(kept).hasSize(10);
        assertThat(kept.get(3).isNullAt(kept.get(3).fieldIndex("prediction"))).isTrue();
        assertThat((double) kept.get(4).<Double>getAs("prediction"))
                .isEqualTo(expected(4).predicted(0));
    }

    @Test
    void saysWhatIsWrong() {
        org.apache.spark.sql.Dataset<Row> rows = column(DataTypes.BinaryType, pixels());
        assertThatThrownBy(() -> new SpikingClassifier().transform(rows))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("setModelPath");
        assertThatThrownBy(() ->
                        classifier().setModelPath("file:/no/such.safetensors").transform(rows))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("/no/such.safetensors");
        assertThatThrownBy(() -> classifier().setInputCol("picture").transform(rows))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("id, image");
        assertThatThrownBy(() -> classifier().setInputCol("id").transform(rows)).hasMessageContaining("type int");
        assertThatThrownBy(() -> classifier().setPredictionCol("id").transform(rows))
                .hasMessageContaining("'id' already");
        assertThatThrownBy(() -> {
                    SpikingClassifier odd = classifier();
                    odd.set(odd.precision(), "f8");
                    odd.transform(rows);
                })
                .hasMessageContaining("f32, tf32, bf16, int8");
    }

    @Test
    void sharesSessionsOfAnExecutor() {
        ExecutorSessions sessions = new ExecutorSessions(Duration.ZERO);
        ModelBytes bytes = ModelBytes.of(Sparks.network());
        SpikingSession first = sessions.borrow(kind(bytes), bytes);
        SpikingSession second = sessions.borrow(kind(bytes), bytes);
        assertThat(second).isNotSameAs(first);
        assertThat(sessions.open()).isEqualTo(2);
        sessions.giveBack(first);
        sessions.giveBack(first);
        assertThat(sessions.borrow(kind(bytes), bytes)).isSameAs(first);
        sessions.giveBack(first);
        assertThat(sessions.open()).isEqualTo(2);
        // nobody wanted the first for longer than no time at all
        sessions.giveBack(second);
        assertThat(sessions.open()).isEqualTo(1);
        assertThatThrownBy(() -> first.run(FloatBuffer.wrap(floats(0)), 1)).hasMessageContaining("closed");
    }

    /** Equal each time, as tasks make it. */
    private static ExecutorSessions.Kind kind(ModelBytes bytes) {
        return new ExecutorSessions.Kind(
                bytes.digest(),
                SessionOptions.defaults().withDevice(Device.Request.CPU).withThreads(1));
    }

    @Test
    void wantsTheGpuThatTheProcessSees() {
        TaskDevice.requireFirst(new ResourceInformation("gpu", new String[] {"0"}), Map.of());
        TaskDevice.requireFirst(
                new ResourceInformation("gpu", new String[] {"3"}), Map.of("CUDA_VISIBLE_DEVICES", "3"));
        assertThatThrownBy(() -> TaskDevice.requireFirst(new ResourceInformation("gpu", new String[] {"3"}), Map.of()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("CUDA_VISIBLE_DEVICES");
    }
}
