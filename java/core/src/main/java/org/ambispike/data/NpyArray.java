package org.ambispike.data;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ambispike.common.InputException;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;
import org.ambispike.io.AtomicFiles;
import org.ambispike.io.ElementType;
import org.ambispike.io.FileFault;

/** Arrays as NumPy's {@code save} writes them ({@code .npy}, versions 1 to 3): floats, integers of any width and booleans. */
public final class NpyArray {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST_HEADER = 1 << 16;
    private static final int CHUNK = 1 << 16;
    private static final int ALIGNMENT = 64;
    private static final Map<String, ElementType> KINDS = Map.ofEntries(
            Map.entry("f2", ElementType.F16),
            Map.entry("f4", ElementType.F32),
            Map.entry("f8", ElementType.F64),
            Map.entry("i1", ElementType.I8),
            Map.entry("i2", ElementType.I16),
            Map.entry("i4", ElementType.I32),
            Map.entry("i8", ElementType.I64),
            Map.entry("u1", ElementType.U8),
            Map.entry("u2", ElementType.U16),
            Map.entry("u4", ElementType.U32),
            Map.entry("u8", ElementType.U64),
            Map.entry("b1", ElementType.U8));
    private static final Pattern KIND = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([a-zA-Z]\\d+)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");

    private NpyArray() {}

    /**
     * Reads an array of at least one value; 64-bit numbers are rounded to floats.
     *
     * @throws InputException naming the file, if it is missing, damaged, or of a kind that is not read
     */
    public static HostTensor read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
            String header = header(file, in);
            Matcher kind = found(file, KIND, header);
            if (found(file, ORDER, header).group(1).equals("True")) {
                throw fault(file, "an array in Fortran order; save numpy.ascontiguousarray of it");
            }
            Shape shape = shape(file, found(file, SHAPE, header).group(1));
            ElementType numbers = Optional.ofNullable(KINDS.get(kind.group(2)))
                    .orElseThrow(
                            () -> fault(file, "numbers of the kind '" + kind.group(2) + "'; save them as float32"));
            long expected = Math.multiplyExact(shape.elements(), numbers.bytes());
            if (channel.size() - channel.position() != expected || shape.elements() > Integer.MAX_VALUE - 8) {
                throw fault(
                        file,
                        (channel.size() - channel.position()) + " bytes of data, expected " + expected + " for "
                                + shape);
            }
            ByteOrder order = kind.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            return new HostTensor(shape, values(channel, numbers, order, (int) shape.elements()));
        } catch (IOException e) {
            throw new InputException(file + ": cannot be read: " + e, e);
        } catch (ArithmeticException e) {
            throw new InputException(file + ": a shape without bounds", e);
        }
    }

    private static String header(Path file, DataInputStream in) throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(MAGIC, Arrays.copyOf(start, MAGIC.length))) {
            throw fault(file, "no array of NumPy (.npy)");
        }
        boolean early = start[MAGIC.length] == 1;
        byte[] size = in.readNBytes(early ? Short.BYTES : Integer.BYTES);
        if (size.length < Short.BYTES) {
            throw fault(file, "cut off");
        }
        ByteBuffer length = ByteBuffer.wrap(Arrays.copyOf(size, Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        int bytes = length.getInt();
        if (bytes < 0 || bytes > LONGEST_HEADER) {
            throw fault(file, "a header of " + Integer.toUnsignedString(bytes) + " bytes");
        }
        byte[] text = in.readNBytes(bytes);
        if (text.length < bytes) {
            throw fault(file, "cut off");
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    private static Matcher found(Path file, Pattern pattern, String header) {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw fault(file, "a header that is not understood: " + header.strip());
        }
        return matcher;
    }

    private static Shape shape(Path file, String text) {
        try {
            int[] extents = Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(extent -> !extent.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            return extents.length == 0 ? Shape.of(1) : Shape.of(extents);
        } catch (IllegalArgumentException e) {
            throw FileFault.of(file, "the shape (" + text + "), expected extents of at least 1", e);
        }
    }

    private static float[] values(FileChannel channel, ElementType kind, ByteOrder order, int count)
            throws IOException {
        float[] values = new float[count];
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK * kind.bytes()).order(order);
        for (int from = 0; from < count; from += CHUNK) {
            int part = Math.min(CHUNK, count - from);
            chunk.clear().limit(part * kind.bytes());
            while (chunk.hasRemaining()) {
                if (channel.read(chunk) < 0) {
                    throw new IOException("the file became shorter");
                }
            }
            kind.decode(chunk.flip(), values, from, part);
        }
        return values;
    }

    private static InputException fault(Path file, String what) {
        return FileFault.of(file, what);
    }

    /** Replaces the file by an array of float32, atomically. */
    public static void write(Path file, HostTensor tensor) {
        String extents = Arrays.toString(tensor.shape().toArray()).replace("[", "(");
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + extents.replace("]", ",)") + ", }";
        int start = MAGIC.length + 2 + Short.BYTES;
        int padding = (ALIGNMENT - (start + header.length() + 1) % ALIGNMENT) % ALIGNMENT;
        byte[] text = (header + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        float[] values = tensor.values();
        ByteBuffer bytes = ByteBuffer.allocate(start + text.length + Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) text.length)
                .put(text);
        bytes.asFloatBuffer().put(values);
        AtomicFiles.write(file, out -> out.write(bytes.array()));
    }

    /**
     * Puts each row of an array in the order of a network's values: rows with channels first, as ONNX has them, become
     * [H, W, C]; rows that are in that order, or flat, stay. Extents of 1 may be there or not. Where both orders fit,
     * channels are first.
     *
     * @param array [N, ...]
     * @param row [H, W, C] or [F]
     * @return [N, row]
     * @throws IllegalArgumentException saying what was expected, if rows are of another shape
     */
    public static float[] rows(HostTensor array, Shape row) {
        int[] found =
                Arrays.copyOfRange(array.shape().toArray(), 1, array.shape().rank());
        int[] last = row.toArray();
        int length = Math.toIntExact(row.elements());
        boolean flat = found.length == 1 && found[0] == length;
        if (row.rank() == 3 && !flat) {
            int[] first = {last[2], last[0], last[1]};
            if (Arrays.equals(wide(found), wide(first))) {
                return channelsLast(array.values(), length, last[2]);
            }
        }
        if (flat || Arrays.equals(wide(found), wide(last))) {
            return array.values();
        }
        throw new IllegalArgumentException("rows of " + Arrays.toString(found) + " in an array " + array.shape()
                + ", expected " + row + " (height, width, channels) or channels first");
    }

    private static int[] wide(int[] extents) {
        return Arrays.stream(extents).filter(extent -> extent != 1).toArray();
    }

    private static float[] channelsLast(float[] values, int length, int channels) {
        float[] turned = new float[values.length];
        int places = length / channels;
        for (int start = 0; start < values.length; start += length) {
            for (int channel = 0; channel < channels; channel++) {
                for (int place = 0; place < places; place++) {
                    turned[start + place * channels + channel] = values[start + channel * places + place];
                }
            }
        }
        return turned;
    }
}
