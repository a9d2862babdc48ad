package org.ambispike.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemMemoryTest {
    @TempDir
    Path root;

    @Test
    void withoutAGroupTheKernelsFigureCounts() throws IOException {
        write("proc/meminfo", "MemTotal:  2000 kB\nMemAvailable:    1000 kB\n");
        assertThat(new SystemMemory(root).availableBytes()).isEqualTo(1000 * 1024);
    }

    @Test
    void aVersion2GroupLimits() throws IOException {
        write("proc/meminfo", "MemAvailable:    1000 kB\n");
        write("sys/fs/cgroup/memory.max", "500000\n");
        write("sys/fs/cgroup/memory.current", "300000\n");
        write("sys/fs/cgroup/memory.stat", "anon 100000\ninactive_file 50000\n");
        assertThat(new SystemMemory(root).availableBytes()).isEqualTo(250_000);
    }

    @Test
    void aVersion2GroupWithoutALimitDoesNot() throws IOException {
        write("proc/meminfo", "MemAvailable:    1000 kB\n");
        write("sys/fs/cgroup/memory.max", "max\n");
        write("sys/fs/cgroup/memory.current", "300000\n");
        assertThat(new SystemMemory(root).availableBytes()).isEqualTo(1000 * 1024);
    }

    @Test
    void aVersion1GroupLimits() throws IOException {
        write("proc/meminfo", "MemAvailable:    1000 kB\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "500000\n");
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", "450000\n");
        assertThat(new SystemMemory(root).availableBytes()).isEqualTo(50_000);
    }

    @Test
    void aGroupOverItsLimitHasNothingLeft() throws IOException {
        write("proc/meminfo", "MemAvailable:    1000 kB\n");
        write("sys/fs/cgroup/memory.max", "500000\n");
        write("sys/fs/cgroup/memory.current", "600000\n");
        assertThat(new SystemMemory(root).availableBytes()).isZero();
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
