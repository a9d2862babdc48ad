package org.ambispike.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ambispike.support.RealData;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the kernels come from, each time in a Java of its own, for a process loads them once. */
class KernelLibrariesTest {
    private static final Path BUILT = RealData.checkout().resolve("java/target/native-resources");

    @TempDir
    private Path folder;

    private record Printed(int code, String text) {}

    private static String classPath(boolean withKernels) {
        return Stream.of(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(File.pathSeparator))
                .filter(entry -> withKernels || !Path.of(entry).equals(BUILT))
                .filter(entry -> Files.exists(Path.of(entry)))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Printed run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Printed(process.exitValue(), text);
    }

    private static List<String> doctorWith(String java, boolean withKernels, String... options) {
        List<String> command = new ArrayList<>(List.of(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classPath(withKernels), "org.ambispike.cli.Main", "doctor"));
        return command;
    }

    /** Loads the kernels by way of {@code ambispike doctor}, without those that the tests' own class path holds. */
    private static Printed doctor(String... options) throws Exception {
        return run(doctorWith(java(), false, options));
    }

    private static Printed redeploy(int times, boolean together, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(java(), "-XX:+UseSerialGC", "-XX:SoftRefLRUPolicyMSPerMB=0"));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-cp",
                classPath(true),
                "org.ambispike.Redeployments",
                Integer.toString(times),
                Boolean.toString(together)));
        return run(command);
    }

    private static long figure(Printed printed, String name) {
        return printed.text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(printed.text()));
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

    /** All that a program loads, as it lies in the jars. */
    private void copyAll() throws Exception {
        copy("libambispike.so", "libjniKernels.so");
        for (String library : List.of(
                "javacpp/PLATFORM/libjnijavacpp.so",
                "dnnl/PLATFORM/libgomp.so.1",
                "opencl/PLATFORM/libOpenCL.so.1",
                "opencl/PLATFORM/libjniOpenCL.so",
                "dnnl/PLATFORM/libdnnl.so.3",
                "dnnl/PLATFORM/libjnidnnl.so")) {
            String resource = "/org/bytedeco/" + library.replace("PLATFORM", Loader.getPlatform());
            try (InputStream in = Loader.class.getResourceAsStream(resource)) {
                Files.copy(in, folder.resolve(resource.substring(resource.lastIndexOf('/') + 1)));
            }
        }
    }

    /** As in a container whose file system is read-only: nothing can be extracted anywhere. */
    @Test
    void aFolderOfAllLibrariesNeedsNoCache() throws Exception {
        copyAll();
        String[] nowhere = {
            "-Dorg.bytedeco.javacpp.cachedir=/proc/none", "-Duser.home=/proc/none", "-Djava.io.tmpdir=/proc/none"
        };
        List<String> options = new ArrayList<>(List.of(nowhere));
        options.add(of(folder));
        Printed printed = doctor(options.toArray(String[]::new));
        assertThat(printed.text()).containsPattern("kernels +(baseline|avx2|avx512)\n");
        assertThat(printed.code()).isZero();
        Printed without = run(doctorWith(java(), true, nowhere));
        assertThat(without.text())
                .contains("no folder for extracted libraries can be written", "cachedir", KernelLibraries.FOLDER);
        assertThat(without.code()).isEqualTo(1);
    }

    /** Both from the jars and from a folder; the heap and the threads are those of two deployments. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void discardedClassLoadersAreCollected(boolean fromFolder) throws Exception {
        copyAll();
        Printed printed = fromFolder ? redeploy(5, false, of(folder)) : redeploy(5, false);
        assertThat(printed.code()).as(printed.text()).isZero();
        assertThat(printed.text()
                        .lines()
                        .filter(line -> line.startsWith("answers "))
                        .distinct())
                .hasSize(1);
        // Java 17 itself may keep the one that linked the last method of a record
        assertThat(figure(printed, "kept")).as(printed.text()).isLessThanOrEqualTo(1);
        assertThat(figure(printed, "threads")).as(printed.text()).isLessThanOrEqualTo(0);
        assertThat(figure(printed, "kilobytes")).as(printed.text()).isLessThan(1500);
        assertThat(printed.text()).doesNotContain("JavaCPP Deallocator");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void classLoadersBesideEachOtherHaveTheSameAnswers(boolean fromFolder) throws Exception {
        copyAll();
        Printed printed = fromFolder ? redeploy(3, true, of(folder)) : redeploy(3, true);
        assertThat(printed.code()).as(printed.text()).isZero();
        assertThat(printed.text().lines().filter(line -> line.startsWith("answers ")))
                .hasSize(3);
        assertThat(printed.text()
                        .lines()
                        .filter(line -> line.startsWith("answers "))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void aCacheThatMayNotBeExecutedIsNamed() throws Exception {
        String mount = "mount -t tmpfs -o noexec tmpfs " + folder;
        Assumptions.assumeTrue(
                run(List.of("unshare", "-rm", "sh", "-c", mount)).code() == 0, "nothing can be mounted here");
        List<String> command = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", mount + " && exec \"$@\"", "sh"));
        command.addAll(doctorWith(java(), true, "-Dorg.bytedeco.javacpp.cachedir=" + folder));
        Printed printed = run(command);
        assertThat(printed.text())
                .contains("failed to map segment", "noexec", "cachedir", KernelLibraries.FOLDER, folder.toString());
        assertThat(printed.code()).isEqualTo(1);
        command.set(command.size() - 1, "serve");
        Printed used = run(command);
        assertThat(used.text()).contains("ambispike: no CPU backend: ", "noexec", "cachedir");
        assertThat(used.code()).isEqualTo(2);
    }

    /** Another Java, where tests/jdks.sh put it. */
    private static Optional<String> java(int release) {
        Path java = Path.of(System.getProperty("user.home"), ".cache/ambispike/jdk/java-" + release, "bin/java");
        return Files.isExecutable(java) ? Optional.of(java.toString()) : Optional.empty();
    }

    @ParameterizedTest
    @ValueSource(ints = {21, 25})
    void newerJavasLoadThem(int release) throws Exception {
        Assumptions.assumeTrue(java(release).isPresent(), "tests/jdks.sh was not run");
        Printed printed = run(doctorWith(java(release).orElseThrow(), true, "--enable-native-access=ALL-UNNAMED"));
        assertThat(printed.text())
                .containsPattern("kernels +(baseline|avx2|avx512)\n")
                .doesNotContain("WARNING");
        assertThat(printed.code()).isZero();
    }

    @Test
    void forbiddenNativeAccessIsNamed() throws Exception {
        Assumptions.assumeTrue(java(25).isPresent(), "tests/jdks.sh was not run");
        Printed printed = run(doctorWith(java(25).orElseThrow(), true, "--illegal-native-access=deny"));
        assertThat(printed.text()).contains("forbids native access", "--enable-native-access=ALL-UNNAMED");
        assertThat(printed.code()).isEqualTo(1);
    }

    /** In the words of the dynamic linkers of Debian and of Alpine. */
    @ParameterizedTest
    @CsvSource({
        "libgomp.so.1: cannot open shared object file: No such file or directory, libgomp1 on Debian",
        "libstdc++.so.6: cannot open shared object file: No such file or directory, libstdc++6 on Debian",
        "Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by /x.so), no glibc",
        "/lib/libm.so.6: version `GLIBC_2.38' not found (required by /x.so), want GLIBC_2.38",
        "/x.so: failed to map segment from shared object: Operation not permitted, noexec"
    })
    void causesComeWithTheirRemedy(String message, String remedy) {
        Throwable failure = new ExceptionInInitializerError(new UnsatisfiedLinkError(message));
        assertThat(KernelLibraries.explain("oneDNN", failure))
                .startsWith("oneDNN could not be loaded: " + message)
                .contains(remedy);
    }
}
