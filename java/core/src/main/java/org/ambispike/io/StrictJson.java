package org.ambispike.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.ambispike.graph.ConvGeometry;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;

/**
 * Writes records as JSON and reads them: field names are the components' names, an operation is {@code {"Name": {its
 * components}}}, a shape a list of integers. Components are numbers, booleans, strings, enums, records, and lists and
 * maps of these. Reading is strict: unknown, missing, duplicate and null fields, values of another type and unknown
 * operations are errors. Records of another module are read and written if it opens their package to this one.
 * Thread-safe.
 */
public final class StrictJson {
    /** Reads and writes tokens; a name that an object has twice is an error. */
    static final JsonFactory TOKENS = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Components that came after the format: where they have this value, files do not name them. */
    private static final Map<String, Object> UNLESS_NAMED = Map.of(
            "Spike.quanta", 1,
            "SquareConvolution.groups", 1,
            "WindowAxis.dilation", 1,
            "Activation.slopes", List.of(),
            "Spike.slopes", List.of());

    private StrictJson() {}

    /**
     * Writes a record, or a list or map of what records consist of, without blanks.
     *
     * @throws IllegalArgumentException if it holds null or something else that has no JSON
     */
    public static String write(Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = TOKENS.createGenerator(text)) {
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
                json.writeFieldName((String) entry.getKey());
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof Op operation) {
            json.writeStartObject();
            json.writeFieldName(operation.getClass().getSimpleName());
            writeRecord(json, operation);
            json.writeEndObject();
        } else if (value instanceof ConvGeometry geometry) {
            writeRecord(json, SquareConvolution.of(geometry));
        } else if (value instanceof Record) {
            writeRecord(json, value);
        } else {
            throw new IllegalArgumentException("cannot be written as JSON: " + value);
        }
    }

    private static void writeRecord(JsonGenerator json, Object value) throws IOException {
        json.writeStartObject();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Object content = content(component, value);
            if (!content.equals(UNLESS_NAMED.get(RecordReader.fullName(component)))) {
                json.writeFieldName(component.getName());
                write(json, content);
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
