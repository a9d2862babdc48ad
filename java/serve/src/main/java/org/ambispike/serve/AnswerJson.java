package org.ambispike.serve;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ambispike.graph.Graph;

/** What {@code POST /v1/classify} and {@code POST /v1/run} say. */
final class AnswerJson {
    private static final double NANOSECONDS = 1e6;

    private AnswerJson() {}

    /** A class with its probabilities. */
    static Map<String, Object> classes(ClassifyRequest request, Answer answer, List<String> names) {
        Map<String, Object> json = new LinkedHashMap<>();
        int best = largest(answer.logits());
        json.put("class", best);
        json.put("className", names.get(best));
        json.put("probabilities", Softmax.of(answer.logits()));
        json.put("logits", answer.logits());
        json.put("exit", request.exit().label());
        common(json, request, answer);
        answer.trace().ifPresent(trace -> {
            Map<String, Object> traced = trace(trace, request.image());
            traced.put("probabilities", trace.logits().stream().map(Softmax::of).toList());
            int anns = largest(trace.annLogits());
            traced.put(
                    "ann",
                    Map.of(
                            "class", anns,
                            "className", names.get(anns),
                            "probabilities", Softmax.of(trace.annLogits())));
            json.put("trace", traced);
        });
        return json;
    }

    /** All results by name and shape. In a trace, the values of all of them, joined in their order, are floats in base64. */
    static Map<String, Object> results(ClassifyRequest request, Answer answer, List<Graph.Output> outputs) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("outputs", outputs(answer.logits(), outputs));
        json.put("exit", request.exit().label());
        common(json, request, answer);
        answer.trace().ifPresent(trace -> {
            Map<String, Object> traced = trace(trace, request.image());
            traced.put("values", trace.logits().stream().map(AnswerJson::base64).toList());
            traced.put(
                    "errors",
                    trace.logits().stream()
                            .map(values -> error(values, trace.annLogits()))
                            .toList());
            traced.put("ann", Map.of("values", base64(trace.annLogits())));
            json.put("trace", traced);
        });
        return json;
    }

    private static void common(Map<String, Object> json, ClassifyRequest request, Answer answer) {
        json.put("timeSteps", answer.timeSteps());
        json.put("milliseconds", answer.nanoseconds() / NANOSECONDS);
        json.put(
                "image",
                Map.of(
                        "shape",
                        request.image().shape(),
                        "changes",
                        request.image().changes()));
    }

    private static Map<String, Object> trace(Answer.Trace trace, FittedImage image) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pixels", Base64.getEncoder().encodeToString(bytes(image.pixels())));
        json.put("layers", trace.layers());
        return json;
    }

    private static List<Map<String, Object>> outputs(float[] values, List<Graph.Output> outputs) {
        return outputs.stream()
                .map(output -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("name", output.name());
                    json.put("shape", output.shape());
                    json.put("values", Arrays.copyOfRange(values, output.offset(), output.offset() + output.length()));
                    return json;
                })
                .toList();
    }

    /** Norm of the difference from the ANN's values over their norm; 0 where nothing differs. */
    private static double error(float[] values, float[] wanted) {
        double difference = 0;
        double norm = 0;
        for (int index = 0; index < wanted.length; index++) {
            difference += Math.pow((double) values[index] - wanted[index], 2);
            norm += Math.pow(wanted[index], 2);
        }
        return difference == 0 ? 0 : Math.sqrt(difference / Math.max(norm, Double.MIN_NORMAL));
    }

    private static String base64(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
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
