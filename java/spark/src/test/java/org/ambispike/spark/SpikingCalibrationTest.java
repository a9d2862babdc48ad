package org.ambispike.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ambispike.Calibration;
import org.ambispike.SpikingModel;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.data.Dataset;
import org.ambispike.device.Device;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpikingCalibrationTest {
    private static SparkSession spark;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        spark = Sparks.local();
    }

    @AfterAll
    static void close() {
        spark.stop();
    }

    private static org.apache.spark.sql.Dataset<Row> images(int partitions) {
        return ImageRows.of(spark, Sparks.images(96, Sparks.IMAGE, Sparks.CLASSES), partitions);
    }

    private static SpikingCalibration calibration(int rounds) {
        return SpikingCalibration.of(Sparks.network(), Sparks.ann(), Sparks.rounds(rounds));
    }

    private static SpikingModel run(SpikingCalibration calibration, int partitions) {
        return calibration.run(images(partitions), "image", Optional.of("label"));
    }

    private static byte[] bytes(SpikingModel model) {
        return ModelBytes.of(model).bytes();
    }

    @Test
    void givesTheLibrarysOwnBytesOnOnePartition() {
        Dataset data = Sparks.images(96, Sparks.IMAGE, Sparks.CLASSES);
        Calibration settings = Sparks.rounds(3).get();
        Device device = Device.choose(Device.Request.CPU, Precision.F32);
        try (TrainingContext context = TrainingContext.open(device, 1, new TrainingImages(data, data))) {
            SpikingModel expected = Sparks.network().calibrate(context.withSeed(1_000_003), Sparks.ann(), settings);
            SpikingModel got = run(calibration(3), 1);
            got.saved().weights().tensors().forEach((name, tensor) -> assertThat(tensor.values())
                    .as(name)
                    .isEqualTo(expected.saved().weights().get(name).values()));
            assertThat(got.calibratedFor()).containsExactly(2);
        }
    }

    @Test
    void averagesPartitionsIntoTheSameBytesEachTime() {
        byte[] first = bytes(run(calibration(2), 3));
        assertThat(bytes(run(calibration(2), 3))).isEqualTo(first);
        assertThat(bytes(run(calibration(2).withSeed(2), 3))).isNotEqualTo(first);
        assertThat(bytes(run(calibration(2), 2))).isNotEqualTo(first);
    }

    @Test
    void goesOnFromTheLastRound() {
        byte[] whole = bytes(run(calibration(3), 2));
        List<Integer> rounds = new ArrayList<>();
        SpikingCalibration kept = calibration(3)
                .withFolder(folder.toUri().toString())
                .withListener(round -> {
                    rounds.add(round.number());
                    if (rounds.equals(List.of(1))) {
                        throw new IllegalStateException("the driver stops after a round");
                    }
                });
        assertThatThrownBy(() -> run(kept, 2)).hasMessage("the driver stops after a round");
        assertThatThrownBy(() -> run(kept, 3))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is of 2 partitions");
        assertThatThrownBy(() -> run(kept.withSeed(5), 2)).hasMessageContaining("other settings");
        assertThat(bytes(run(kept, 2))).isEqualTo(whole);
        assertThat(rounds).containsExactly(1, 2, 3);
        // all is done
        assertThat(bytes(run(kept, 2))).isEqualTo(whole);
        assertThat(Arrays.stream(folder.toFile().list()).filter(name -> name.startsWith("round")))
                .containsExactly("round-000003");
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> run(calibration(1), 6)).hasMessageContaining("use fewer partitions");
        assertThatThrownBy(() -> calibration(1).run(images(2), "image", Optional.of("class")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("image, label");
        assertThatThrownBy(() -> SpikingCalibration.of(Sparks.network(), Sparks.ann(), () -> Calibration.builder(2)
                        .stepsPerEpoch(0)
                        .build()))
                .hasMessageContaining("stepsPerEpoch");
    }
}
