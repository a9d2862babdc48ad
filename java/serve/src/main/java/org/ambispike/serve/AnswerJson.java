package org.ambispike.serve;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code POST /v1/classify} says. */
final class AnswerJson {
    private static final double NANOSECONDS = 1e6;

    private AnswerJson() {}

    static Map<String, Object> of(ClassifyRequest request, Answer answer, List<String> names) {
        Map<String, Object> json = new LinkedHashMap<>();
        int best = largest(answer.logits());
        json.put("class", best);
        json.put("className", names.get(best));
        json.put("probabilities", Softmax.of(answer.logits()));
        json.put("logits", answer.logits());
        json.put("timeSteps", answer.timeSteps());
        json.put("exit", request.exit().label());
        json.put("milliseconds", answer.nanoseconds() / NANOSECONDS);
        FittedImage image = request.image();
        json.put("image", Map.of("shape", image.shape(), "changes", image.changes()));
        answer.trace().ifPresent(trace -> json.put("trace", trace(trace, image, names)));
        return json;
    }

    private static Map<String, Object> trace(Answer.Trace trace, FittedImage image, List<String> names) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pixels", Base64.getEncoder().encodeToString(bytes(image.pixels())));
        json.put("probabilities", trace.probabilities());
        int best = largest(trace.annLogits());
        json.put(
                "ann",
                Map.of("class", best, "className", names.get(best), "probabilities", Softmax.of(trace.annLogits())));
        json.put("layers", trace.layers());
        return json;
    }

    private static byte[] bytes(float[] pixels) {
        byte[] bytes = new byte[pixels.length];
        for (int index = 0; index < bytes.length; index++) {
            bytes[index] = (byte) Math.round(pixels[index]);
        }
        return bytes;
    }

    /** The first of the largest ones. */
    private static int largest(float[] values) {
        int best = 0;
        for (int index = 1; index < values.length; index++) {
            if (values[index] > values[best]) {
                best = index;
            }
        }
        return best;
    }
}
