package org.ambispike.onnx;

import static org.ambispike.onnx.OnnxBuilder.of;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.ambispike.io.Resources;
import org.ambispike.support.Mutations;

/** Whatever happens to an ONNX file, reading it gives a network or an InputException, soon and in little memory. */
class MutatedOnnxProperties {
    private static final List<Long> NUMBERS =
            List.of(0L, 1L, -1L, 2L, 3L, 7L, 255L, 65_536L, (long) Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE);
    private static final List<String> TEXTS =
            List.of("", "x", "Conv_4", "Conv", "Flatten", "Reshape", "Clip", "Add", "SAME_UPPER", "axis", "\u2028\n\0");

    private static Path file;
    private static ModelProto model;

    @BeforeContainer
    static void makeAModel() throws IOException {
        file = Files.createTempFile("ambispike-mutant", ".onnx");
        OnnxBuilder net = new OnnxBuilder(13, -1, 2, 6, 5);
        String y = net.batchNormalisation(net.convolution("x", 2, 3, 3, 1, 1), 3);
        y = net.node("LeakyRelu", y, of("alpha", 0.1));
        String shortcut = net.node("Clip", List.of(y, net.scalar(-0.5), net.scalar(2)));
        y = net.node("PRelu", List.of(net.convolution(shortcut, 3, 3, 1, 1, 0), net.scalar(0.2)));
        y = net.node("Relu", net.node("Add", List.of(y, shortcut)));
        y = net.node("AveragePool", y, of("kernel_shape", 2L, 2L), of("strides", 2L, 2L));
        y = net.node("Reshape", List.of(net.node("Identity", y), net.longs(0L, -1L)));
        y = net.node("MatMul", List.of(y, net.random(-1, 1, 18, 4)));
        y = net.node("Dropout", net.node("Add", List.of(y, net.random(-1, 1, 4))));
        model = net.model(net.classifier(y, 4, 3));
        Files.write(file, model.toByteArray());
        assertThat(OnnxImport.read(file).require().graph().classes()).isEqualTo(3);
    }

    @AfterContainer
    static void removeFile() throws IOException {
        Files.delete(file);
    }

    private static boolean readable(byte[] mutant) throws IOException {
        Files.write(file, mutant);
        return Resources.accepts(file, () -> OnnxImport.read(file).require());
    }

    @Property(tries = 400, seed = "17")
    void changedBytesAreRefusedOrValid(@ForAll long seed) throws IOException {
        byte[] valid = model.toByteArray();
        readable(Mutations.of(valid, valid.length, new Random(seed)));
    }

    @Property(tries = 600, seed = "18")
    void changedFieldsAreRefusedOrValid(@ForAll long seed) throws IOException {
        readable(withChangedFields(new Random(seed)));
    }

    /** What the properties say would mean little of mutants that are still valid. */
    @Example
    void mostMutantsAreRefused() throws IOException {
        int refused = 0;
        for (int seed = 0; seed < 400; seed++) {
            refused += readable(withChangedFields(new Random(seed))) ? 0 : 1;
        }
        assertThat(refused).isGreaterThanOrEqualTo(200);
    }

    private static byte[] withChangedFields(Random random) {
        Message.Builder mutant = model.toBuilder();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            change(mutant, random);
        }
        return mutant.build().toByteArray();
    }

    private static void change(Message.Builder message, Random random) {
        List<FieldDescriptor> fields = new ArrayList<>(message.getAllFields().keySet());
        if (fields.isEmpty()) {
            return;
        }
        FieldDescriptor field = fields.get(random.nextInt(fields.size()));
        if (random.nextInt(20) == 0) {
            message.clearField(field);
        } else if (field.isRepeated()) {
            changeList(message, field, random);
        } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            Message.Builder part = ((Message) message.getField(field)).toBuilder();
            change(part, random);
            message.setField(field, part.build());
        } else {
            message.setField(field, other(field, message.getField(field), random));
        }
    }

    private static void changeList(Message.Builder message, FieldDescriptor field, Random random) {
        List<Object> values = new ArrayList<>((List<?>) message.getField(field));
        int index = random.nextInt(values.size());
        switch (random.nextInt(8)) {
            case 0 -> values.remove(index);
            case 1 -> values.add(index, values.get(random.nextInt(values.size())));
            default -> {
                if (values.get(index) instanceof Message part) {
                    Message.Builder changed = part.toBuilder();
                    change(changed, random);
                    values.set(index, changed.build());
                } else {
                    values.set(index, other(field, values.get(index), random));
                }
            }
        }
        message.setField(field, values);
    }

    private static Object other(FieldDescriptor field, Object value, Random random) {
        long number = NUMBERS.get(random.nextInt(NUMBERS.size()));
        return switch (field.getJavaType()) {
            case INT -> (int) number;
            case LONG -> number;
            case FLOAT -> random.nextBoolean() ? (float) number : Float.NaN;
            case DOUBLE -> random.nextBoolean() ? (double) number : Double.POSITIVE_INFINITY;
            case BOOLEAN -> random.nextBoolean();
            case STRING -> TEXTS.get(random.nextInt(TEXTS.size()));
            case BYTE_STRING -> ((ByteString) value).substring(random.nextInt(((ByteString) value).size() + 1));
            case ENUM -> field.getEnumType()
                    .getValues()
                    .get(random.nextInt(field.getEnumType().getValues().size()));
            case MESSAGE -> value;
        };
    }
}
