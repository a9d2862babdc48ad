package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.ambispike.common.InputException;
import org.ambispike.data.Dataset;
import org.ambispike.data.NpyArray;
import org.ambispike.device.Device;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;
import org.ambispike.support.MapNetwork;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that give maps and several results rather than classes. */
class OutputsTest {
    private static final int IMAGES = 5;
    private static final SessionOptions OPTIONS = SessionOptions.defaults()
            .withDevice(Device.Request.CPU)
            .withThreads(1)
            .withBatch(3)
            .withInput(SessionOptions.Input.NORMALISED);

    private final SpikingModel snn = SpikingModel.of(MapNetwork.spiking(1));
    private final AnnModel ann = AnnModel.of(MapNetwork.ann(1));
    private final float[] images = MapNetwork.images(IMAGES, 2);

    private FloatBuffer image(int index) {
        int length = Math.toIntExact(MapNetwork.IMAGE.elements());
        return FloatBuffer.wrap(images, index * length, length);
    }

    @Test
    void resultsAreKnownByNameShapeAndPlace() {
        assertThat(snn.hasClasses()).isFalse();
        assertThat(snn.outputLength()).isEqualTo(MapNetwork.VALUES);
        assertThat(snn.outputs()).hasToString("[map [6, 5, 3], pair [2]]");
        assertThat(snn.outputs().get(1).offset()).isEqualTo(90);
        assertThat(snn).hasToString("maps ([6, 5, 2] to map [6, 5, 3], pair [2], not calibrated)");
        assertThat(AnnModel.of(SmallNetworks.clippedAnn(1)).hasClasses()).isTrue();
    }

    @Test
    void aSessionGivesEveryResultAsAView() {
        try (SpikingSession session = snn.openSession(OPTIONS)) {
            SpikingResult result = session.run(FloatBuffer.wrap(images, 0, 3 * 60), 8);
            float[] all = result.logits();
            OutputValues pair = result.output(2, "pair");
            assertThat(pair.shape()).isEqualTo(Shape.of(2));
            assertThat(pair.toArray())
                    .containsExactly(Arrays.copyOfRange(all, 2 * MapNetwork.VALUES + 90, 3 * MapNetwork.VALUES));
            OutputValues map = result.outputs(1).get(0);
            assertThat(map.name()).isEqualTo("map");
            assertThat(map.shape()).isEqualTo(MapNetwork.MAP);
            assertThat(map.values().isReadOnly()).isTrue();
            assertThat(map.toArray())
                    .containsExactly(Arrays.copyOfRange(all, MapNetwork.VALUES, MapNetwork.VALUES + 90));
            assertThatThrownBy(() -> result.output(0, "boxes"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("map [6, 5, 3]");
        }
    }

    @Test
    void anAnnSessionGivesThemToo() {
        try (AnnSession session = ann.openSession(OPTIONS)) {
            AnnSession.Answer answer = session.run(image(0));
            assertThat(answer.outputs()).extracting(OutputValues::name).containsExactly("map", "pair");
            assertThat(answer.output("pair").toArray())
                    .containsExactly(Arrays.copyOfRange(answer.logits(), 90, MapNetwork.VALUES));
        }
    }

    @Test
    void whatNeedsClassesIsRefused() {
        assertThatThrownBy(snn::classes)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("map [6, 5, 3], pair [2], which are no classes");
        try (SpikingSession session = snn.openSession(OPTIONS)) {
            SpikingResult result = session.run(image(0), 2);
            assertThatThrownBy(() -> result.predicted(0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(result::classes).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> session.run(image(0), 2, ExitRule.margin(0.5)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("margin=0.5");
        }
        Dataset data = Dataset.values("values", MapNetwork.IMAGE, images);
        assertThatThrownBy(() -> snn.evaluate(data, Evaluation.forTimeSteps(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("accuracy");
    }

    /** By the definition, from sessions' own results. */
    @Test
    void errorsAreThoseOfTheDefinition() {
        Dataset data = Dataset.values("values", MapNetwork.IMAGE, images);
        List<OutputError> errors = snn.compare(
                data,
                Targets.of(ann),
                Comparison.builder(List.of(3, 8)).session(OPTIONS).build());
        assertThat(errors).extracting(OutputError::output).containsExactly("all", "map", "pair", "all", "map", "pair");
        double difference = 0;
        double norm = 0;
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        try (SpikingSession session = snn.openSession(OPTIONS);
                AnnSession reference = ann.openSession(OPTIONS)) {
            for (int index = 0; index < IMAGES; index++) {
                float[] got = session.run(image(index), 8).output(0, "map").toArray();
                float[] wanted = reference.run(image(index)).output("map").toArray();
                for (int value = 0; value < got.length; value++) {
                    difference += Math.pow((double) got[value] - wanted[value], 2);
                    norm += Math.pow(wanted[value], 2);
                    low = Math.min(low, wanted[value]);
                    high = Math.max(high, wanted[value]);
                }
            }
        }
        OutputError map = errors.get(4);
        assertThat(map.timeSteps()).isEqualTo(8);
        assertThat(map.relativeError()).isCloseTo(Math.sqrt(difference / norm), within(1e-5));
        assertThat(map.range()).isCloseTo(high - low, within(1e-5));
        double psnr = 10 * Math.log10((high - low) * (high - low) / (difference / (IMAGES * 90)));
        assertThat(map.psnr()).isCloseTo(psnr, within(1e-3));
        assertThat(map.agreement()).isNaN();
        assertThat(map.relativeError()).isBetween(1e-3, errors.get(1).relativeError());
    }

    @Test
    void aNetworkTendsToItsAnn() {
        Dataset data = Dataset.values("values", MapNetwork.IMAGE, images);
        List<OutputError> errors = snn.compare(
                data,
                Targets.of(snn.clippedAnn()),
                Comparison.builder(List.of(64, 1024)).session(OPTIONS).build());
        assertThat(errors.get(3).relativeError())
                .isLessThan(0.12 * errors.get(0).relativeError());
        OutputError same = ann.compare(
                        data,
                        Targets.of(ann),
                        Comparison.builder(List.of(4)).session(OPTIONS).build())
                .get(0);
        assertThat(same.relativeError()).isZero();
        assertThat(same.psnr()).isInfinite();
        assertThat(same.timeSteps()).isOne();
    }

    @Test
    void targetsAreReadWithChannelsFirstOrLast(@TempDir Path folder) {
        Dataset data = Dataset.values("values", MapNetwork.IMAGE, images);
        float[] map = new float[IMAGES * 90];
        float[] first = new float[IMAGES * 90];
        float[] pair = new float[IMAGES * 2];
        try (AnnSession session = ann.openSession(OPTIONS)) {
            for (int index = 0; index < IMAGES; index++) {
                AnnSession.Answer answer = session.run(image(index));
                answer.output("map").values().get(map, index * 90, 90);
                answer.output("pair").values().get(pair, index * 2, 2);
                for (int value = 0; value < 90; value++) {
                    first[index * 90 + value % 3 * 30 + value / 3] = map[index * 90 + value];
                }
            }
        }
        Path last = folder.resolve("last.npy");
        Path turned = folder.resolve("first.npy");
        Path vector = folder.resolve("pair.npy");
        NpyArray.write(last, new HostTensor(Shape.of(IMAGES, 6, 5, 3), map));
        NpyArray.write(turned, new HostTensor(Shape.of(IMAGES, 3, 6, 5), first));
        NpyArray.write(vector, new HostTensor(Shape.of(IMAGES, 2, 1, 1), pair));
        Comparison once = Comparison.builder(List.of(1)).session(OPTIONS).build();
        for (Path file : List.of(last, turned)) {
            Targets targets = Targets.read(ann, List.of(file, vector));
            assertThat(ann.compare(data, targets, once).get(0).relativeError()).isLessThan(1e-6);
        }
        assertThatThrownBy(() -> Targets.read(ann, List.of(vector, vector)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("pair.npy")
                .hasMessageContaining("map [6, 5, 3]");
        assertThatThrownBy(() -> Targets.read(ann, List.of(last, vector, vector)))
                .isInstanceOf(InputException.class);
        Targets short1 = Targets.of(new HostTensor(Shape.of(1, MapNetwork.VALUES), new float[MapNetwork.VALUES]));
        assertThatThrownBy(() -> ann.compare(data, short1, once)).isInstanceOf(InputException.class);
    }

    @Test
    void agreementIsThatOfClasses() {
        SpikingModel classes = SpikingModel.of(SmallNetworks.random(3));
        Dataset data = Dataset.values("values", SmallNetworks.IMAGE, SmallNetworks.exactImages(20, 1));
        List<OutputError> errors = classes.compare(
                data,
                Targets.of(classes.clippedAnn()),
                Comparison.builder(List.of(1, 256)).session(OPTIONS).build());
        assertThat(errors).hasSize(2);
        assertThat(errors.get(1).output()).isEqualTo("fc1");
        assertThat(errors.get(1).agreement()).isGreaterThanOrEqualTo(0.9);
        assertThat(errors.get(0).agreement()).isBetween(0.0, errors.get(1).agreement());
    }
}
