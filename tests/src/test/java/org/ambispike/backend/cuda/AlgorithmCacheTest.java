package org.ambispike.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlgorithmCacheTest {
    private static final String H100 = "NVIDIA H100, driver for CUDA 13.0, cuDNN 9.19.0";

    @TempDir
    private Path folder;

    private AlgorithmCache open() {
        return new AlgorithmCache(folder, H100);
    }

    private static AlgorithmCache.Choice choice(int number) {
        return new AlgorithmCache.Choice(number, 3);
    }

    @Test
    void whatWasPutIsThereNextTime() {
        AlgorithmCache cache = open();
        assertThat(cache.get("forward, bf16")).isEmpty();
        cache.put("forward, bf16", choice(1));
        cache.put("forward, f32", choice(6));
        cache.put("forward, bf16", choice(2));
        assertThat(cache.get("forward, bf16")).contains(choice(2));
        AlgorithmCache again = open();
        assertThat(again.get("forward, bf16")).contains(choice(2));
        assertThat(again.get("forward, f32")).contains(choice(6));
    }

    @Test
    void twoProcessesKeepEachOthersChoices() {
        AlgorithmCache first = open();
        AlgorithmCache second = open();
        first.put("a", choice(1));
        second.put("b", choice(2));
        assertThat(open().get("a")).contains(choice(1));
        assertThat(open().get("b")).contains(choice(2));
    }

    @Test
    void anotherDeviceOrVersionHasChoicesOfItsOwn() {
        open().put("a", choice(1));
        AlgorithmCache other = new AlgorithmCache(folder, H100.replace("9.19.0", "9.20.0"));
        assertThat(other.get("a")).isEmpty();
        other.put("a", choice(3));
        assertThat(open().get("a")).contains(choice(1));
    }

    @Test
    void aFileOfAnotherDeviceUnderThisNameIsLeftAside() throws IOException {
        AlgorithmCache other = new AlgorithmCache(folder, "another");
        other.put("a", choice(1));
        Files.move(other.file(), open().file());
        assertThat(open().get("a")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cut", "changed", "binary"})
    void aDamagedFileIsLeftAsideAndWrittenAnew(String damage) throws IOException {
        AlgorithmCache cache = open();
        cache.put("a", choice(1));
        String text = Files.readString(cache.file());
        switch (damage) {
            case "cut" -> Files.writeString(cache.file(), text.substring(0, text.length() / 2));
            case "changed" -> Files.writeString(cache.file(), text.replace("1\t3\ta", "7\t3\ta"));
            case "binary" -> Files.write(cache.file(), new byte[] {(byte) 0xff, 0, (byte) 0xfe, 10});
            default -> Files.writeString(cache.file(), "");
        }
        AlgorithmCache damaged = open();
        assertThat(damaged.get("a")).isEmpty();
        damaged.put("b", choice(2));
        assertThat(open().get("a")).isEmpty();
        assertThat(open().get("b")).contains(choice(2));
    }

    @Test
    void aFolderThatCannotBeWrittenCostsNoMoreThanTheFile() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        AlgorithmCache cache = new AlgorithmCache(file, H100);
        cache.put("a", choice(1));
        assertThat(cache.get("a")).contains(choice(1));
        assertThat(file).isRegularFile();
    }

    @Test
    void everyRunWritesTheSameBytes() throws IOException {
        open().put("a", choice(1));
        String written = Files.readString(open().file());
        open().put("a", choice(1));
        assertThat(Files.readString(open().file())).isEqualTo(written);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(open().file());
        }
    }
}
