package org.ambispike.examples;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.ambispike.AnnModel;
import org.ambispike.Calibration;
import org.ambispike.Evaluation;
import org.ambispike.ExitRule;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingResult;
import org.ambispike.SpikingSession;
import org.ambispike.common.Precision;
import org.ambispike.data.Dataset;
import org.ambispike.data.ImageSource;
import org.ambispike.data.ImageSources;
import org.ambispike.data.Split;
import org.ambispike.device.Device;
import org.ambispike.graph.NeuronVariant;
import org.ambispike.train.TrainingContext;
import org.ambispike.train.TrainingImages;

/** Loads an ANN, converts it into a spiking network, calibrates that through time, and classifies an image with it. */
public final class LoadConvertCalibrateRun {
    private static final int TIME_STEPS = 4;

    private LoadConvertCalibrateRun() {}

    /** Takes a model file, such as {@code runs/net4/model.safetensors}, and a folder of images, such as one by class. */
    public static void main(String[] arguments) {
        if (arguments.length != 2) {
            System.err.println("usage: LoadConvertCalibrateRun MODEL.safetensors FOLDER-OF-IMAGES");
            System.exit(2);
        }
        // 1. Load: images of the same shape and classes as the network has, normalised as it was trained.
        AnnModel ann = AnnModel.load(Path.of(arguments[0]));
        ImageSource source = ImageSources.recognise(Path.of(arguments[1]));
        Dataset training = source.load(Split.TRAIN, ann.classNames()).with(ann.normalisation());
        Dataset test = source.load(Split.TEST, ann.classNames()).with(ann.normalisation());

        // A GPU if there is one that computes right, else the CPU; some images are held out to measure on.
        Device device = Device.choose(Device.Request.AUTO, Precision.F32);
        int threads = Runtime.getRuntime().availableProcessors();
        try (TrainingContext context = TrainingContext.open(device, threads, TrainingImages.heldOut(training))) {
            // 2. Convert: activations that do not clip yet do so at 99.9 % of what the images bring about.
            AnnModel clipped = ann.hasThresholds() ? ann : ann.withThresholds(context, 0.999, false);
            SpikingModel converted = clipped.convert(NeuronVariant.PAIR);

            // 3. Calibrate: the ANN teaches the spiking network to do as well in a few time steps.
            int batch = Math.min(128, context.images().training().size());
            Calibration calibration =
                    Calibration.builder(TIME_STEPS).epochs(1).batch(batch).build();
            SpikingModel calibrated = converted.calibrate(context, ann, calibration);

            Evaluation evaluation = Evaluation.forTimeSteps(TIME_STEPS);
            System.out.printf(
                    "accuracy at T = %d on %s: %.4f converted, %.4f calibrated%n",
                    TIME_STEPS,
                    test.portion(),
                    converted.evaluate(test, evaluation).accuracyAt(TIME_STEPS),
                    calibrated.evaluate(test, evaluation).accuracyAt(TIME_STEPS));

            // 4. Run: pixels from 0 to 255, [N, H, W, C]; an image stops once two classes are far enough apart.
            FloatBuffer pixels = FloatBuffer.allocate((int) test.imageShape().elements());
            for (byte value : test.image(0)) {
                pixels.put(Byte.toUnsignedInt(value));
            }
            pixels.flip();
            try (SpikingSession session = calibrated.openSession(SessionOptions.defaults())) {
                SpikingResult result = session.run(pixels, TIME_STEPS, ExitRule.margin(0.8));
                System.out.printf(
                        "the first test image: %s after %d steps (it is %s)%n",
                        test.classNames().get(result.predicted(0)),
                        result.timeSteps(0),
                        test.classNames().get(test.label(0)));
            }
        }
    }
}
