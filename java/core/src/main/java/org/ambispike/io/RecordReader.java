package org.ambispike.io;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;

/** Reads one document of {@link StrictJson} and knows where in it the parser stands. For one use. */
final class RecordReader {
    private final JsonParser json;
    private final Map<String, Object> unlessNamed;
    /** The fields and elements that are being read; a fault leaves it at its place. */
    private final Deque<String> path = new ArrayDeque<>();

    /**
     * Reads from the first token, which has been read.
     *
     * @param unlessNamed the values of components that may be missing, by {@link #fullName}
     */
    RecordReader(JsonParser json, Map<String, Object> unlessNamed) {
        this.json = json;
        this.unlessNamed = unlessNamed;
    }

    static String fullName(RecordComponent component) {
        return component.getDeclaringRecord().getSimpleName() + "." + component.getName();
    }

    /**
     * Reads the whole document.
     *
     * @throws IllegalArgumentException saying what is wrong and where
     * @throws JsonProcessingException if it is no JSON from its start on
     */
    Object document(Type type) throws IOException {
        try {
            Object value = value(type);
            if (json.nextToken() != null) {
                throw fault("goes on after its end");
            }
            return value;
        } catch (JsonProcessingException e) {
            if (path.isEmpty()) {
                throw e;
            }
            throw new IllegalArgumentException("at " + place() + ": " + e.getOriginalMessage(), e);
        }
    }

    private Object value(Type type) throws IOException {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == Optional.class) {
                return Optional.of(value(arguments[0]));
            }
            return generic.getRawType() == List.class ? list(arguments[0]) : map((Class<?>) arguments[0], arguments[1]);
        }
        Class<?> expected = (Class<?>) type;
        if (expected.isRecord()) {
            return record(expected);
        } else if (expected.isInterface() && expected.isSealed()) {
            return oneOf(expected);
        } else if (expected == Shape.class) {
            return shape();
        } else if (expected == Object.class) {
            return anything();
        }
        return scalar(expected);
    }

    /** Maps, lists, strings, booleans, integers and doubles. */
    private Object anything() throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> map(String.class, Object.class);
            case START_ARRAY -> list(Object.class);
            case VALUE_STRING -> json.getText();
            case VALUE_TRUE, VALUE_FALSE -> json.getBooleanValue();
            case VALUE_NUMBER_INT -> json.getIntValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            default -> throw invalid(Object.class);
        };
    }

    private Object scalar(Class<?> type) throws IOException {
        JsonToken token = json.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            String text = json.getText();
            if (type == String.class) {
                return text;
            } else if (type.isEnum()) {
                return constant(type, text);
            }
        } else if (type == boolean.class && token != null && token.isBoolean()) {
            return json.getBooleanValue();
        } else if (token != null && token.isNumeric()) {
            if (type == double.class || type == Double.class) {
                return json.getDoubleValue();
            } else if (type == Float.class) {
                return json.getFloatValue();
            } else if ((type == int.class || type == Integer.class) && token == JsonToken.VALUE_NUMBER_INT) {
                return json.getIntValue();
            }
        }
        throw invalid(type);
    }

    private Object constant(Class<?> type, String name) {
        List<String> names = new ArrayList<>();
        for (Object constant : type.getEnumConstants()) {
            names.add(((Enum<?>) constant).name());
            if (names.contains(name)) {
                return constant;
            }
        }
        throw fault("missing, null or not a valid " + type.getSimpleName() + ": " + FileFault.quoted(name)
                + "; it is one of " + String.join(", ", names));
    }

    private List<Object> list(Type type) throws IOException {
        require(JsonToken.START_ARRAY, List.class);
        List<Object> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            path.addLast("[" + values.size() + "]");
            values.add(type == Object.class ? value(type) : element(type));
            path.removeLast();
        }
        return values;
    }

    private Map<Object, Object> map(Class<?> keys, Type type) throws IOException {
        require(JsonToken.START_OBJECT, Map.class);
        Map<Object, Object> values = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            path.addLast("." + name);
            json.nextToken();
            values.put(keys.isEnum() ? constant(keys, name) : name, element(type));
            path.removeLast();
        }
        return values;
    }

    /** Null too, for objects: who takes the list or map refuses it, and knows better what it lacks. */
    private Object element(Type type) throws IOException {
        return json.currentToken() == JsonToken.VALUE_NULL && type != int.class ? null : value(type);
    }

    private Shape shape() throws IOException {
        List<Object> extents = list(int.class);
        try {
            return Shape.of(extents.stream().mapToInt(Integer.class::cast).toArray());
        } catch (IllegalArgumentException e) {
            throw fault(e.getMessage(), e);
        }
    }

    /** A record of a sealed kind, as {@code {"Name": {its components}}}. */
    private Object oneOf(Class<?> kind) throws IOException {
        String what = kind == Op.class ? "operation" : kind.getSimpleName();
        require(JsonToken.START_OBJECT, kind);
        if (json.nextToken() != JsonToken.FIELD_NAME) {
            throw invalid(kind);
        }
        String name = json.currentName();
        Class<?> type = Arrays.stream(kind.getPermittedSubclasses())
                .filter(known -> known.getSimpleName().equals(name))
                .findFirst()
                .orElseThrow(() -> fault("unknown " + what + " " + FileFault.quoted(name)));
        json.nextToken();
        Object made = record(type);
        if (json.nextToken() != JsonToken.END_OBJECT) {
            throw fault("more than one " + what);
        }
        return made;
    }

    private Object record(Class<?> type) throws IOException {
        require(JsonToken.START_OBJECT, type);
        List<Class<?>> forms = type == ConvGeometry.class ? List.of(SquareConvolution.class, type) : List.of(type);
        Map<String, Object> values = new HashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            path.addLast("." + name);
            forms = forms.stream()
                    .filter(form -> components(form).containsKey(name))
                    .toList();
            if (forms.isEmpty()) {
                throw fault("unknown field " + FileFault.quoted(name));
            }
            json.nextToken();
            values.put(name, value(components(forms.get(0)).get(name).getGenericType()));
            path.removeLast();
        }
        Map<String, RecordComponent> components = components(forms.get(0));
        components.forEach((name, component) -> values.computeIfAbsent(name, missing -> unlessNamed(component)));
        return made(forms.get(0), components, values);
    }

    private static Map<String, RecordComponent> components(Class<?> form) {
        Map<String, RecordComponent> components = new LinkedHashMap<>();
        for (RecordComponent component : form.getRecordComponents()) {
            components.put(component.getName(), component);
        }
        return components;
    }

    private Object unlessNamed(RecordComponent component) {
        if (component.getType() == Optional.class) {
            return Optional.empty();
        }
        if (!unlessNamed.containsKey(fullName(component))) {
            path.addLast("." + component.getName());
            throw invalid(component.getType());
        }
        return unlessNamed.get(fullName(component));
    }

    private Object made(Class<?> type, Map<String, RecordComponent> components, Map<String, Object> values) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    components.values().stream().map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            Object record = constructor.newInstance(
                    components.keySet().stream().map(values::get).toArray());
            return record instanceof SquareConvolution square ? square.geometry() : record;
        } catch (IllegalArgumentException e) {
            throw fault(e.getMessage(), e);
        } catch (ReflectiveOperationException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                // what copies its lists refuses null without a message
                String reason = Optional.ofNullable(refused.getMessage()).orElse("null where a value is needed");
                throw fault(reason, refused);
            }
            throw new IllegalStateException("cannot make a " + type.getName(), e);
        }
    }

    private void require(JsonToken token, Class<?> type) {
        if (json.currentToken() != token) {
            throw invalid(type);
        }
    }

    private IllegalArgumentException invalid(Class<?> type) {
        String expected = type == List.class || type == Shape.class
                ? "list"
                : type == Map.class ? "object" : type.getSimpleName();
        return fault("missing, null or not a valid " + expected);
    }

    private IllegalArgumentException fault(String what) {
        return new IllegalArgumentException("at " + place() + ": " + what);
    }

    private IllegalArgumentException fault(String what, Throwable cause) {
        return new IllegalArgumentException("at " + place() + ": " + what, cause);
    }

    private String place() {
        return path.isEmpty() ? "the start" : String.join("", path).replaceFirst("^\\.", "");
    }
}
