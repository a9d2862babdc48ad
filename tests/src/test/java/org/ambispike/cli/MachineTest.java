package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel says about a machine. */
class MachineTest {
    private static final long GIBIBYTE = 1L << 30;

    @TempDir
    private Path root;

    private void write(String file, String text) throws Exception {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void readsProcessorAndMemory() throws Exception {
        write("proc/cpuinfo", "model name\t: Fast Processor\nflags\t\t: fpu avx2 fma avx512f avx2\n");
        write("proc/meminfo", "MemTotal:       16777216 kB\nMemFree: 1 kB\nMemAvailable:    8388608 kB\n");
        Machine machine = Machine.probe(root, 4);
        assertThat(machine.processor()).isEqualTo("Fast Processor");
        assertThat(machine.cores()).isEqualTo(4);
        assertThat(machine.memory()).isEqualTo(OptionalLong.of(16 * GIBIBYTE));
        assertThat(machine.free()).isEqualTo(OptionalLong.of(8 * GIBIBYTE));
        assertThat(machine.instructions()).containsExactly("avx2", "fma", "avx512f");
    }

    @Test
    void aContainersLimitCounts() throws Exception {
        write("proc/meminfo", "MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n");
        write("sys/fs/cgroup/memory.max", Long.toString(2 * GIBIBYTE) + "\n");
        assertThat(Machine.probe(root, 1).free()).isEqualTo(OptionalLong.of(2 * GIBIBYTE));
        write("sys/fs/cgroup/memory.max", "max\n");
        assertThat(Machine.probe(root, 1).free()).isEqualTo(OptionalLong.of(8 * GIBIBYTE));
    }

    @Test
    void whatIsNotThereIsUnknown() {
        Machine machine = Machine.probe(root, 1);
        assertThat(machine.processor()).isEqualTo("unknown processor");
        assertThat(machine.memory()).isEmpty();
        assertThat(machine.instructions()).isEmpty();
    }
}
