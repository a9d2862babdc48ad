package org.ambispike.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.ambispike.common.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    Path folder;

    @Test
    void parentFoldersAreMadeAndFilesReplaced() throws IOException {
        Path file = folder.resolve("a/b/file.txt");
        AtomicFiles.writeText(file, "first");
        AtomicFiles.writeText(file, "zweite, größer");
        assertThat(Files.readString(file)).isEqualTo("zweite, größer");
        AtomicFiles.writeBytes(file, new byte[] {1});
        assertThat(file).hasBinaryContent(new byte[] {1});
        assertThat(names(file.getParent())).containsExactly("file.txt");
    }

    @Test
    void aRelativeTargetWithoutAFolderIsWritten() throws IOException {
        Path file = Path.of("atomic-files-test.tmp");
        AtomicFiles.writeText(file, "here");
        assertThat(Files.readString(file)).isEqualTo("here");
        Files.delete(file);
    }

    @Test
    void aFailingWriterLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("file.txt");
        AtomicFiles.writeText(file, "old");
        assertThatThrownBy(() -> AtomicFiles.write(file, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot write " + file + ": No space left on device");
        assertThatThrownBy(() -> AtomicFiles.write(file, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IllegalStateException("out of ideas");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(Files.readString(file)).isEqualTo("old");
        assertThat(names(folder)).containsExactly("file.txt");
    }

    @Test
    void theTargetIsUntouchedUntilTheWriterIsDone() {
        Path file = folder.resolve("file.txt");
        AtomicFiles.writeText(file, "old");
        AtomicFiles.write(file, out -> {
            out.write("new".getBytes(StandardCharsets.UTF_8));
            out.flush();
            assertThat(Files.readString(file)).isEqualTo("old");
        });
        assertThat(file).hasContent("new");
    }

    @Test
    void aLinkIsFollowed() throws IOException {
        Path file = folder.resolve("real.txt");
        AtomicFiles.writeText(file, "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.txt"), file);
        AtomicFiles.writeText(link, "new");
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.readString(file)).isEqualTo("new");
    }

    @Test
    void aDeviceIsWrittenDirectly() {
        AtomicFiles.writeText(Path.of("/dev/null"), "gone");
        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    }

    @Test
    void whatIsNoPlaceForAFileIsRefused() throws IOException {
        assertThatThrownBy(() -> AtomicFiles.writeText(folder, "x"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(folder + " is a folder");
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> AtomicFiles.writeText(file.resolve("sub/file"), "x"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file + " is a file where a folder is needed");
        assertThat(Files.readString(file)).isEqualTo("x");
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** What a writer of the same file left when it was killed; another file's, and one that is being written, stay. */
    @Test
    void whatAKilledWriterLeftIsRemovedByTheNext() throws IOException {
        Path target = folder.resolve("model");
        Path abandoned = unfinished("model");
        Path other = unfinished("models");
        Path writing = unfinished("model");
        try (FileChannel channel = FileChannel.open(writing, StandardOpenOption.WRITE)) {
            assertThat(channel.tryLock()).isNotNull();
            AtomicFiles.writeText(target, "new");
        }
        assertThat(target).hasContent("new");
        assertThat(abandoned).doesNotExist();
        assertThat(other).exists();
        assertThat(writing).exists();
    }

    private Path unfinished(String name) throws IOException {
        Path file = folder.resolve("." + name + "." + UUID.randomUUID() + ".tmp");
        Files.writeString(file, "half");
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
    }
}
