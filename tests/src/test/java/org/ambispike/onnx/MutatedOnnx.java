package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes ONNX files that are damaged, or say something else, of those that are whole. */
final class MutatedOnnx {
    private static final List<Long> NUMBERS =
            List.of(0L, 1L, -1L, 2L, 3L, 7L, 255L, 65_536L, (long) Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE);
    private static final List<String> TEXTS =
            List.of("", "x", "Conv_4", "Conv", "Flatten", "Reshape", "Clip", "Add", "SAME_UPPER", "axis", "\u2028\n\0");

    private MutatedOnnx() {}

    /** Changes one to three fields, elements of lists or constants, wherever they are. */
    static ModelProto of(ModelProto model, Random random) {
        ModelProto.Builder mutant = model.toBuilder();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            change(mutant, random);
        }
        return mutant.build();
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
