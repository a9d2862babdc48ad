package org.ambispike.spark;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.ambispike.common.InputException;
import org.ambispike.data.DecodedImage;
import org.ambispike.data.ImageDecoder;
import org.ambispike.data.ImageTransform;
import org.ambispike.graph.Shape;
import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.collection.Seq;

/**
 * Reads the images of a column: files in memory or pixels as bytes, Spark's image schema, vectors, arrays of numbers. Pictures of
 * another size are shown whole in the middle of black, as the HTTP API does. A value; thread-safe.
 *
 * @param column name
 * @param index of the column in its rows
 * @param shape [H, W, C] of the network
 */
record ImageColumn(String column, int index, List<Integer> shape) implements Serializable {
    private static final ImageDecoder DECODER = new ImageDecoder(1 << 14, 64_000_000);
    private static final int MOST = 255;
    private static final List<String> FILES = List.of("\u0089PNG\r\n\u001a\n", "GIF87a", "GIF89a");
    private static final String JPEG_START = "\u00ff\u00d8\u00ff";
    private static final String JPEG_END = "\u00ff\u00d9";

    /** @throws InputException naming the columns or kinds that there are, if there is no such column of a kind that is read */
    static ImageColumn of(StructType schema, String column, Shape shape) {
        if (!Arrays.asList(schema.fieldNames()).contains(column)) {
            throw new InputException("there is no column '" + column + "' of images; there are "
                    + String.join(", ", schema.fieldNames()));
        }
        int index = schema.fieldIndex(column);
        DataType type = schema.fields()[index].dataType();
        boolean numbers = type instanceof ArrayType array
                && (array.elementType().equals(DataTypes.FloatType)
                        || array.elementType().equals(DataTypes.DoubleType));
        boolean image = type instanceof StructType struct
                && Arrays.equals(struct.fieldNames(), ImageSchema.columnSchema().fieldNames());
        if (!numbers && !image && !type.equals(DataTypes.BinaryType) && !type.equals(SQLDataTypes.VectorType())) {
            throw new InputException(
                    "the column '" + column + "' is of type " + type.simpleString()
                            + "; images are binary (PNG, JPEG, GIF, BMP or pixels), Spark's image, vector, or array of float or double");
        }
        return new ImageColumn(
                column, index, Arrays.stream(shape.toArray()).boxed().toList());
    }

    private Shape of() {
        return Shape.of(shape.stream().mapToInt(Integer::intValue).toArray());
    }

    int length() {
        return Math.toIntExact(of().elements());
    }

    /**
     * Writes the values of a row's image, [H, W, C], from {@code offset} on.
     *
     * @throws InputException if the row has no image that fits
     */
    void read(Row row, float[] target, int offset) {
        if (row.isNullAt(index)) {
            throw fault("there is no image (null)");
        }
        Object value = row.get(index);
        if (value instanceof byte[] bytes) {
            put(decoded(bytes), target, offset);
        } else if (value instanceof Row image) {
            put(decoded(image), target, offset);
        } else if (value instanceof Vector vector) {
            put(vector.size(), vector::apply, target, offset);
        } else {
            Seq<?> numbers = (Seq<?>) value;
            put(numbers.length(), at -> ((Number) numbers.apply(at)).doubleValue(), target, offset);
        }
    }

    /** Returns the same as bytes, whose values must be whole pixels. */
    byte[] pixels(Row row) {
        float[] values = new float[length()];
        read(row, values, 0);
        byte[] pixels = new byte[values.length];
        for (int at = 0; at < pixels.length; at++) {
            if (!(values[at] >= 0 && values[at] <= MOST && values[at] == Math.rint(values[at]))) {
                throw fault("value " + at + " is " + values[at] + ", expected whole pixels from 0 to 255");
            }
            pixels[at] = (byte) (int) values[at];
        }
        return pixels;
    }

    private interface Values {
        double at(int index);
    }

    private void put(int length, Values values, float[] target, int offset) {
        requireLength(length);
        for (int at = 0; at < length; at++) {
            target[offset + at] = (float) values.at(at);
        }
    }

    private static void put(byte[] pixels, float[] target, int offset) {
        for (int at = 0; at < pixels.length; at++) {
            target[offset + at] = Byte.toUnsignedInt(pixels[at]);
        }
    }

    private byte[] decoded(byte[] bytes) {
        if (!isFile(bytes) && bytes.length == length()) {
            return bytes;
        }
        try {
            return fitted(DECODER.decode("the image", bytes));
        } catch (InputException e) {
            throw fault(
                    e.getMessage() + "; nor are its " + bytes.length + " bytes the " + length() + " pixels of " + of());
        }
    }

    /** A JPEG file is known by both ends, for three bytes may also be pixels. */
    private static boolean isFile(byte[] bytes) {
        String start = new String(bytes, 0, Math.min(bytes.length, 8), StandardCharsets.ISO_8859_1);
        int tail = Math.max(0, bytes.length - 2);
        String end = new String(bytes, tail, bytes.length - tail, StandardCharsets.ISO_8859_1);
        return FILES.stream().anyMatch(start::startsWith) || start.startsWith(JPEG_START) && end.equals(JPEG_END);
    }

    /** Spark's images are OpenCV's: rows of blue, green, red. */
    private byte[] decoded(Row image) {
        int channels = ImageSchema.getNChannels(image);
        int height = ImageSchema.getHeight(image);
        int width = ImageSchema.getWidth(image);
        byte[] data = ImageSchema.getData(image);
        if (height < 1 || width < 1 || data.length != (long) height * width * channels) {
            throw fault("Spark could not decode " + ImageSchema.getOrigin(image));
        }
        int kept = channels >= 3 ? 3 : 1;
        byte[] values = new byte[height * width * kept];
        for (int pixel = 0; pixel < height * width; pixel++) {
            for (int channel = 0; channel < kept; channel++) {
                values[pixel * kept + channel] = data[pixel * channels + kept - 1 - channel];
            }
        }
        return fitted(new DecodedImage(Shape.of(height, width, kept), values));
    }

    private byte[] fitted(DecodedImage picture) {
        Shape wanted = of();
        if (picture.shape().equals(wanted)) {
            return picture.values();
        }
        if (wanted.rank() != 3 || wanted.extent(2) != 1 && wanted.extent(2) != 3) {
            throw fault("a picture of " + picture.shape() + " does not fit a network that takes " + wanted);
        }
        return ImageTransform.fitting(wanted).apply(picture).values();
    }

    private void requireLength(int values) {
        if (values != length()) {
            throw fault("it has " + values + " values, expected the " + length() + " of " + of());
        }
    }

    private InputException fault(String what) {
        return new InputException("column '" + column + "': " + what);
    }
}
