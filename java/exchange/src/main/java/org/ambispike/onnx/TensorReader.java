package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ambispike.onnx.OnnxTensor.Numbers;

/** Reads constants of an ONNX file: memory is bounded by the bytes that are there, not by what extents claim. */
final class TensorReader {
    private static final int MAX_RANK = 8;

    /** One value among raw bytes. */
    private interface Raw {
        double at(ByteBuffer bytes, int index);
    }

    /** A type of values: how many bytes one has, where it lies among raw ones, and in which list it else stands. */
    private record Element(int bytes, boolean integers, Raw raw) {}

    private static final Map<TensorProto.DataType, Element> ELEMENTS = Map.ofEntries(
            Map.entry(TensorProto.DataType.FLOAT, new Element(4, false, (b, i) -> b.getFloat(4 * i))),
            Map.entry(TensorProto.DataType.DOUBLE, new Element(8, false, (b, i) -> b.getDouble(8 * i))),
            Map.entry(TensorProto.DataType.FLOAT16, new Element(2, false, (b, i) -> half(b.getShort(2 * i)))),
            Map.entry(TensorProto.DataType.BFLOAT16, new Element(2, false, (b, i) -> brain(b.getShort(2 * i)))),
            Map.entry(TensorProto.DataType.INT64, new Element(8, true, (b, i) -> b.getLong(8 * i))),
            Map.entry(TensorProto.DataType.INT32, new Element(4, true, (b, i) -> b.getInt(4 * i))),
            Map.entry(TensorProto.DataType.INT16, new Element(2, true, (b, i) -> b.getShort(2 * i))),
            Map.entry(TensorProto.DataType.INT8, new Element(1, true, ByteBuffer::get)),
            Map.entry(TensorProto.DataType.UINT8, new Element(1, true, (b, i) -> b.get(i) & 0xff)),
            Map.entry(TensorProto.DataType.BOOL, new Element(1, true, ByteBuffer::get)));

    private final ExternalData external;

    TensorReader(ExternalData external) {
        this.external = external;
    }

    /** @throws Refusal if the tensor is of another type, or its values do not fit its extents */
    OnnxTensor read(TensorProto tensor) {
        TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
        Element element = type == null ? null : ELEMENTS.get(type);
        if (element == null) {
            throw new Refusal("its values are of type " + (type == null ? tensor.getDataType() : type)
                    + "; export the network in float32 or float16, not quantised");
        }
        List<Integer> extents = new ArrayList<>();
        tensor.getDimsList().forEach(extent -> extents.add(extent(extent)));
        long count = count(extents);
        if (ExternalData.holds(tensor)) {
            ByteBuffer bytes = external.read(tensor, count * element.bytes());
            return new OnnxTensor(extents, index -> element.raw().at(bytes, index), element.integers());
        }
        long available = tensor.hasRawData() ? tensor.getRawData().size() / element.bytes() : listed(tensor, type);
        if (available != count || tensor.hasRawData() && tensor.getRawData().size() % element.bytes() != 0) {
            throw new Refusal("it has " + available + " values for the extents " + extents);
        }
        if (tensor.hasRawData()) {
            ByteBuffer bytes =
                    tensor.getRawData().asReadOnlyByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
            return new OnnxTensor(extents, index -> element.raw().at(bytes, index), element.integers());
        }
        return new OnnxTensor(extents, list(tensor, type), element.integers());
    }

    private static long listed(TensorProto tensor, TensorProto.DataType type) {
        return switch (type) {
            case FLOAT -> tensor.getFloatDataCount();
            case DOUBLE -> tensor.getDoubleDataCount();
            case INT64 -> tensor.getInt64DataCount();
            default -> tensor.getInt32DataCount();
        };
    }

    private static Numbers list(TensorProto tensor, TensorProto.DataType type) {
        return switch (type) {
            case FLOAT -> tensor::getFloatData;
            case DOUBLE -> tensor::getDoubleData;
            case INT64 -> tensor::getInt64Data;
            case FLOAT16 -> index -> half((short) tensor.getInt32Data(index));
            case BFLOAT16 -> index -> brain((short) tensor.getInt32Data(index));
            default -> tensor::getInt32Data;
        };
    }

    /** The value of a float16. */
    static double half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        double magnitude;
        if (exponent == 0x1f) {
            magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else if (exponent == 0) {
            magnitude = Math.scalb((double) fraction, -24);
        } else {
            magnitude = Math.scalb((double) (fraction + 0x400), exponent - 25);
        }
        return bits < 0 ? -magnitude : magnitude;
    }

    private static double brain(short bits) {
        return Float.intBitsToFloat(bits << 16);
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
