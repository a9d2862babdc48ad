package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ambispike.io.ElementType;
import org.ambispike.onnx.OnnxTensor.Numbers;

/** Reads constants of an ONNX file: memory is bounded by the bytes that are there, not by what extents claim. */
final class TensorReader {
    private static final int MAX_RANK = 8;

    private static final Map<TensorProto.DataType, ElementType> TYPES = Map.of(
            TensorProto.DataType.FLOAT, ElementType.F32,
            TensorProto.DataType.DOUBLE, ElementType.F64,
            TensorProto.DataType.FLOAT16, ElementType.F16,
            TensorProto.DataType.BFLOAT16, ElementType.BF16,
            TensorProto.DataType.INT64, ElementType.I64,
            TensorProto.DataType.INT32, ElementType.I32,
            TensorProto.DataType.INT16, ElementType.I16,
            TensorProto.DataType.INT8, ElementType.I8,
            TensorProto.DataType.UINT8, ElementType.U8,
            TensorProto.DataType.BOOL, ElementType.I8);
    private static final Set<ElementType> REALS =
            EnumSet.of(ElementType.F32, ElementType.F64, ElementType.F16, ElementType.BF16);

    /** Values that stand in a field of their own, rather than as bytes. */
    private record Listed(int count, Numbers numbers) {}

    private final ExternalData external;

    TensorReader(ExternalData external) {
        this.external = external;
    }

    /** @throws Refusal if the tensor is of another type, or its values do not fit its extents */
    OnnxTensor read(TensorProto tensor) {
        TensorProto.DataType named = TensorProto.DataType.forNumber(tensor.getDataType());
        ElementType type = named == null ? null : TYPES.get(named);
        if (type == null) {
            throw new Refusal("its values are of type " + (named == null ? tensor.getDataType() : named)
                    + "; export the network in float32 or float16, not quantised");
        }
        List<Integer> extents = new ArrayList<>();
        tensor.getDimsList().forEach(extent -> extents.add(extent(extent)));
        long count = count(extents);
        boolean integers = !REALS.contains(type);
        if (ExternalData.holds(tensor)) {
            return new OnnxTensor(extents, numbers(external.read(tensor, count * type.bytes()), type), integers);
        }
        Listed listed = listed(tensor, type);
        int bytes = tensor.getRawData().size();
        long available = tensor.hasRawData() ? bytes / type.bytes() : listed.count();
        if (available != count || tensor.hasRawData() && bytes % type.bytes() != 0) {
            throw new Refusal("it has " + available + " values for the extents " + extents);
        }
        ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
        return new OnnxTensor(extents, tensor.hasRawData() ? numbers(raw, type) : listed.numbers(), integers);
    }

    private static Numbers numbers(ByteBuffer bytes, ElementType type) {
        return index -> type.at(bytes, index * type.bytes());
    }

    private static Listed listed(TensorProto tensor, ElementType type) {
        return switch (type) {
            case F32 -> new Listed(tensor.getFloatDataCount(), tensor::getFloatData);
            case F64 -> new Listed(tensor.getDoubleDataCount(), tensor::getDoubleData);
            case I64 -> new Listed(tensor.getInt64DataCount(), tensor::getInt64Data);
            case F16 -> new Listed(
                    tensor.getInt32DataCount(), index -> ElementType.half((short) tensor.getInt32Data(index)));
            case BF16 -> new Listed(
                    tensor.getInt32DataCount(), index -> Float.intBitsToFloat(tensor.getInt32Data(index) << 16));
            default -> new Listed(tensor.getInt32DataCount(), tensor::getInt32Data);
        };
    }

    private static int extent(long extent) {
        if (extent < 0 || extent > Integer.MAX_VALUE) {
            throw new Refusal("it has an extent of " + extent);
        }
        return (int) extent;
    }

    private static long count(List<Integer> extents) {
        if (extents.size() > MAX_RANK) {
            throw new Refusal("it has " + extents.size() + " extents");
        }
        long count = 1;
        for (int extent : extents) {
            count *= extent;
            if (count > Integer.MAX_VALUE) {
                throw new Refusal("it has more values than can be read: " + extents);
            }
        }
        return count;
    }
}
