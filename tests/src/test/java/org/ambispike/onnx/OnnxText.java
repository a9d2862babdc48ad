package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.ambispike.onnx.OnnxComparison.Net;

/**
 * Networks as text, such as {@code y = Relu(Conv(x, ~[4, 3, 2, 2], pads = [1, 0, 0, 1])); Add(y, 0.5), y}: statements of which the
 * last names the results. Inputs of a node are values, of which {@code _} is left out; numbers with a point, or without one as
 * integers; {@code [1, 2]}, integers; {@code {0.5, 2}[2, 1]}, floats of an extent; {@code ~[2, 3]}, random ones in [-0.5, 0.5], and
 * {@code +[2, 3]} in [0.5, 2]. An attribute {@code axes @ 13 = [1]} is an input from opset 13 on. Words in lower case are methods of
 * {@link OnnxBuilder}.
 */
final class OnnxText {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z_]\\w*|-?(?:\\d[\\d.e]*|inf)|\\S");

    private final OnnxBuilder net;
    private final List<String> tokens;
    private final Map<String, String> names = new HashMap<>();
    private int at;

    private OnnxText(OnnxBuilder net, String text) {
        this.net = net;
        this.tokens = TOKEN.matcher(text).results().map(MatchResult::group).toList();
    }

    static Net of(String text) {
        return net -> new OnnxText(net, text).results();
    }

    /** Returns networks by name, from lines {@code name: network}; a line that begins with blanks goes on with the one before. */
    static Map<String, String> cases(String text) {
        Map<String, String> cases = new LinkedHashMap<>();
        for (String line : text.replaceAll("\n +", " ").lines().toList()) {
            String[] parts = line.split(": +", 2);
            cases.put(parts[0], parts[1]);
        }
        return cases;
    }

    private String take() {
        return tokens.get(at++);
    }

    private boolean sees(String token, int ahead) {
        return at + ahead < tokens.size() && tokens.get(at + ahead).equals(token);
    }

    private boolean takes(String token) {
        boolean there = sees(token, 0);
        at += there ? 1 : 0;
        return there;
    }

    private void require(String token) {
        if (!takes(token)) {
            throw new IllegalArgumentException("expected " + token + " before " + tokens.subList(at, tokens.size()));
        }
    }

    private List<String> results() {
        List<String> results = new ArrayList<>();
        do {
            results.clear();
            if (sees("=", 1)) {
                String name = take();
                require("=");
                names.put(name, value());
                continue;
            }
            do {
                results.add(value());
            } while (takes(","));
        } while (takes(";"));
        return results;
    }

    private String value() {
        String token = take();
        return switch (token) {
            case "~" -> net.random(-0.5, 0.5, extents());
            case "+" -> net.random(0.5, 2, extents());
            case "{" -> net.floats(numbers("}").stream().map(Double::floatValue).toList(), extents());
            case "[" -> net.longs(longs());
            case "_" -> "";
            default -> {
                if (isNumber(token)) {
                    yield token.matches("-?\\d+") ? net.integer(Long.parseLong(token)) : net.scalar(number(token));
                }
                yield takes("(") ? call(token) : names.getOrDefault(token, token);
            }
        };
    }

    private static boolean isNumber(String token) {
        return token.matches("-?(\\d.*|inf)");
    }

    private static double number(String token) {
        return token.endsWith("inf") ? Double.parseDouble(token.replace("inf", "Infinity")) : Double.parseDouble(token);
    }

    private List<Double> numbers(String end) {
        List<Double> numbers = new ArrayList<>();
        while (!takes(end)) {
            numbers.add(number(take()));
            takes(",");
        }
        return numbers;
    }

    private Long[] longs() {
        return numbers("]").stream().map(Double::longValue).toArray(Long[]::new);
    }

    private long[] extents() {
        require("[");
        return numbers("]").stream().mapToLong(Double::longValue).toArray();
    }

    private String call(String operation) {
        if (Character.isLowerCase(operation.charAt(0))) {
            return built(operation);
        }
        List<String> inputs = new ArrayList<>();
        List<AttributeProto> attributes = new ArrayList<>();
        while (!takes(")")) {
            if (sees("=", 1) || sees("@", 1)) {
                String name = take();
                boolean input = takes("@") && net.opset() >= Integer.parseInt(take());
                require("=");
                if (input) {
                    inputs.add(value());
                } else {
                    attributes.add(attribute(name, take()));
                }
            } else {
                inputs.add(value());
            }
            takes(",");
        }
        return net.node(operation, inputs, attributes.toArray(AttributeProto[]::new));
    }

    private AttributeProto attribute(String name, String token) {
        if (token.equals("[")) {
            return OnnxBuilder.of(name, longs());
        } else if (!isNumber(token)) {
            return OnnxBuilder.of(name, token);
        }
        return token.contains(".") ? OnnxBuilder.of(name, number(token)) : OnnxBuilder.of(name, Long.parseLong(token));
    }

    private String built(String method) {
        String input = value();
        takes(",");
        List<Double> given = numbers(")");
        long[] sizes = given.stream().mapToLong(Double::longValue).toArray();
        return switch (method) {
            case "conv" -> net.convolution(input, sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
            case "norm" -> net.batchNormalisation(input, sizes[0]);
            case "classifier" -> net.classifier(input, sizes[0], sizes[1]);
            case "clip" -> net.clip(input, given.get(0), given.get(1));
            default -> throw new IllegalArgumentException("there is no " + method);
        };
    }
}
