package org.ambispike.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights in a file beside the model: read there, and nowhere else. */
class OnnxExternalDataTest {
    private static final int BYTES = 3 * 192 * Float.BYTES;
    private static final int OFFSET = 64;

    @TempDir
    private Path folder;

    private Path model;
    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        Files.createDirectories(folder.resolve("inside"));
        model = folder.resolve("inside/network.onnx");
        data = folder.resolve("inside/network.data");
        ByteBuffer bytes = ByteBuffer.allocate(OFFSET + BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(OFFSET);
        while (bytes.hasRemaining()) {
            bytes.putFloat((float) Math.sin(bytes.position()));
        }
        Files.write(data, bytes.array());
    }

    private Path written(Map<String, String> entries) throws IOException {
        OnnxBuilder net = new OnnxBuilder(17, -1, 4, 8, 6);
        TensorProto.Builder weight = TensorProto.newBuilder()
                .setName("far")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(192)
                .addDims(3)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL);
        entries.forEach((key, value) -> weight.addExternalData(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        net.graph().addInitializer(weight);
        ModelProto file = net.model(net.node("MatMul", List.of(net.node("Flatten", "x"), "far")));
        return Files.write(model, file.toByteArray());
    }

    @Test
    void weightsBesideTheModelAreRead() throws IOException {
        OnnxComparison.assertSame(
                written(Map.of("location", "network.data", "offset", "" + OFFSET, "length", "" + BYTES)));
        Files.createDirectories(model.resolveSibling("below"));
        Files.copy(data, model.resolveSibling("below/network.data"));
        OnnxComparison.assertSame(written(Map.of("location", "below/network.data", "offset", "" + OFFSET)));
    }

    private void refused(Map<String, String> entries, String reason) throws IOException {
        OnnxImport.Result result = OnnxImport.read(written(entries));
        assertThat(result.refused()).hasSize(1);
        assertThat(result.refused().get(0).note()).contains(reason);
    }

    @Test
    void othersAreRefused() throws IOException {
        Path outside = Files.copy(data, folder.resolve("outside.data"));
        Files.createSymbolicLink(model.resolveSibling("link.data"), outside);
        Files.createSymbolicLink(model.resolveSibling("up"), folder);
        String below = "not below the folder of the model";
        refused(Map.of("location", outside.toAbsolutePath().toString()), below);
        refused(Map.of("location", "../outside.data"), below);
        refused(Map.of("location", "a/../../outside.data"), below);
        refused(Map.of("location", ""), below);
        refused(Map.of("length", "" + BYTES), below);
        refused(Map.of("location", "link.data"), "leads out of the folder");
        refused(Map.of("location", "up/outside.data"), "leads out of the folder");
        refused(Map.of("location", "."), "is not a regular file");
        refused(Map.of("location", "nowhere.data"), "which is not there: copy it too");
        refused(Map.of("location", "a\0b"), "cannot be opened");
    }

    @Test
    void placesThatAreNotInTheFileAreRefused() throws IOException {
        String there = "network.data";
        refused(Map.of("location", there, "offset", "" + (OFFSET + 1)), "which has " + (OFFSET + BYTES));
        refused(Map.of("location", there, "offset", "" + Long.MAX_VALUE), "which has " + (OFFSET + BYTES));
        refused(Map.of("location", there, "offset", "-4"), "the offset of its values");
        refused(Map.of("location", there, "offset", "x"), "the offset of its values");
        refused(Map.of("location", there, "length", "" + (BYTES - 4)), "expected " + BYTES);
        refused(Map.of("location", there, "length", "-1"), "the length of its values");
    }
}
