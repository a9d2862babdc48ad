import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.ambispike.AnnSession;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingResult;
import org.ambispike.SpikingSession;
import org.ambispike.device.Device;

/** Prints what a network and the ANN that it tends to answer to noise, to be compared between processors. */
final class Answers {
    private static final int IMAGES = 200;
    private static final int STEPS = 4;

    private Answers() {}

    public static void main(String[] arguments) {
        SpikingModel model = SpikingModel.load(Path.of(arguments[0]));
        int length = (int) model.inputShape().elements();
        float[] pixels = new float[IMAGES * length];
        SplittableRandom random = new SplittableRandom(1);
        for (int at = 0; at < pixels.length; at++) {
            pixels[at] = random.nextInt(256);
        }
        SessionOptions options = SessionOptions.defaults()
                .withDevice(Device.Request.CPU)
                .withThreads(2)
                .withBatch(IMAGES);
        try (SpikingSession session = model.openSession(options);
                AnnSession ann = model.clippedAnn().openSession(options)) {
            System.err.println(session.device());
            SpikingResult result = session.run(FloatBuffer.wrap(pixels), STEPS);
            for (int image = 0; image < IMAGES; image++) {
                System.out.println("class " + result.predicted(image));
            }
            float[] logits = new float[IMAGES * model.classes()];
            ann.runInto(FloatBuffer.wrap(pixels), FloatBuffer.wrap(logits));
            Arrays.asList(Arrays.toString(logits).replaceAll("[\\[\\] ]", "").split(","))
                    .forEach(logit -> System.out.println("ann " + logit));
        }
    }
}
