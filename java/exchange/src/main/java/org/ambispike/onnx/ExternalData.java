package org.ambispike.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * The files beside a model in which exporters put large weights. A model names them; none is opened outside its folder.
 *
 * @param folder of the model
 */
record ExternalData(Path folder) {
    static boolean holds(TensorProto tensor) {
        return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0;
    }

    /**
     * Reads the values of a tensor.
     *
     * @param expected bytes of its values
     * @throws Refusal if the file is not there or not in the folder, or has not these bytes
     */
    ByteBuffer read(TensorProto tensor, long expected) {
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            entries.put(entry.getKey(), entry.getValue());
        }
        String location = entries.getOrDefault("location", "");
        long offset = number(entries, "offset", 0);
        long length = number(entries, "length", expected);
        if (length != expected || expected > Integer.MAX_VALUE - 8) {
            throw new Refusal("its values have " + length + " bytes in '" + Names.printable(location) + "', expected "
                    + expected);
        }
        Path file = inside(location);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (offset > channel.size() - length) {
                throw new Refusal("its values are bytes " + offset + " to " + (offset + length) + " of '"
                        + Names.printable(location) + "', which has " + channel.size()
                        + "; export the model again, and keep its files together");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset + bytes.position()) < 0) {
                    throw new IOException("it ends early");
                }
            }
            return bytes.flip();
        } catch (IOException e) {
            throw new Refusal("its values cannot be read from '" + Names.printable(location) + "': " + e.getMessage());
        }
    }

    private static long number(Map<String, String> entries, String key, long otherwise) {
        try {
            long value = entries.containsKey(key) ? Long.parseLong(entries.get(key)) : otherwise;
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // refused below, as a negative one is
        }
        throw new Refusal(
                "the " + key + " of its values in another file is '" + Names.printable(entries.get(key)) + "'");
    }

    private Path inside(String location) {
        String named = "its values are in the file '" + Names.printable(location) + "'";
        try {
            Path relative = Path.of(location);
            boolean leaves = relative.isAbsolute() || location.isEmpty();
            for (Path part : relative) {
                leaves |= part.toString().equals("..");
            }
            if (leaves) {
                throw new Refusal(named + ", which is not below the folder of the model");
            }
            Path file = folder.resolve(relative);
            if (!Files.exists(file)) {
                throw new Refusal(named + " beside the model, which is not there: copy it too, or export with"
                        + " external_data=False");
            }
            Path real = file.toRealPath();
            if (!real.startsWith(folder.toRealPath())) {
                throw new Refusal(named + ", which leads out of the folder of the model");
            }
            if (!Files.isRegularFile(real)) {
                throw new Refusal(named + ", which is not a regular file");
            }
            return real;
        } catch (InvalidPathException | IOException e) {
            throw new Refusal(named + ", which cannot be opened: " + e.getMessage());
        }
    }
}
