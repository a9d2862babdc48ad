package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * A constant of an ONNX file: floats, or integers as in shapes.
 *
 * @param extents outermost first; none for a scalar
 * @param values row-major
 * @param integers whether the file has them as integers
 */
record OnnxTensor(List<Integer> extents, double[] values, boolean integers) {
    private static final int MAX_RANK = 8;

    /** A list of values, or one alone. */
    static OnnxTensor of(double[] values, boolean scalar, boolean integers) {
        return new OnnxTensor(scalar ? List.of() : List.of(values.length), values, integers);
    }

    /**
     * Decodes a tensor; memory is bounded by the bytes that are there, not by what the extents claim.
     *
     * @throws Refusal if it is of another type, lies in another file, or its values do not fit its extents
     */
    static OnnxTensor read(TensorProto tensor) {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0) {
            throw new Refusal("its values are in another file (external data); save the model as one file");
        }
        TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
        if (type == TensorProto.DataType.FLOAT) {
            return read(tensor, Float.BYTES, ByteBuffer::getFloat, tensor.getFloatDataCount(), tensor::getFloatData);
        } else if (type == TensorProto.DataType.DOUBLE) {
            return read(
                    tensor, Double.BYTES, ByteBuffer::getDouble, tensor.getDoubleDataCount(), tensor::getDoubleData);
        } else if (type == TensorProto.DataType.INT64) {
            return read(tensor, Long.BYTES, ByteBuffer::getLong, tensor.getInt64DataCount(), tensor::getInt64Data);
        } else if (type == TensorProto.DataType.INT32) {
            return read(tensor, Integer.BYTES, ByteBuffer::getInt, tensor.getInt32DataCount(), tensor::getInt32Data);
        } else if (type == TensorProto.DataType.BOOL) {
            return read(tensor, 1, ByteBuffer::get, tensor.getInt32DataCount(), tensor::getInt32Data);
        }
        throw new Refusal("its values are of type " + (type == null ? tensor.getDataType() : type)
                + "; FLOAT, DOUBLE, INT32, INT64 and BOOL are read: export the network in float32");
    }

    private static OnnxTensor read(
            TensorProto tensor, int bytes, ToDoubleFunction<ByteBuffer> next, int listed, IntToDoubleFunction element) {
        boolean raw = tensor.hasRawData();
        long available = raw ? tensor.getRawData().size() : (long) listed * bytes;
        List<Integer> extents =
                tensor.getDimsList().stream().map(OnnxTensor::extent).toList();
        long count = count(extents);
        if (available != count * bytes) {
            throw new Refusal("it has " + available / (double) bytes + " values for the extents " + extents);
        }
        double[] values = new double[(int) count];
        ByteBuffer buffer = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        for (int index = 0; index < values.length; index++) {
            values[index] = raw ? next.applyAsDouble(buffer) : element.applyAsDouble(index);
            if (!Double.isFinite(values[index])) {
                throw new Refusal("it holds " + values[index]);
            }
        }
        boolean real = tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE
                || tensor.getDataType() == TensorProto.DataType.DOUBLE_VALUE;
        return new OnnxTensor(extents, values, !real);
    }

    private static int extent(long extent) {
        if (extent < 1 || extent > Integer.MAX_VALUE) {
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
