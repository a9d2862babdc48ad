package org.ambispike.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.ambispike.data.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two executors, processes of their own, of which one is killed. Needs the SPARK_HOME that Maven's profile cluster makes. */
@Tag("cluster")
class ClusterTest {
    private static final int IMAGES = 600;

    @TempDir
    private Path folder;

    private SparkSession spark;

    @BeforeEach
    void open() {
        spark = Sparks.cluster(2);
    }

    @AfterEach
    void close() {
        spark.stop();
    }

    private static List<ProcessHandle> executors() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
                .filter(process -> process.children().findAny().isEmpty())
                .toList();
    }

    private static void killOne() {
        List<ProcessHandle> running = executors();
        assertThat(running).hasSize(2);
        assertThat(running.get(0).destroyForcibly()).isTrue();
    }

    @Test
    void answersEveryImageOnceThoughAnExecutorDies() throws InterruptedException {
        Path model = folder.resolve("model.safetensors");
        Sparks.network().save(model);
        Dataset images = Sparks.images(IMAGES, Sparks.IMAGE, Sparks.CLASSES);
        // slow enough to be killed on the way
        org.apache.spark.sql.Dataset<Row> rows = ImageRows.of(spark, images, 12)
                .withColumn("id", org.apache.spark.sql.functions.monotonically_increasing_id())
                .map(
                        (org.apache.spark.api.java.function.MapFunction<Row, Row>) row -> {
                            Thread.sleep(10);
                            return row;
                        },
                        org.apache.spark.sql.Encoders.row(ImageRows.of(spark, images.slice(0, 1), 1)
                                .withColumn("id", org.apache.spark.sql.functions.monotonically_increasing_id())
                                .schema()));
        org.apache.spark.sql.Dataset<Row> answered = new SpikingClassifier()
                .setModelPath(model.toUri().toString())
                .transform(rows)
                .select("id", "prediction");
        List<Row> undisturbed = sorted(answered);
        List<Row> got = new ArrayList<>();
        Thread job = new Thread(() -> got.addAll(sorted(answered)));
        job.start();
        Thread.sleep(1500);
        assertThat(job.isAlive()).isTrue();
        killOne();
        job.join();
        assertThat(got).isEqualTo(undisturbed);
        Set<Long> ids = new TreeSet<>();
        got.forEach(row -> ids.add(row.getLong(0)));
        assertThat(ids).hasSize(IMAGES);
    }

    private static List<Row> sorted(org.apache.spark.sql.Dataset<Row> rows) {
        return rows.collectAsList().stream()
                .sorted((a, b) -> Long.compare(a.getLong(0), b.getLong(0)))
                .toList();
    }

    @Test
    void calibratesToTheSameBytesThoughAnExecutorDies() {
        org.apache.spark.sql.Dataset<Row> images =
                ImageRows.of(spark, Sparks.images(IMAGES, Sparks.IMAGE, Sparks.CLASSES), 4);
        SpikingCalibration calibration = SpikingCalibration.of(Sparks.network(), Sparks.ann(), Sparks.rounds(6));
        byte[] undisturbed = ModelBytes.of(calibration.run(images, "image", Optional.of("label")))
                .bytes();
        AtomicInteger killed = new AtomicInteger();
        byte[] disturbed = ModelBytes.of(calibration
                        .withListener(round -> {
                            if (round.number() == 3) {
                                killOne();
                                killed.incrementAndGet();
                            }
                        })
                        .run(images, "image", Optional.of("label")))
                .bytes();
        assertThat(killed).hasValue(1);
        assertThat(disturbed).isEqualTo(undisturbed);
    }
}
