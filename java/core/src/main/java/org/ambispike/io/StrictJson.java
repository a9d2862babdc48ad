package org.ambispike.io;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.InjectableValues;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;

/**
 * Records as JSON: field names are the components' names, an operation is {@code {"Name": {its components}}}, a shape a
 * list of integers. Reading is strict: unknown, missing, duplicate and null fields, values of another type and unknown
 * operations are errors. Thread-safe.
 */
final class StrictJson {
    private static final String ONE_QUANTUM = "oneQuantum";

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            // an operation without components is {}
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            // Op.isNeuron() is a question, not a component
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS, MapperFeature.AUTO_DETECT_IS_GETTERS)
            .withCoercionConfig(
                    LogicalType.Textual, config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .addModule(new SimpleModule()
                    .addSerializer(Shape.class, new ShapeWriter())
                    .addDeserializer(Shape.class, new ShapeReader())
                    .registerSubtypes(Arrays.stream(Op.class.getPermittedSubclasses())
                            .map(type -> new NamedType(type, type.getSimpleName()))
                            .toArray(NamedType[]::new)))
            .addMixIn(Op.class, OpByName.class)
            .addMixIn(Op.Spike.class, QuantaUnlessOne.class)
            .injectableValues(new InjectableValues.Std().addValue(ONE_QUANTUM, 1))
            .build();

    private StrictJson() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
    private interface OpByName {}

    /** Files from before spikes had quanta do not name them; nor do files without augmented spikes. */
    private abstract static class QuantaUnlessOne {
        @JsonCreator
        QuantaUnlessOne(
                @JsonProperty("model") NeuronModel model,
                @JsonProperty("alpha") double alpha,
                @JsonProperty("perChannel") boolean perChannel,
                @JsonProperty("quanta") @JacksonInject(ONE_QUANTUM) int quanta) {}

        @JsonProperty
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = One.class)
        abstract int quanta();
    }

    /** Equal to the number 1: what a filter leaves out. */
    private static final class One {
        @Override
        public boolean equals(Object other) {
            return Integer.valueOf(1).equals(other);
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** @throws IllegalArgumentException saying what is wrong and where in the JSON */
    static <T> T read(String json, TypeReference<T> type) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new IllegalArgumentException("is null");
            }
            return value;
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException("at " + place(e) + ": " + fault(e), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static String place(JsonMappingException fault) {
        String path = fault.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                .collect(Collectors.joining());
        return path.isEmpty() ? "the start" : path.replaceFirst("^\\.", "");
    }

    private static String fault(JsonMappingException fault) {
        if (fault instanceof UnrecognizedPropertyException unknown) {
            return "unknown field " + FileFault.quoted(unknown.getPropertyName());
        }
        if (fault instanceof InvalidTypeIdException unknown && unknown.getTypeId() != null) {
            return "unknown operation " + FileFault.quoted(unknown.getTypeId());
        }
        if (fault instanceof ValueInstantiationException refused && refused.getCause() != null) {
            return Optional.ofNullable(refused.getCause().getMessage()).orElse("null where a value is needed");
        }
        if (fault instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            Class<?> expected = mismatch.getTargetType();
            boolean list = Collection.class.isAssignableFrom(expected) || expected.isArray();
            return "missing, null or not a valid " + (list ? "list" : expected.getSimpleName());
        }
        return fault.getOriginalMessage();
    }

    private static final class ShapeWriter extends JsonSerializer<Shape> {
        @Override
        public void serialize(Shape shape, JsonGenerator json, SerializerProvider provider) throws IOException {
            int[] extents = shape.toArray();
            json.writeArray(extents, 0, extents.length);
        }
    }

    private static final class ShapeReader extends JsonDeserializer<Shape> {
        @Override
        public Shape deserialize(JsonParser json, DeserializationContext context) throws IOException {
            int[] extents = context.readValue(json, int[].class);
            try {
                return Shape.of(extents);
            } catch (IllegalArgumentException e) {
                throw JsonMappingException.from(json, e.getMessage(), e);
            }
        }
    }
}
