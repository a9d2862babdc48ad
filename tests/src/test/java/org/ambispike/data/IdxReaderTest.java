package org.ambispike.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import org.ambispike.common.InputException;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxReaderTest {
    private static final byte[] GOOD = IdxFiles.idx(new int[] {2, 3}, new byte[] {1, 2, 3, -1, 5, 6});

    @TempDir
    Path folder;

    @Test
    void readsPlainAndGzippedWhateverTheName() {
        for (byte[] content : new byte[][] {GOOD, IdxFiles.gzip(GOOD)}) {
            IdxArray array = IdxReader.read(IdxFiles.write(folder.resolve("file.gz"), content), 2);
            assertThat(array.shape()).isEqualTo(Shape.of(2, 3));
            assertThat(array.values()).containsExactly(1, 2, 3, -1, 5, 6);
        }
    }

    @Test
    void refusesEveryTruncation() {
        for (int length = 0; length < GOOD.length; length++) {
            refuses(Arrays.copyOf(GOOD, length), length < 12 ? "it ends after " + length : "it is truncated after");
            refuses(IdxFiles.gzip(Arrays.copyOf(GOOD, length)), "expected");
        }
        byte[] zipped = IdxFiles.gzip(GOOD);
        for (int length = 2; length < zipped.length; length++) {
            refuses(Arrays.copyOf(zipped, length), "the compressed data end early");
        }
    }

    @Test
    void refusesBytesAfterTheLastValue() {
        byte[] longer = Arrays.copyOf(GOOD, GOOD.length + 1);
        refuses(longer, "bytes follow the last value, expected 2 x 3 = 6 values");
        refuses(IdxFiles.gzip(longer), "bytes follow the last value");
    }

    @Test
    void refusesAnotherMagicNumber() {
        refuses(changed(0, 1), "magic number 0x01000802, expected 0x00000802");
        refuses(changed(2, 0x0d), "magic number 0x00000d02");
        refuses(changed(3, 3), "magic number 0x00000803");
        refuses("<html>not found</html>".getBytes(), "magic number 0x3c68746d");
    }

    @Test
    void refusesDamagedCompression() {
        byte[] zipped = IdxFiles.gzip(GOOD);
        zipped[zipped.length - 6] ^= 1;
        refuses(zipped, "the compressed data are damaged");
    }

    @Test
    void believesNoHeaderBeyondTheFile() {
        refuses(IdxFiles.idx(new int[] {2_000_000_000, 1}, new byte[6]), "it is truncated after 6 values");
        refuses(IdxFiles.gzip(IdxFiles.idx(new int[] {2_000_000_000, 1}, new byte[6])), "it is truncated after 6");
        refuses(IdxFiles.idx(new int[] {65536, 65536}, new byte[6]), "extents 65536 x 65536, expected 1 to");
        refuses(IdxFiles.idx(new int[] {-1, -1}, new byte[6]), "extents 4294967295 x 4294967295");
        refuses(IdxFiles.idx(new int[] {0, 3}, new byte[0]), "extents 0 x 3");
    }

    @Test
    void refusesWhatIsNotThereOrNotAFile() {
        assertThatThrownBy(() -> IdxReader.read(folder.resolve("absent"), 1))
                .isInstanceOf(InputException.class)
                .hasMessage(folder.resolve("absent") + ": no such file");
        assertThatThrownBy(() -> IdxReader.read(folder, 1))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(folder + ": cannot be read");
    }

    private static byte[] changed(int position, int value) {
        byte[] bytes = GOOD.clone();
        bytes[position] = (byte) value;
        return bytes;
    }

    private void refuses(byte[] content, String found) {
        Path file = IdxFiles.write(folder.resolve("bad"), content);
        assertThatThrownBy(() -> IdxReader.read(file, 2))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(found)
                .hasMessageContaining("expected")
                .hasMessageNotContaining("\n");
    }
}
