package org.example;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingSession;
import org.ambispike.data.Dataset;
import org.ambispike.data.FashionMnist;
import org.ambispike.data.Split;

/** Classifies the test images of Fashion-MNIST; prints the logits of the first ones and the accuracy on all. */
public final class Classify {
    private static final int BATCH = 100;
    private static final int PRINTED = 3;

    private Classify() {}

    public static void main(String[] arguments) {
        if (arguments.length != 3) {
            System.err.println("usage: Classify MODEL FOLDER-OF-FASHION-MNIST T");
            System.exit(2);
        }
        SpikingModel model = SpikingModel.load(Path.of(arguments[0]));
        Dataset images = FashionMnist.load(Split.TEST, Path.of(arguments[1]));
        int timeSteps = Integer.parseInt(arguments[2]);
        int length = Math.toIntExact(model.inputShape().elements());
        int classes = model.classes();
        FloatBuffer pixels = FloatBuffer.allocate(BATCH * length);
        FloatBuffer logits = FloatBuffer.allocate(BATCH * classes);
        int correct = 0;
        try (SpikingSession session = model.openSession(SessionOptions.defaults().withBatch(BATCH))) {
            for (int first = 0; first < images.size(); first += BATCH) {
                int count = Math.min(BATCH, images.size() - first);
                pixels.clear();
                for (int image = 0; image < count; image++) {
                    for (byte value : images.image(first + image)) {
                        pixels.put(Byte.toUnsignedInt(value));
                    }
                }
                session.runInto(pixels.flip(), timeSteps, logits.clear());
                for (int image = 0; image < count; image++) {
                    float[] answer = Arrays.copyOfRange(logits.array(), image * classes, (image + 1) * classes);
                    if (first + image < PRINTED) {
                        System.out.println("logits " + Arrays.toString(answer).replaceAll("[\\[\\],]", ""));
                    }
                    correct += argMax(answer) == images.label(first + image) ? 1 : 0;
                }
            }
        }
        System.out.println("accuracy " + correct / (double) images.size());
    }

    private static int argMax(float[] values) {
        int best = 0;
        for (int index = 1; index < values.length; index++) {
            if (values[index] > values[best]) {
                best = index;
            }
        }
        return best;
    }
}
