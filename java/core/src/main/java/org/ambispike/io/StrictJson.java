package org.ambispike.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Shape;

/**
 * Writes records as JSON and reads them: field names are the components' names, a record of a sealed kind, such as an operation, is
 * {@code {"Name": {its components}}}, a shape a list of integers. Components are numbers, booleans, strings, enums, records, lists and
 * maps of these, and what may be missing, which is not named where it is empty. Reading is strict: unknown, missing, duplicate and null
 * fields, values of another type and unknown operations are errors. Equal records are the same text. Records of another module are read
 * and written if it opens their package to this one.
 * Thread-safe.
 */
public final class StrictJson {
    /** Reads and writes tokens; a name that an object has twice is an error. */
    static final JsonFactory TOKENS = JsonFactory.builder()
            // buffers that are kept for a thread would keep a discarded class loader
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Components that came after the format: where they have this value, files do not name them. */
    private static final Map<String, Object> UNLESS_NAMED = Map.of(
            "Spike.quanta", 1,
            "SquareConvolution.groups", 1,
            "WindowAxis.dilation", 1,
            "Activation.slopes", List.of(),
            "Spike.slopes", List.of(),
            "Spike.gains", 0);

    private StrictJson() {}

    /**
     * Writes a record, or a list or map of what records consist of, without blanks.
     *
     * @throws IllegalArgumentException if it holds null or something else that has no JSON
     */
    public static String write(Object value) {
        return text(value, generator -> {});
    }

    private static String text(Object value, Consumer<JsonGenerator> form) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = TOKENS.createGenerator(text)) {
            form.accept(json);
            write(json, value);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to a string", e);
        }
        return text.toString();
    }

    /**
     * Reads a record.
     *
     * @throws IllegalArgumentException saying what is wrong and where in the JSON
     */
    public static <T> T read(String json, Class<T> type) {
        return type.cast(parse(json, type));
    }

    /**
     * Reads a list or map of what records consist of.
     *
     * @throws IllegalArgumentException saying what is wrong and where in the JSON
     */
    @SuppressWarnings("unchecked") // what is read is what the type says
    static <T> T read(String json, TypeReference<T> type) {
        return (T) parse(json, type.getType());
    }

    /**
     * Reads an object of any fields: what is in it are maps, lists, strings, booleans, integers, doubles and nulls.
     *
     * @throws IllegalArgumentException saying what is wrong and where in the JSON
     */
    public static Map<String, Object> readTree(String json) {
        return read(json, new TypeReference<Map<String, Object>>() {});
    }

    /** Writes as {@link #write}, to be read: a field in each line. */
    public static String writeLines(Object value) {
        return text(
                value,
                generator -> generator.setPrettyPrinter(
                        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"))));
    }

    private static Object parse(String text, Type type) {
        try (JsonParser json = TOKENS.createParser(text)) {
            if (json.nextToken() == JsonToken.VALUE_NULL) {
                throw new IllegalArgumentException("is null");
            }
            return new RecordReader(json, UNLESS_NAMED).document(type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read a string", e);
        }
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Enum<?> constant) {
            json.writeString(constant.name());
        } else if (value instanceof Integer number) {
            json.writeNumber(number);
        } else if (value instanceof Float number) {
            json.writeNumber(number);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Shape shape) {
            json.writeArray(shape.toArray(), 0, shape.rank());
        } else if (value instanceof List<?> values) {
            json.writeStartArray();
            for (Object element : values) {
                write(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> values) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : values.entrySet()) {
                json.writeFieldName(entry.getKey() instanceof Enum<?> key ? key.name() : (String) entry.getKey());
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (isOfSealedKind(value)) {
            json.writeStartObject();
            json.writeFieldName(value.getClass().getSimpleName());
            writeRecord(json, value);
            json.writeEndObject();
        } else if (value instanceof ConvGeometry geometry) {
            writeRecord(json, SquareConvolution.of(geometry));
        } else if (value instanceof Record) {
            writeRecord(json, value);
        } else {
            throw new IllegalArgumentException("cannot be written as JSON: " + value);
        }
    }

    private static boolean isOfSealedKind(Object value) {
        return value instanceof Record
                && Arrays.stream(value.getClass().getInterfaces()).anyMatch(Class::isSealed);
    }

    private static void writeRecord(JsonGenerator json, Object value) throws IOException {
        json.writeStartObject();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Object content = content(component, value);
            if (!content.equals(UNLESS_NAMED.get(RecordReader.fullName(component)))
                    && !content.equals(Optional.empty())) {
                json.writeFieldName(component.getName());
                write(json, content instanceof Optional<?> present ? present.orElseThrow() : content);
            }
        }
        json.writeEndObject();
    }

    private static Object content(RecordComponent component, Object value) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + RecordReader.fullName(component), e);
        }
    }
}
