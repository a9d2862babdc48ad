package org.ambispike.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ambispike.support.RealData;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the kernels come from, each time in a Java of its own, for a process loads them once. */
class KernelLibrariesTest {
    private static final Path BUILT = RealData.checkout().resolve("java/target/native-resources");

    @TempDir
    private Path folder;

    private record Printed(int code, String text) {}

    /** Loads the kernels by way of {@code ambispike doctor}, without those that the tests' own class path holds. */
    private static Printed doctor(String... options) throws Exception {
        String classPath = Stream.of(
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                .split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).equals(BUILT))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classPath, "org.ambispike.cli.Main", "doctor"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Printed(process.exitValue(), text);
    }

    private static String of(Path natives) {
        return "-D" + KernelLibraries.FOLDER + "=" + natives;
    }

    private void copy(String... libraries) throws Exception {
        Path source = BUILT.resolve("org/ambispike/backend/cpu").resolve(Loader.getPlatform());
        for (String library : libraries) {
            Files.copy(source.resolve(library), folder.resolve(library), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void aFolderOfTheUsersIsTaken() throws Exception {
        copy("libambispike.so", "libjniKernels.so");
        Printed printed = doctor(of(folder));
        assertThat(printed.text()).containsPattern("kernels +(baseline|avx2|avx512)\n");
        assertThat(printed.code()).isZero();
    }

    @Test
    void aFolderWithoutThemIsNamed() throws Exception {
        copy("libambispike.so");
        Printed printed = doctor(of(folder));
        assertThat(printed.text()).contains("the folder " + folder, "holds no libjniKernels.so");
        assertThat(printed.code()).isEqualTo(1);
    }

    @Test
    void aFileThatIsNoLibraryIsNamed() throws Exception {
        copy("libambispike.so");
        Files.writeString(folder.resolve("libjniKernels.so"), "not a library");
        Printed printed = doctor(of(folder));
        assertThat(printed.text()).contains(folder.resolve("libjniKernels.so").toString());
        assertThat(printed.code()).isEqualTo(1);
    }

    @Test
    void withoutTheJarOfNativesTheDependencyIsNamed() throws Exception {
        Printed printed = doctor();
        assertThat(printed.text())
                .contains(
                        "org.ambispike:ambispike with the classifier " + Loader.getPlatform(), KernelLibraries.FOLDER);
        assertThat(printed.code()).isEqualTo(1);
    }
}
