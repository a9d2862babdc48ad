package org.ambispike.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ambispike.data.IdxFiles;
import org.ambispike.support.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Kills commands at random moments of every stage, resumes them, and compares all models with those of commands that were left
 * alone: they must be the same to the byte, and nothing unfinished may be left. {@code tests/kills.sh} kills fifty times.
 */
class KillCampaignTest {
    private static final String KILLS = "ambispike.kills";
    private static final Pattern STAGE = Pattern.compile("(?m)^([a-z]+(?:-T\\d+)?): [\\d,]+(?:/[\\d,]+| steps?)");
    private static final int TRAINING_IMAGES = 300;
    private static final int SIDE = 28;
    private static final int CLASSES = 10;

    /** Together they have all stages. */
    private static final List<Job> JOBS = List.of(
            new Job("train", "train net4 --epochs 2"),
            new Job("penalty", "optimize WHOLE/model.safetensors --recipe paper"),
            new Job("clip", "optimize WHOLE/model.safetensors --recipe paper"),
            new Job("quantise", "optimize WHOLE/model.safetensors --recipe ambispike"),
            new Job("convert", "convert WHOLE/optimized.safetensors --recipe ambispike"),
            new Job("calibrate", "calibrate WHOLE/snn.safetensors --T 1,2 --recipe ambispike"));

    private final SplittableRandom random = new SplittableRandom(Long.getLong("ambispike.kills.seed", 1));
    /** Kept where something differs. */
    private Path folder;

    /**
     * One command.
     *
     * @param name the stage in which, or after which, it is killed
     * @param line as typed; WHOLE is the folder of what commands before it wrote
     */
    private record Job(String name, String line) {
        boolean resumes() {
            return !name.equals("convert");
        }
    }

    /** What a command that was left alone wrote, and in how many milliseconds from its first stage on. */
    private record Left(Map<String, byte[]> models, long milliseconds) {}

    @Test
    @EnabledIfSystemProperty(named = KILLS, matches = "\\d+")
    void killedCommandsResumeToTheSameBytes() throws Exception {
        folder = Files.createTempDirectory("ambispike-kills");
        images(folder.resolve("data"));
        Path whole = Files.createDirectories(folder.resolve("whole"));
        Map<Job, Left> alone = new LinkedHashMap<>();
        for (Job job : JOBS) {
            Path out = folder.resolve("alone-" + job.name());
            Process process = start(job, out, false);
            awaitStage(job, process, out);
            long start = System.nanoTime();
            assertThat(process.waitFor()).as("%s, see %s", job, log(out)).isZero();
            alone.put(job, new Left(models(out), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
            for (Map.Entry<String, byte[]> model : models(out).entrySet()) {
                Files.write(whole.resolve(model.getKey()), model.getValue());
            }
        }
        Map<String, Integer> killed = new TreeMap<>();
        int kills = Integer.getInteger(KILLS);
        for (int index = 0; index < kills; index++) {
            Job job = JOBS.get(index % JOBS.size());
            Optional<String> stage = Optional.empty();
            while (stage.isEmpty()) { // some end before their moment has come
                stage = kill(index, job, alone.get(job));
            }
            killed.merge(stage.get(), 1, Integer::sum);
        }
        killed.forEach((stage, count) -> System.out.printf("%-16s %3d kills%n", stage, count));
        System.out.println(kills + " kills, all resumed to the same bytes");
        remove(folder);
    }

    /** Not while Java starts, when there is nothing to resume. */
    private void awaitStage(Job job, Process process, Path out) throws IOException, InterruptedException {
        while (process.isAlive() && job.resumes() && !stage(out).startsWith(job.name())) {
            Thread.sleep(5);
        }
    }

    /** Returns the stage that it was in, if it was not at its end already. */
    private Optional<String> kill(int index, Job job, Left alone) throws IOException, InterruptedException {
        Path out = folder.resolve("killed");
        remove(out);
        Files.deleteIfExists(log(out));
        Process process = start(job, out, false);
        awaitStage(job, process, out);
        long moment = random.nextLong(alone.milliseconds());
        if (process.waitFor(moment, TimeUnit.MILLISECONDS)) {
            return Optional.empty();
        }
        process.destroyForcibly().waitFor();
        String stage = stage(out).isEmpty() ? job.name() : stage(out);
        assertThat(start(job, out, job.resumes()).waitFor())
                .as("kill %d, %s: see %s", index, stage, log(out))
                .isZero();
        assertThat(models(out))
                .as("kill %d, %s, %d ms: see %s", index, stage, moment, out)
                .containsExactlyEntriesOf(alone.models());
        try (Stream<Path> left = Files.walk(out)) {
            assertThat(left.filter(file -> file.toString().endsWith(".tmp"))).isEmpty();
        }
        System.out.printf("kill %d: %s, in %s: the same%n", index, job.name(), stage);
        return Optional.of(stage);
    }

    /** The last stage that a run has named; empty before there was one. */
    private String stage(Path out) throws IOException {
        if (!Files.exists(log(out))) {
            return "";
        }
        String text = Files.readString(log(out), StandardCharsets.UTF_8);
        return STAGE.matcher(text)
                .results()
                .map(MatchResult::group)
                .reduce("", (before, last) -> last)
                .replaceFirst(":.*", "");
    }

    private Process start(Job job, Path out, boolean resume) throws IOException {
        String line = job.line().replace("WHOLE", folder.resolve("whole").toString()) + " --data "
                + folder.resolve("data") + " --out " + out + " --threads 1 --device cpu --plain"
                + (job.resumes() ? " --batch 100" : "") + (resume ? " --resume" : "");
        ProcessBuilder builder = new ProcessBuilder(ChildJvm.command(
                Main.class,
                List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                List.of(line.split(" "))));
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(out).toFile()))
                .start();
    }

    private Path log(Path out) {
        return folder.resolve(out.getFileName() + ".log");
    }

    private static Map<String, byte[]> models(Path out) throws IOException {
        Map<String, byte[]> content = new TreeMap<>();
        try (Stream<Path> files = Files.list(out)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".safetensors"))
                    .toList()) {
                content.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return content;
    }

    private static void remove(Path out) throws IOException {
        if (Files.exists(out)) {
            try (Stream<Path> files = Files.walk(out)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Blocks of brightness by class, with noise: enough to learn something from. */
    private static void images(Path data) {
        SplittableRandom noise = new SplittableRandom(5);
        byte[] labels = new byte[TRAINING_IMAGES];
        byte[] pixels = new byte[TRAINING_IMAGES * SIDE * SIDE];
        for (int image = 0; image < TRAINING_IMAGES; image++) {
            labels[image] = (byte) (image % CLASSES);
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                boolean bright = pixel / SIDE / 6 == labels[image] % 5 && pixel % SIDE / 14 == labels[image] / 5;
                pixels[image * SIDE * SIDE + pixel] = (byte) (noise.nextInt(100) + (bright ? 150 : 0));
            }
        }
        IdxFiles.write(
                data.resolve("train-images-idx3-ubyte"), IdxFiles.idx(new int[] {TRAINING_IMAGES, SIDE, SIDE}, pixels));
        IdxFiles.write(data.resolve("train-labels-idx1-ubyte"), IdxFiles.idx(new int[] {TRAINING_IMAGES}, labels));
    }
}
