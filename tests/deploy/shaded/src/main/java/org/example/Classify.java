package org.example;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.ambispike.Images;
import org.ambispike.SessionOptions;
import org.ambispike.SpikingModel;
import org.ambispike.SpikingResult;
import org.ambispike.SpikingSession;
import org.ambispike.device.Device;

/** Classifies a grey image, and says when the answer came. Usage: java -jar classify.jar MODEL */
public final class Classify {
    private Classify() {}

    public static void main(String[] arguments) {
        Instant main = Instant.now();
        SpikingModel model = SpikingModel.load(Path.of(arguments[0]));
        Instant loaded = Instant.now();
        byte[] pixels = new byte[Math.toIntExact(model.inputShape().elements())];
        Arrays.fill(pixels, (byte) 128);
        SessionOptions options =
                SessionOptions.builder().device(Device.Request.CPU).threads(1).build();
        try (SpikingSession session = model.openSession(options)) {
            Instant opened = Instant.now();
            SpikingResult result = session.run(Images.of(pixels), 4);
            Instant answered = Instant.now();
            Duration processor = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
            Instant start = Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
            System.out.println("answer " + result.label(0));
            System.out.println("java " + milliseconds(start, main));
            System.out.println("model " + milliseconds(main, loaded));
            System.out.println("session " + milliseconds(loaded, opened));
            System.out.println("run " + milliseconds(opened, answered));
            System.out.println("first answer after " + milliseconds(start, answered));
            System.out.println("of processors " + processor.toMillis() + " ms");
        }
    }

    private static String milliseconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() + " ms";
    }
}
