package org.ambispike;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.Cancellation;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.data.Dataset;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.support.ChannelImages;
import org.ambispike.support.Interruption;
import org.ambispike.support.SmallNetworks;
import org.ambispike.train.Checkpoints;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stage goes on from its checkpoint only with the networks, the images and the settings that it began with. */
class CheckpointIdentityTest {
    private static final int STEPS = 4;

    @TempDir
    private Path folder;

    private final Backend backend = CpuBackend.open(Precision.F32, 1);
    private final AnnModel ann = AnnModel.of(SmallNetworks.clippedAnn(1));
    private final AnnModel other = AnnModel.of(SmallNetworks.clippedAnn(2));
    private final SpikingModel snn = ann.convert(NeuronVariant.PAIR);
    private final Dataset images = ChannelImages.of(200, ann);

    @AfterEach
    void close() {
        backend.close();
    }

    private TrainingContext context(Dataset of, boolean resume) {
        return TrainingContext.on(backend, TrainingImages.heldOut(of)).withCheckpoints(new Checkpoints(folder, resume));
    }

    private static Calibration calibration() {
        return Calibration.builder(2).batch(20).epochs(3).stepsPerEpoch(STEPS).build();
    }

    @BeforeEach
    void stopInTheSecondEpoch() {
        Cancellation cancellation = new Cancellation();
        TrainingContext stopped = context(images, false)
                .withCancellation(cancellation)
                .withListener(Interruption.afterStep(STEPS + 1L).of(cancellation));
        assertThatThrownBy(() -> snn.calibrate(stopped, ann, calibration())).isInstanceOf(CancellationException.class);
    }

    @Test
    void theSameGoesOnToTheSameBytes() {
        SpikingModel resumed = snn.calibrate(context(images, true), ann, calibration());
        SpikingModel whole =
                snn.calibrate(TrainingContext.on(backend, TrainingImages.heldOut(images)), ann, calibration());
        assertThat(resumed.saved().weights().tensors())
                .isEqualTo(whole.saved().weights().tensors());
    }

    @Test
    void anotherTeacherNetworkOrNumberOfImagesIsRefused() {
        assertRefused(() -> snn.calibrate(context(images, true), other, calibration()));
        assertRefused(() -> other.convert(NeuronVariant.PAIR).calibrate(context(images, true), ann, calibration()));
        assertRefused(() -> ann.convert(NeuronVariant.MEMORY).calibrate(context(images, true), ann, calibration()));
        assertRefused(() -> snn.calibrate(context(images.slice(0, 160), true), ann, calibration()));
    }

    @Test
    void otherImagesOfTheSameNameAndNumberAreRefused() {
        byte[] pixels = new byte[200 * Math.toIntExact(images.imageShape().elements())];
        for (int index = 0; index < images.size(); index++) {
            byte[] image = images.image(index);
            System.arraycopy(image, 0, pixels, index * image.length, image.length);
        }
        pixels[pixels.length / 3]++;
        int[] labels = IntStream.range(0, images.size()).map(images::label).toArray();
        Dataset changed = Dataset.of(
                images.name(), images.imageShape(), pixels, labels, images.classNames(), images.normalisation());
        assertThat(changed.checksum()).isNotEqualTo(images.checksum());
        assertRefused(() -> snn.calibrate(context(changed, true), ann, calibration()));
    }

    @Test
    void aFreshStartDeletesTheOldCheckpoint() {
        Path checkpoint = folder.resolve("calibrate-T2.checkpoint");
        assertThat(checkpoint).exists();
        Cancellation stopped = new Cancellation();
        assertThatThrownBy(() -> snn.calibrate(
                        context(images, false)
                                .withCancellation(stopped)
                                .withListener(Interruption.afterStep(1).of(stopped)),
                        ann,
                        calibration()))
                .isInstanceOf(CancellationException.class);
        assertThat(checkpoint).doesNotExist();
    }

    private static void assertRefused(Runnable resumption) {
        assertThatThrownBy(resumption::run).isInstanceOf(InputException.class).hasMessageContaining("without --resume");
    }
}
