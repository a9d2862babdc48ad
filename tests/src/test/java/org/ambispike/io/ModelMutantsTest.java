package org.ambispike.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.ambispike.common.InputException;
import org.ambispike.graph.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Model files with one fault each, of every kind in every entry, and files cut short at many places. */
class ModelMutantsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int CUTS = 64;

    @TempDir
    private static Path folder;

    /** A model file in its parts, without a checksum, so that mutants reach the checks behind it. */
    private record Parts(ObjectNode header, byte[] data) {
        static Parts of(byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            byte[] header = new byte[Math.toIntExact(buffer.getLong())];
            buffer.get(header);
            byte[] data = new byte[buffer.remaining()];
            buffer.get(data);
            return new Parts((ObjectNode) JSON.readTree(header), data);
        }

        Parts copy() {
            return new Parts(header.deepCopy(), data.clone());
        }

        byte[] bytes() {
            return bytes(header.toString());
        }

        byte[] bytes(String text) {
            byte[] json = text.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(Long.BYTES + json.length + data.length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .put(json)
                    .put(data)
                    .array();
        }

        List<String> entries() {
            List<String> names = new ArrayList<>();
            header.fieldNames().forEachRemaining(names::add);
            names.remove("__metadata__");
            return names;
        }

        long offset(String entry, int end) {
            return header.get(entry).get("data_offsets").get(end).asLong();
        }

        void offsets(String entry, long begin, long end) {
            ArrayNode offsets = ((ObjectNode) header.get(entry)).putArray("data_offsets");
            LongStream.of(begin, end).forEach(offsets::add);
        }

        ArrayNode shape(String entry) {
            return ((ObjectNode) header.get(entry)).putArray("shape");
        }

        /** Writes a float in the middle of an entry. */
        void value(String entry, float value) {
            long middle = (offset(entry, 0) + offset(entry, 1)) / 2 / Float.BYTES * Float.BYTES;
            ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).putFloat(Math.toIntExact(middle), value);
        }
    }

    /** Faults of one entry, by name. */
    private static Map<String, Consumer<Parts>> faults(String entry) {
        Map<String, Consumer<Parts>> faults = new LinkedHashMap<>();
        faults.put(
                "too many bytes",
                parts -> parts.offsets(entry, parts.offset(entry, 0) - Float.BYTES, parts.offset(entry, 1)));
        faults.put(
                "overlapping",
                parts -> parts.offsets(
                        entry, parts.offset(entry, 0) - Float.BYTES, parts.offset(entry, 1) - Float.BYTES));
        faults.put(
                "a gap before",
                parts -> parts.offsets(
                        entry, parts.offset(entry, 0) + Float.BYTES, parts.offset(entry, 1) + Float.BYTES));
        faults.put("negative offsets", parts -> parts.offsets(entry, Long.MIN_VALUE, -1));
        faults.put("reversed offsets", parts -> parts.offsets(entry, parts.offset(entry, 1), parts.offset(entry, 0)));
        faults.put("oversized", parts -> parts.offsets(entry, parts.offset(entry, 0), Long.MAX_VALUE));
        faults.put("a negative extent", parts -> parts.shape(entry).add(-1));
        faults.put("an extent of zero", parts -> parts.shape(entry).add(0).add(3));
        faults.put(
                "a shape beyond memory",
                parts -> parts.shape(entry).add(1 << 30).add(2));
        faults.put("a shape beyond counting", parts -> parts.shape(entry)
                .add(Integer.MAX_VALUE)
                .add(Integer.MAX_VALUE)
                .add(Integer.MAX_VALUE));
        faults.put("an extent beyond a long", parts -> parts.shape(entry).add(BigInteger.TWO.pow(64)));
        faults.put("another type", parts -> ((ObjectNode) parts.header().get(entry)).put("dtype", "U8"));
        faults.put("another name", parts -> parts.header()
                .set(entry + "s", parts.header().remove(entry)));
        faults.put("a value that is no number", parts -> parts.value(entry, Float.NaN));
        faults.put("an infinite value", parts -> parts.value(entry, Float.NEGATIVE_INFINITY));
        return faults;
    }

    private static SavedModel model() {
        return Stream.iterate(0L, seed -> seed + 1)
                .map(SampleModels::random)
                .filter(model -> model.graph().neurons().stream().allMatch(node -> node.op() instanceof Op.Spike))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] valid() throws IOException {
        SavedModel model = model();
        Path file = folder.resolve("valid");
        Safetensors.write(file, SampleModels.unstamped(model), model.weights().tensors());
        return Files.readAllBytes(file);
    }

    static Stream<Arguments> mutants() throws IOException {
        byte[] valid = valid();
        Parts parts = Parts.of(valid);
        List<Arguments> mutants = new ArrayList<>();
        for (String entry : parts.entries()) {
            faults(entry).forEach((kind, fault) -> {
                Parts mutant = parts.copy();
                fault.accept(mutant);
                mutants.add(Arguments.of(kind, entry, mutant.bytes()));
            });
            String text = parts.header().toString();
            String again = text.substring(0, text.length() - 1) + ",\"" + entry + "\":"
                    + parts.header().get(entry) + "}";
            mutants.add(Arguments.of("twice", entry, parts.bytes(again)));
        }
        for (int cut = 0; cut < CUTS; cut++) {
            mutants.add(Arguments.of("cut short", "", Arrays.copyOf(valid, cut * valid.length / CUTS)));
        }
        return mutants.stream();
    }

    @Test
    void thereAreManyAndTheFileTheyComeFromIsGood() throws IOException {
        assertThat(mutants().count()).isGreaterThanOrEqualTo(200);
        Path file = Files.write(folder.resolve("good"), Parts.of(valid()).bytes());
        assertThat(ModelFiles.read(file).graph()).isEqualTo(model().graph());
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("mutants")
    void eachIsRefusedInOneLineThatNamesTheEntry(String kind, String entry, byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("mutant"), bytes);
        assertThatThrownBy(() -> ModelFiles.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(entry);
        assertThat(Resources.accepts(file, () -> ModelFiles.read(file))).isFalse();
    }
}
