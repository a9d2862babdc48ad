package org.ambispike.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.ambispike.ExitRule;

/** Turns bodies into {@link ClassifyRequest}s; whatever is wrong with one is a {@link Problem}. Thread-safe. */
final class RequestReader {
    private static final Set<String> FIELDS = Set.of("image", "pixels", "timeSteps", "exit", "trace", "invert");
    private static final Set<String> EXIT_FIELDS = Set.of("margin", "confidence", "notBefore");
    private static final Set<String> PARAMETERS = Set.of("timeSteps", "exit", "trace", "invert");
    private static final String TIME_STEPS = "timeSteps";
    private static final String FORM = "multipart/form-data";
    /** What clients write that do not know what they send: such bodies are known by how they begin. */
    private static final Set<String> UNSAID =
            Set.of("", "application/x-www-form-urlencoded", "application/octet-stream");

    private final ImageFitter fitter;
    private final int largestTimeSteps;
    private final int defaultTimeSteps;

    RequestReader(ImageFitter fitter, int largestTimeSteps, int defaultTimeSteps) {
        this.fitter = fitter;
        this.largestTimeSteps = largestTimeSteps;
        this.defaultTimeSteps = defaultTimeSteps;
    }

    /** Whether bodies of a media type (in lower case, without parameters) are read; what says nothing of them is. */
    static boolean reads(String mediaType) {
        return mediaType.equals(Reply.JSON)
                || mediaType.startsWith("image/")
                || mediaType.equals(FORM)
                || UNSAID.contains(mediaType);
    }

    static Problem unsupported() {
        return new Problem(
                Problem.UNSUPPORTED_TYPE,
                "the body must be " + Reply.JSON + ", an image (PNG, JPEG, GIF or BMP), or a form with one: curl"
                        + " -F image=@boot.png");
    }

    /**
     * Reads a request.
     *
     * @param contentType with its parameters; empty for none
     * @param parameters of the query, for images that are the body itself or in a form
     */
    ClassifyRequest read(String contentType, byte[] body, Map<String, String> parameters) {
        String mediaType = Api.mediaType(contentType);
        if (mediaType.equals(FORM)) {
            FormImage form = FormImage.read(contentType, body);
            Map<String, String> all = new LinkedHashMap<>(form.fields());
            parameters.forEach((name, value) -> {
                if (all.put(name, value) != null) {
                    throw bad("the field " + name + " is in the form and in the query");
                }
            });
            return image(form.file(), all);
        }
        if (UNSAID.contains(mediaType) && !ImageFitter.isImage(body)) {
            throw unsupported();
        }
        if (mediaType.equals(Reply.JSON)) {
            if (!parameters.isEmpty()) {
                throw bad("a JSON body says all; leave the query away: " + new TreeSet<>(parameters.keySet()));
            }
            return json(ApiJson.parse(body));
        }
        return image(body, parameters);
    }

    private ClassifyRequest image(byte[] body, Map<String, String> parameters) {
        requireKnown("parameter", parameters.keySet().iterator(), PARAMETERS);
        int timeSteps = Optional.ofNullable(parameters.get(TIME_STEPS))
                .map(text -> timeSteps(integer(TIME_STEPS, text)))
                .orElse(defaultTimeSteps);
        ExitRule exit = Optional.ofNullable(parameters.get("exit"))
                .map(RequestReader::rule)
                .orElse(ExitRule.never());
        boolean trace = flag("trace", parameters.getOrDefault("trace", "false"));
        boolean invert = flag("invert", parameters.getOrDefault("invert", "false"));
        return new ClassifyRequest(fitter.fit(body, invert), timeSteps, exit, trace);
    }

    private ClassifyRequest json(JsonNode body) {
        requireKnown("field", body.fieldNames(), FIELDS);
        int timeSteps = body.has(TIME_STEPS) ? timeSteps(integer(TIME_STEPS, body.get(TIME_STEPS))) : defaultTimeSteps;
        ExitRule exit = body.has("exit") ? exit(body.get("exit")) : ExitRule.never();
        boolean trace = flag(body, "trace");
        boolean invert = flag(body, "invert");
        if (body.has("image") == body.has("pixels")) {
            throw bad("the body needs either image (a file in base64) or pixels (a list of numbers)");
        }
        FittedImage image = body.has("image")
                ? fitter.fit(base64(body.get("image")), invert)
                : fitter.fit(pixels(body.get("pixels")), invert);
        return new ClassifyRequest(image, timeSteps, exit, trace);
    }

    private static byte[] base64(JsonNode node) {
        if (!node.isTextual()) {
            throw bad("image must be a string: the file in base64");
        }
        try {
            return Base64.getDecoder().decode(node.textValue());
        } catch (IllegalArgumentException e) {
            throw bad("image is no base64: " + e.getMessage());
        }
    }

    private static float[] pixels(JsonNode node) {
        if (!node.isArray()) {
            throw bad("pixels must be a list of numbers");
        }
        float[] pixels = new float[node.size()];
        for (int index = 0; index < pixels.length; index++) {
            JsonNode value = node.get(index);
            if (!value.isNumber()) {
                throw bad("pixels must be a flat list of numbers, but holds another thing at " + index);
            }
            pixels[index] = value.floatValue();
        }
        return pixels;
    }

    private static ExitRule exit(JsonNode node) {
        if (!node.isObject() || node.has("margin") == node.has("confidence")) {
            throw bad("exit must be {\"margin\": x} or {\"confidence\": x}, x in (0, 1]");
        }
        requireKnown("field of exit", node.fieldNames(), EXIT_FIELDS);
        String measure = node.has("margin") ? "margin" : "confidence";
        if (!node.get(measure).isNumber()) {
            throw bad("exit: " + measure + " must be a number in (0, 1]");
        }
        try {
            double threshold = node.get(measure).doubleValue();
            ExitRule rule = node.has("margin") ? ExitRule.margin(threshold) : ExitRule.confidence(threshold);
            return node.has("notBefore") ? rule.notBefore(integer("notBefore", node.get("notBefore"))) : rule;
        } catch (IllegalArgumentException e) {
            throw bad("exit: " + e.getMessage());
        }
    }

    private static ExitRule rule(String text) {
        try {
            return ExitRule.parse(text);
        } catch (IllegalArgumentException e) {
            throw bad("exit: " + e.getMessage());
        }
    }

    private int timeSteps(int value) {
        if (value < 1 || value > largestTimeSteps) {
            throw bad("timeSteps must be from 1 to " + largestTimeSteps + ", got " + value);
        }
        return value;
    }

    private static int integer(String name, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw bad(name + " must be an integer");
        }
        return node.intValue();
    }

    private static int integer(String name, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw bad(name + " must be an integer");
        }
    }

    private static boolean flag(JsonNode body, String name) {
        if (body.has(name) && !body.get(name).isBoolean()) {
            throw bad(name + " must be true or false");
        }
        return body.has(name) && body.get(name).booleanValue();
    }

    private static boolean flag(String name, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw bad(name + " must be true or false");
        };
    }

    private static void requireKnown(String what, Iterator<String> names, Set<String> known) {
        while (names.hasNext()) {
            if (!known.contains(names.next())) {
                throw bad("unknown " + what + "; there are " + new TreeSet<>(known));
            }
        }
    }

    private static Problem bad(String message) {
        return new Problem(Problem.BAD_REQUEST, message);
    }
}
