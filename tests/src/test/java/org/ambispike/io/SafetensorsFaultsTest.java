package org.ambispike.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.ambispike.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are not what the safetensors format says, and what is told about each. */
class SafetensorsFaultsTest {
    private static final String GOOD = "{'w':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}";

    @TempDir
    Path folder;

    static Stream<Arguments> faults() {
        return Stream.of(
                raw("empty", new byte[0], "has 0 bytes"),
                raw("seven bytes", new byte[7], "has 7 bytes"),
                raw("no header", length(0), "not a JSON object"),
                raw("header longer than the file", length(1), "announces a header of 1 bytes in a file of 8"),
                raw("negative header length", length(-1), "announces a header of 18446744073709551615 bytes"),
                raw("smallest header length", length(Long.MIN_VALUE), "announces a header"),
                raw("header beyond an int", length(1L << 40), "announces a header of 1099511627776"),
                raw("header of 16 MiB and a byte", oversizedHeader(), "the largest header read is 16777216"),
                raw("not UTF-8", join(length(2), new byte[] {(byte) 0xc3, 0x28}), "not UTF-8"),
                raw("UTF-16", join(length(4), "{}".getBytes(StandardCharsets.UTF_16LE)), "not valid JSON"),
                header("not JSON", "hello", "not valid JSON"),
                header("blanks", "      ", "not a JSON object"),
                header("a list", "[]", "not a JSON object"),
                header("a string", "'w'", "not a JSON object"),
                header("cut short", "{'w':{'dtype':'F32'", "not valid JSON"),
                header("two objects", "{}{}", "goes on after"),
                header("a comma after the end", "{},", "not valid JSON"),
                header("deep nesting", "[".repeat(2000), "not a JSON object"),
                header("deep nesting in an entry", "{'w':{'shape':" + "[".repeat(2000), "'w' shape"),
                header("metadata not an object", "{'__metadata__':[]}", "__metadata__ is not a JSON object"),
                header("metadata null", "{'__metadata__':null}", "__metadata__ is not a JSON object"),
                header("metadata number", "{'__metadata__':{'seed':1}}", "'seed' is not a string"),
                header("metadata twice", "{'__metadata__':{},'__metadata__':{}}", "Duplicate field '__metadata__'"),
                header("metadata key twice", "{'__metadata__':{'a':'','a':''}}", "Duplicate field 'a'"),
                header("entry twice", "{'w':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'w':{}}", "Duplicate"),
                header("entry a list", "{'w':[]}", "'w' is not a JSON object"),
                header("entry empty", "{'w':{}}", "'w' lacks dtype, shape or data_offsets"),
                entry("no dtype", "'shape':[2],'data_offsets':[0,8]", "'w' lacks dtype"),
                entry("no shape", "'dtype':'F32','data_offsets':[0,8]", "'w' lacks dtype, shape"),
                entry("no offsets", "'dtype':'F32','shape':[2]", "'w' lacks"),
                entry("unknown field", "'dtype':'F32','strides':[1]", "'w' has an unknown field 'strides'"),
                entry("dtype twice", "'dtype':'F32','dtype':'F32'", "Duplicate field 'dtype'"),
                entry("unknown dtype", of("C64", "[1]", "[0,8]"), "'w' has the dtype 'C64'; known are [F32"),
                entry("dtype in small letters", of("f32", "[2]", "[0,8]"), "'w' has the dtype 'f32'"),
                entry("dtype a number", "'dtype':32", "'w' has a dtype not in quotes"),
                entry("shape a number", "'dtype':'F32','shape':2", "'w' shape is not a list"),
                entry("extent negative", of("F32", "[-2]", "[0,8]"), "'w' shape holds something other"),
                entry("extent a fraction", of("F32", "[2.0]", "[0,8]"), "'w' shape holds something other"),
                entry("extent a string", of("F32", "['2']", "[0,8]"), "'w' shape holds something other"),
                entry("extent null", of("F32", "[null]", "[0,8]"), "'w' shape holds something other"),
                entry("extent beyond a long", of("F32", "[9223372036854775808]", "[0,8]"), "'w' shape holds"),
                entry("extent zero", of("F32", "[0]", "[0,0]"), "'w' has an extent that is zero"),
                entry("extent beyond an int", of("F32", "[4294967298]", "[0,8]"), "beyond 2^31 - 1"),
                entry("elements overflow", of("F32", "[2147483647,2147483647,2147483647]", "[0,8]"), "be counted"),
                entry("elements wrap to 2", of("F32", "[65536,65536,65536,65536]", "[0,8]"), "be counted"),
                entry("too many elements", of("F32", "[65536,65536]", "[0,8]"), "too many elements"),
                entry("offsets missing one", of("F32", "[2]", "[8]"), "'w' lies at bytes [8]"),
                entry("three offsets", of("F32", "[2]", "[0,8,8]"), "'w' lies at bytes [0, 8, 8]"),
                entry("offset negative", of("F32", "[2]", "[-8,0]"), "'w' data_offsets holds something other"),
                entry("offsets reversed", of("F32", "[2]", "[8,0]"), "'w' lies at bytes [8, 0]"),
                entry("beyond the data", of("F32", "[4]", "[0,16]"), "of data that are 8 bytes long"),
                entry("beyond every file", of("F32", "[2]", "[0,9223372036854775807]"), "'w' lies at bytes"),
                entry("too few bytes", of("F32", "[2]", "[0,4]"), "needs 8 bytes, has 4"),
                entry("too many bytes", of("F32", "[1]", "[0,8]"), "needs 4 bytes, has 8"),
                entry("bytes of another type", of("BF16", "[2]", "[0,8]"), "needs 4 bytes, has 8"),
                entry("data left over", of("F32", "[1]", "[0,4]"), "4 bytes of data belong to no tensor"),
                entry("gap at the start", of("F32", "[1]", "[4,8]"), "begins at byte 4 of the data, expected 0 (gap)"),
                header(
                        "overlap",
                        "{'v':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
                                + "'w':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
                        "'w' begins at byte 4 of the data, expected 8 (overlap)"),
                header("no tensors but data", "{}", "8 bytes of data belong to no tensor"),
                header(
                        "a name over two lines",
                        "{'a\\nb\\u2028" + "c".repeat(300) + "':[]}",
                        "tensor 'a b " + "c".repeat(73) + "...' is not"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void aFaultIsRefusedWithItsPlace(String name, byte[] bytes, String expected) throws IOException {
        Path file = Files.write(folder.resolve("faulty.safetensors"), bytes);
        assertThatThrownBy(() -> SafetensorsReader.open(file))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(expected);
        assertThat(Resources.accepts(file, () -> SafetensorsReader.open(file).close()))
                .isFalse();
    }

    @Test
    void theFileThatTheFaultsAreMadeFromIsGood() throws IOException {
        Path file = Files.write(folder.resolve("good.safetensors"), withData(GOOD));
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.header().entries()).containsOnlyKeys("w");
        }
    }

    @Test
    void everyTypeIsReadAsFloatsAndScalarsAsOneElement() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(8 + 8 + 4 + 4).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(1e-3)
                .putLong(-7)
                .putFloat(0.25f)
                .putShort((short) 0x3fc0)
                .putShort((short) 0xc000);
        String header = "{'d':{'dtype':'F64','shape':[],'data_offsets':[0,8]},"
                + "'i':{'dtype':'I64','shape':[1],'data_offsets':[8,16]},"
                + "'f':{'dtype':'F32','shape':[1,1],'data_offsets':[16,20]},"
                + "'b':{'dtype':'BF16','shape':[2],'data_offsets':[20,24]}}  ";
        Path file = Files.write(folder.resolve("types.safetensors"), join(prefixed(header), data.array()));
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            var entries = reader.header().entries();
            assertThat(reader.read(entries.get("d")).values()).containsExactly(1e-3f);
            assertThat(reader.read(entries.get("i")).values()).containsExactly(-7f);
            assertThat(reader.read(entries.get("f")).values()).containsExactly(0.25f);
            assertThat(reader.read(entries.get("b")).values()).containsExactly(1.5f, -2f);
        }
    }

    @Test
    void whatIsNoFileIsRefused() {
        assertThatThrownBy(() -> SafetensorsReader.open(folder.resolve("absent")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> SafetensorsReader.open(folder))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is not a regular file");
        assertThatThrownBy(() -> SafetensorsReader.open(Path.of("/dev/zero")))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is not a regular file");
    }

    private static Arguments raw(String name, byte[] bytes, String expected) {
        return Arguments.of(name, bytes, expected);
    }

    private static Arguments header(String name, String json, String expected) {
        return Arguments.of(name, withData(json), expected);
    }

    private static Arguments entry(String name, String fields, String expected) {
        return header(name, "{'w':{" + fields + "}}", expected);
    }

    private static String of(String type, String shape, String offsets) {
        return "'dtype':'" + type + "','shape':" + shape + ",'data_offsets':" + offsets;
    }

    private static byte[] withData(String json) {
        return join(prefixed(json), new byte[8]);
    }

    /** The header with its length before it; single quotes stand for double ones. */
    private static byte[] prefixed(String json) {
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return join(length(bytes.length), bytes);
    }

    private static byte[] oversizedHeader() {
        return join(length((1 << 24) + 1), new byte[(1 << 24) + 1]);
    }

    private static byte[] length(long length) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array();
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }
}
