package org.ambispike.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.ambispike.OutputError;
import org.ambispike.common.InputException;
import org.ambispike.io.AtomicFiles;
import org.ambispike.io.FileFault;
import org.ambispike.latency.LatencyPoint;
import org.ambispike.paper.RateError;
import org.ambispike.paper.TimeStepResult;
import org.ambispike.run.EnergyEstimate;
import org.ambispike.run.ExitResult;

/** JSON of records, where a figure that was not measured, NaN in Java, is null. Thread-safe. */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addSerializer(double.class, new FiniteSerializer())
                    .addSerializer(Double.class, new FiniteSerializer())
                    .addDeserializer(double.class, new NanDeserializer())
                    .addDeserializer(Double.class, new NanDeserializer()))
            .addMixIn(EnergyEstimate.class, TimeStepsAsT.class)
            .addMixIn(ExitResult.class, TimeStepsAsT.class)
            .addMixIn(LatencyPoint.class, TimeStepsAsT.class)
            .addMixIn(OutputError.class, TimeStepsAsT.class)
            .addMixIn(RateError.class, TimeStepsAsT.class)
            .addMixIn(TimeStepResult.class, TimeStepsAsT.class)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    /** The number of time steps is called T in files. */
    private interface TimeStepsAsT {
        @JsonProperty("T")
        int timeSteps();
    }

    /** Replaces the file atomically. */
    static void write(Path file, Object value) {
        DefaultIndenter indent = new DefaultIndenter("  ", "\n");
        PrettyPrinter lines = new DefaultPrettyPrinter().withObjectIndenter(indent);
        AtomicFiles.writeText(file, text(MAPPER.writer(lines), value) + "\n");
    }

    /** Returns a value as JSON in one line of ASCII. */
    static String text(Object value) {
        return text(MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII), value);
    }

    private static String text(ObjectWriter writer, Object value) {
        try {
            return writer.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "no JSON of a " + value.getClass().getSimpleName(), e);
        }
    }

    /** Reads a list of a document, whose entries of earlier builds lack a figure: that is taken as not measured. */
    static <V> V read(Path file, Class<V> type, String list, String figure) {
        return read(file, text -> {
            JsonNode tree = MAPPER.readTree(text);
            for (JsonNode entry : tree.path(list)) {
                if (entry instanceof ObjectNode fields && !fields.has(figure)) {
                    fields.putNull(figure);
                }
            }
            return MAPPER.treeToValue(tree, type);
        });
    }

    private interface Parser<V> {
        V parse(String text) throws JsonProcessingException;
    }

    /** @throws InputException naming the file and the place, if it is missing, malformed or lacks a field */
    static <V> V read(Path file, Class<V> type) {
        return read(file, text -> MAPPER.readValue(text, type));
    }

    private static <V> V read(Path file, Parser<V> parser) {
        try {
            return parser.parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new InputException(file + " does not exist; name the folder that a run wrote", e);
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            String what = e.getOriginalMessage().lines().findFirst().orElse("malformed");
            throw FileFault.of(file, what + where + "; write it anew with the command that made it", e);
        } catch (CharacterCodingException e) {
            throw FileFault.of(file, "is no text in UTF-8; write it anew with the command that made it", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** A file that is part of the program, beside this class. */
    static <V> V resource(String name, Class<V> type) {
        try (InputStream in = Json.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + name);
            }
            return MAPPER.readValue(in, type);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the program's file " + name, e);
        }
    }

    private static final class FiniteSerializer extends StdSerializer<Double> {
        FiniteSerializer() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                out.writeNumber(value);
            } else {
                out.writeNull();
            }
        }
    }

    private static final class NanDeserializer extends StdDeserializer<Double> {
        NanDeserializer() {
            super(Double.class);
        }

        @Override
        public Double deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return _parseDoublePrimitive(in, context);
        }

        @Override
        public Double getNullValue(DeserializationContext context) {
            return Double.NaN;
        }
    }
}
