package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.ambispike.support.RealData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a source tree of its own, with a build and a Java that only note that they ran. */
@Timeout(60)
class LauncherTest {
    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void layOut() throws Exception {
        home = Files.createDirectories(folder.resolve("a tree"));
        Files.copy(RealData.checkout().resolve("ambispike"), home.resolve("ambispike"));
        script("ambispike", Files.readString(home.resolve("ambispike")));
        script("build-scripts/bootstrap.sh", "#!/bin/sh\n");
        script(
                "mvnw",
                """
                #!/bin/sh
                echo built >>builds
                [ ! -f broken ] || { echo "ERROR: broken"; exit 1; }
                for module in cli core cuda examples exchange paper serve; do
                    name=ambispike-$module
                    [ $module != core ] || name=ambispike
                    mkdir -p java/$module/target
                    echo jar >java/$module/target/$name.jar
                    echo natives >java/$module/target/$name-linux-x86_64.jar
                done
                printf %s "$PWD/library.jar" >java/cli/target/classpath
                """);
        script("jdk/bin/java", "#!/bin/sh\nfor word; do echo \"$word\"; done\n");
        write("library.jar", "");
        write("java/core/src/main/java/Source.java", "");
        write("java/pom.xml", "");
        write("pom.xml", "");
        age();
    }

    private void write(String name, String text) throws Exception {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void script(String name, String text) throws Exception {
        write(name, text);
        assertThat(home.resolve(name).toFile().setExecutable(true)).isTrue();
    }

    /** Makes all that is there older than a build that runs now. */
    private void age() throws Exception {
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
            }
        }
    }

    private Process start(Path launcher, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments))
                        .toList())
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
        builder.environment().remove("OMP_WAIT_POLICY");
        return builder.start();
    }

    private String run(int expectedCode, String... arguments) throws Exception {
        return finish(expectedCode, start(home.resolve("ambispike"), arguments));
    }

    private static String finish(int expectedCode, Process process) throws Exception {
        String printed = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(printed).isEqualTo(expectedCode);
        return printed;
    }

    private List<String> builds() throws Exception {
        return Files.readAllLines(home.resolve("builds"));
    }

    @Test
    void buildsOnFirstUseOnly() throws Exception {
        assertThat(run(0, "--version")).contains("ambispike: building").contains("org.ambispike.cli.Main\n--version\n");
        assertThat(run(0, "--version")).doesNotContain("building").endsWith("org.ambispike.cli.Main\n--version\n");
        assertThat(builds()).hasSize(1);
    }

    /** What lies in /tmp under a name that can be foreseen may be another user's, or a link to elsewhere. */
    @Test
    void withoutAHomeCachesLieInAFolderThatNobodyElseCanMake() throws Exception {
        assertThat(run(0)).doesNotContain("-Duser.home");
        String launcher = "HOME=/nonexistent TMPDIR=" + folder + " exec '" + home.resolve("ambispike") + "'";
        Path state = home.resolve("target/launcher");
        assertThat(finish(0, start(Path.of("/bin/bash"), "-c", launcher))).contains("-Duser.home=" + state + "/home\n");
        Files.delete(state.resolve("home"));
        write("target/launcher/home", "a file is in the way");
        Path own = folder.resolve("ambispike-" + Files.getAttribute(folder, "unix:uid"));
        assertThat(finish(0, start(Path.of("/bin/bash"), "-c", launcher))).contains("-Duser.home=" + own + "\n");
        assertThat(Files.getPosixFilePermissions(own)).hasSize(3);
        Files.delete(own);
        Files.createSymbolicLink(own, home);
        assertThat(finish(2, start(Path.of("/bin/bash"), "-c", launcher))).contains(own + " is not yours alone");
    }

    @Test
    void fewOpenFilesAreSaidBeforeJavaFails() throws Exception {
        run(0);
        String launcher = home.resolve("ambispike").toString();
        assertThat(finish(2, start(Path.of("/bin/bash"), "-c", "ulimit -n 60; exec '" + launcher + "'")))
                .isEqualTo("ambispike: only 60 files may be open at once; allow 128 or more (ulimit -n 128)\n");
        assertThat(finish(0, start(Path.of("/bin/bash"), "-c", "ulimit -Sn 60; exec '" + launcher + "'")))
                .contains("org.ambispike.cli.Main");
    }

    @Test
    void buildsAgainWhereASourceChangedOrALibraryWent() throws Exception {
        run(0);
        write("java/core/src/main/java/Other.java", "");
        run(0);
        assertThat(builds()).hasSize(2);
        Files.delete(home.resolve("library.jar"));
        run(0);
        assertThat(builds()).hasSize(3);
    }

    @Test
    void buildsAgainAfterACommit() throws Exception {
        write(".git/logs/HEAD", "first");
        age();
        run(0);
        run(0);
        assertThat(builds()).hasSize(1);
        write(".git/logs/HEAD", "second");
        run(0);
        assertThat(builds()).hasSize(2);
    }

    @Test
    void argumentsArriveAsTheyWere() throws Exception {
        run(0);
        assertThat(run(0, "train", "two words", "", "*")).endsWith("\ntrain\ntwo words\n\n*\n");
    }

    @Test
    void examplesHaveAMainClassOfTheirOwn() throws Exception {
        run(0);
        assertThat(run(0, "example", "waifu2x", "a file"))
                .endsWith("org.ambispike.examples.Examples\nwaifu2x\na file\n");
        assertThat(run(0, "train", "example")).endsWith("org.ambispike.cli.Main\ntrain\nexample\n");
    }

    @Test
    void findsItsFolderThroughLinks() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), home.resolve("ambispike"));
        Path relative = Files.createSymbolicLink(folder.resolve("relative"), Path.of("link"));
        assertThat(finish(0, start(link))).contains("-Dambispike.home=" + home);
        assertThat(finish(0, start(relative))).contains("-Dambispike.home=" + home);
    }

    @Test
    void aFailedBuildSaysSoAndIsTriedAgain() throws Exception {
        write("broken", "");
        age();
        assertThat(run(1))
                .contains("ERROR: broken")
                .contains("ambispike: the build failed; its whole output is in " + home.resolve("target"));
        Files.delete(home.resolve("broken"));
        run(0);
        assertThat(builds()).hasSize(2);
    }

    @Test
    void launchersAtTheSameTimeBuildOnce() throws Exception {
        List<Process> processes = List.of(
                start(home.resolve("ambispike")), start(home.resolve("ambispike")), start(home.resolve("ambispike")));
        for (Process process : processes) {
            assertThat(finish(0, process)).endsWith("org.ambispike.cli.Main\n");
        }
        assertThat(builds()).hasSize(1);
    }
}
