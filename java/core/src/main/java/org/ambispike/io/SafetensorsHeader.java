package org.ambispike.io;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;

/**
 * The JSON header of a safetensors file. Nothing in it is believed: what is read lies within the file, covers it without
 * overlap or gap, and every size follows from its shape and type.
 *
 * @param metadata the strings under {@code __metadata__}
 * @param entries by tensor name, in the order of their data
 */
public record SafetensorsHeader(Map<String, String> metadata, Map<String, TensorEntry> entries) {
    static final String METADATA = "__metadata__";

    public SafetensorsHeader {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** The header as JSON, padded with spaces so that the data behind it are aligned to 8 bytes. */
    byte[] toBytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = StrictJson.TOKENS.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeObjectFieldStart(METADATA);
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            for (TensorEntry entry : entries.values()) {
                json.writeObjectFieldStart(entry.name());
                json.writeStringField("dtype", entry.type().name());
                json.writeFieldName("shape");
                int[] extents = entry.shape().toArray();
                json.writeArray(extents, 0, extents.length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {entry.begin(), entry.end()}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        byte[] header = bytes.toByteArray();
        byte[] padded = Arrays.copyOf(header, (header.length + 7) / 8 * 8);
        Arrays.fill(padded, header.length, padded.length, (byte) ' ');
        return padded;
    }

    /**
     * Reads and checks a header.
     *
     * @param file for messages
     * @param dataBytes how many bytes follow the header
     * @throws InputException naming the file, the entry and the fault
     */
    static SafetensorsHeader parse(Path file, byte[] bytes, long dataBytes) {
        return new Parser(file, dataBytes).parse(bytes);
    }

    private static final class Parser {
        private final Path file;
        private final long dataBytes;
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private final List<TensorEntry> entries = new ArrayList<>();

        Parser(Path file, long dataBytes) {
            this.file = file;
            this.dataBytes = dataBytes;
        }

        SafetensorsHeader parse(byte[] bytes) {
            // decoded here, for Jackson would take bytes with zeros between them for UTF-16
            try (JsonParser json = StrictJson.TOKENS.createParser(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString())) {
                require(json.nextToken() == JsonToken.START_OBJECT, "the header is not a JSON object");
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String name = json.currentName();
                    json.nextToken();
                    if (name.equals(METADATA)) {
                        metadata(json);
                    } else {
                        entries.add(entry(name, json));
                    }
                }
                require(json.nextToken() == null, "the header goes on after its JSON object");
            } catch (CharacterCodingException e) {
                throw FileFault.of(file, "the header is not UTF-8", e);
            } catch (JsonProcessingException e) {
                throw FileFault.of(file, "the header is not valid JSON: " + e.getOriginalMessage(), e);
            } catch (IOException e) {
                throw FileFault.of(file, "the header cannot be read: " + e.getMessage(), e);
            }
            return new SafetensorsHeader(metadata, contiguous());
        }

        private void metadata(JsonParser json) throws IOException {
            require(json.currentToken() == JsonToken.START_OBJECT, METADATA + " is not a JSON object");
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = json.currentName();
                require(
                        json.nextToken() == JsonToken.VALUE_STRING,
                        METADATA + " " + FileFault.quoted(key) + " is not a string");
                metadata.put(key, json.getText());
            }
        }

        private TensorEntry entry(String name, JsonParser json) throws IOException {
            String tensor = "tensor " + FileFault.quoted(name) + " ";
            require(json.currentToken() == JsonToken.START_OBJECT, tensor + "is not a JSON object");
            String type = null;
            long[] shape = null;
            long[] offsets = null;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "dtype" -> {
                        require(json.currentToken() == JsonToken.VALUE_STRING, tensor + "has a dtype not in quotes");
                        type = json.getText();
                    }
                    case "shape" -> shape = integers(json, tensor + "shape");
                    case "data_offsets" -> offsets = integers(json, tensor + "data_offsets");
                    default -> throw FileFault.of(file, tensor + "has an unknown field " + FileFault.quoted(field));
                }
            }
            require(type != null && shape != null && offsets != null, tensor + "lacks dtype, shape or data_offsets");
            return checked(name, tensor, type, shape, offsets);
        }

        private long[] integers(JsonParser json, String what) throws IOException {
            require(json.currentToken() == JsonToken.START_ARRAY, what + " is not a list");
            List<Long> values = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                require(
                        json.currentToken() == JsonToken.VALUE_NUMBER_INT
                                && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                                && json.getLongValue() >= 0,
                        what + " holds something other than an integer from 0 to 2^63 - 1");
                values.add(json.getLongValue());
            }
            return values.stream().mapToLong(Long::longValue).toArray();
        }

        private TensorEntry checked(String name, String tensor, String type, long[] extents, long[] offsets) {
            ElementType elementType = Arrays.stream(ElementType.values())
                    .filter(known -> known.name().equals(type))
                    .findFirst()
                    .orElseThrow(() -> FileFault.of(
                            file,
                            tensor + "has the dtype " + FileFault.quoted(type) + "; known are "
                                    + Arrays.toString(ElementType.values())));
            String shown = Arrays.toString(extents);
            require(
                    Arrays.stream(extents).allMatch(extent -> extent >= 1 && extent <= Integer.MAX_VALUE),
                    tensor + "has an extent that is zero or beyond 2^31 - 1: " + shown);
            // a scalar has no extents
            Shape shape = extents.length == 0
                    ? Shape.of(1)
                    : Shape.of(IntStream.range(0, extents.length)
                            .map(axis -> (int) extents[axis])
                            .toArray());
            long elements;
            try {
                elements = shape.elements();
            } catch (ArithmeticException e) {
                throw FileFault.of(file, tensor + "has more elements than can be counted: " + shown, e);
            }
            require(elements <= Safetensors.MAX_ELEMENTS, tensor + "has too many elements: " + shown);
            require(
                    offsets.length == 2 && offsets[0] <= offsets[1] && offsets[1] <= dataBytes,
                    tensor + "lies at bytes " + Arrays.toString(offsets) + " of data that are " + dataBytes
                            + " bytes long");
            require(
                    offsets[1] - offsets[0] == elements * elementType.bytes(),
                    tensor + "of type " + type + " and shape " + shown + " needs " + elements * elementType.bytes()
                            + " bytes, has " + (offsets[1] - offsets[0]));
            return new TensorEntry(name, elementType, shape, offsets[0], offsets[1]);
        }

        private Map<String, TensorEntry> contiguous() {
            Map<String, TensorEntry> ordered = new LinkedHashMap<>();
            long end = 0;
            entries.sort(Comparator.comparingLong(TensorEntry::begin));
            for (TensorEntry entry : entries) {
                require(
                        entry.begin() == end,
                        "tensor " + FileFault.quoted(entry.name()) + " begins at byte " + entry.begin()
                                + " of the data, expected " + end + (entry.begin() < end ? " (overlap)" : " (gap)"));
                end = entry.end();
                ordered.put(entry.name(), entry);
            }
            require(end == dataBytes, (dataBytes - end) + " bytes of data belong to no tensor");
            return ordered;
        }

        private void require(boolean holds, String otherwise) {
            if (!holds) {
                throw FileFault.of(file, otherwise);
            }
        }
    }
}
