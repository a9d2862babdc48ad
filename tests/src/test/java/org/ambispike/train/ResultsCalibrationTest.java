package org.ambispike.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.AnnModel;
import org.ambispike.Calibration;
import org.ambispike.Comparison;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.Targets;
import org.ambispike.Training;
import org.ambispike.common.InputException;
import org.ambispike.common.Precision;
import org.ambispike.common.RateLoss;
import org.ambispike.data.Augmentation;
import org.ambispike.data.Dataset;
import org.ambispike.device.Device;
import org.ambispike.support.MapNetwork;
import org.ambispike.support.SmallNetworks;
import org.junit.jupiter.api.Test;

/** BPTT without labels: the teacher's results are all there is. */
class ResultsCalibrationTest {
    private static final int TIME_STEPS = 4;

    private final Dataset images = Dataset.values("values", MapNetwork.IMAGE, MapNetwork.images(64, 3));
    private final Dataset unseen = Dataset.values("values", MapNetwork.IMAGE, MapNetwork.images(32, 4));

    private double error(SpikingModel snn, AnnModel ann) {
        SessionOptions options = SessionOptions.defaults()
                .withDevice(Device.Request.CPU)
                .withThreads(1)
                .withBatch(32);
        return snn.compare(
                        unseen,
                        Targets.of(ann),
                        Comparison.builder(List.of(TIME_STEPS)).session(options).build())
                .get(0)
                .relativeError();
    }

    private static TrainingContext context(Dataset data, List<MetricRow> rows) {
        return TrainingContext.open(Device.choose(Device.Request.CPU, Precision.F32), 1, new TrainingImages(data, data))
                .withMetrics(rows::add);
    }

    private static Calibration calibration(Optional<RateLoss> rates) {
        CalibrationTarget usual = CalibrationTarget.defaults();
        CalibrationTarget target = usual.with(usual.loss().withRates(rates));
        Fit fit = new Fit(30, 4, 16, OptimizerSettings.calibrating(5e-3), Schedule.COSINE, 0.9, Augmentation.none());
        return Calibration.builder(TIME_STEPS).target(target).fit(fit).build();
    }

    /** By the results alone, and by the rates of layers too. */
    @Test
    void resultsComeCloserToTheTeachers() {
        AnnModel ann = AnnModel.of(MapNetwork.ann(1));
        SpikingModel snn = SpikingModel.of(MapNetwork.spiking(1));
        double before = error(snn, ann);
        for (Optional<RateLoss> rates : List.of(Optional.of(RateLoss.MSE), Optional.<RateLoss>empty())) {
            List<MetricRow> rows = new ArrayList<>();
            try (TrainingContext context = context(images, rows)) {
                SpikingModel calibrated = snn.calibrate(context, ann, calibration(rates));
                assertThat(error(calibrated, ann)).as("rates " + rates).isLessThan(0.7 * before);
            }
            assertThat(rows.get(0).trainAccuracy()).isNaN();
            assertThat(rows.get(0).validationAccuracy()).isNaN();
            assertThat(rows.get(29).loss()).isLessThan(rows.get(0).loss());
        }
    }

    @Test
    void classesNeedNoLabelsEither() {
        AnnModel ann = AnnModel.of(SmallNetworks.clippedAnn(1));
        SpikingModel snn = SpikingModel.of(SmallNetworks.random(1));
        Dataset unlabelled = Dataset.values("values", SmallNetworks.IMAGE, SmallNetworks.exactImages(32, 1))
                .with(ann.normalisation());
        List<MetricRow> rows = new ArrayList<>();
        try (TrainingContext context = context(unlabelled, rows)) {
            assertThat(snn.calibrate(context, ann, calibration(Optional.empty()))
                            .calibratedFor())
                    .containsExactly(TIME_STEPS);
            assertThatThrownBy(() -> ann.train(
                            context,
                            Training.builder(calibration(Optional.empty()).fit())
                                    .build()))
                    .isInstanceOf(InputException.class);
        }
        assertThat(rows.get(29).loss()).isLessThan(rows.get(0).loss());
        assertThat(rows.get(0).trainAccuracy()).isNaN();
    }

    @Test
    void labelsAreNotTrainedOnWithoutClasses() {
        AnnModel ann = AnnModel.of(MapNetwork.ann(1));
        try (TrainingContext context = context(images, new ArrayList<>())) {
            assertThatThrownBy(() -> ann.train(
                            context,
                            Training.builder(calibration(Optional.empty()).fit())
                                    .build()))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("map [6, 5, 3]")
                    .hasMessageContaining("--quantile");
        }
    }
}
