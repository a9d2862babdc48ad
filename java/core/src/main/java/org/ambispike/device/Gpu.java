package org.ambispike.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What this machine offers for CUDA, found without loading any of it.
 *
 * @param driver version of the kernel driver
 * @param devices a line each: name, memory, compute capability
 * @param parts the driver, the libraries and the compiler, present or not
 */
public record Gpu(Optional<String> driver, List<String> devices, List<Part> parts) {
    private static final Pattern DRIVER_VERSION = Pattern.compile("Kernel Module.*?\\s(\\d+\\.\\d+(\\.\\d+)?)");
    private static final String DRIVER_LIBRARY = "libcuda.so.1";
    private static final String CUDA_REPOSITORY = "from NVIDIA's package repository for your distribution";

    /**
     * One thing that the CUDA backend needs.
     *
     * @param name for example {@code libcudnn.so}
     * @param found where, or which version; empty if it is missing
     * @param purpose what it is for
     * @param remedy how to get it
     */
    public record Part(String name, Optional<String> found, String purpose, String remedy) {}

    /** Looks at this machine. */
    public static Gpu probe() {
        return probe(Path.of("/"), System.getenv(), Gpu::output);
    }

    /** Runs a command and returns what it printed; empty if there is no such command or it failed. */
    interface Runner {
        List<String> lines(String... command);
    }

    static Gpu probe(Path root, Map<String, String> environment, Runner runner) {
        List<String> devices =
                runner.lines("nvidia-smi", "--query-gpu=name,memory.total,compute_cap", "--format=csv,noheader");
        Optional<String> driver = driverVersion(root);
        List<String> cache = libraryCache(runner);
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(
                "NVIDIA driver",
                driver,
                "runs anything on the GPU",
                "install the package nvidia-driver (Debian) or run ubuntu-drivers install (Ubuntu), then restart"));
        parts.add(new Part(
                DRIVER_LIBRARY,
                library(DRIVER_LIBRARY, environment, cache),
                "is the driver's library",
                "it comes with the driver; in a container, start it with --gpus all"));
        parts.add(new Part(
                "libcudart.so",
                library("libcudart.so", environment, cache),
                "is the CUDA runtime",
                "install cuda-cudart " + CUDA_REPOSITORY));
        parts.add(new Part(
                "libcublas.so",
                library("libcublas.so", environment, cache),
                "multiplies matrices",
                "install libcublas " + CUDA_REPOSITORY));
        parts.add(new Part(
                "libcudnn.so",
                library("libcudnn.so", environment, cache),
                "computes convolutions",
                "install cudnn9-cuda-13 " + CUDA_REPOSITORY + ", or put its folder on LD_LIBRARY_PATH"));
        parts.add(new Part(
                "nvcc",
                compiler(root, environment, runner),
                "compiles the CUDA kernels",
                "install cuda-nvcc " + CUDA_REPOSITORY));
        return new Gpu(driver, devices, List.copyOf(parts));
    }

    /** The parts that are not there. */
    public List<Part> missing() {
        return parts.stream().filter(part -> part.found().isEmpty()).toList();
    }

    /**
     * The version of the kernel driver, or where the driver's library lies if the version is not told, as in WSL; empty where
     * there is no driver. Cheaper than {@link #probe()}.
     */
    public static Optional<String> findDriver() {
        return findDriver(Path.of("/"), System.getenv(), Gpu::output);
    }

    static Optional<String> findDriver(Path root, Map<String, String> environment, Runner runner) {
        return driverVersion(root).or(() -> library(DRIVER_LIBRARY, environment, libraryCache(runner)));
    }

    private static List<String> libraryCache(Runner runner) {
        return Stream.of("ldconfig", "/sbin/ldconfig")
                .map(command -> runner.lines(command, "-p"))
                .filter(lines -> !lines.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private static Optional<String> driverVersion(Path root) {
        try {
            Matcher matcher = DRIVER_VERSION.matcher(Files.readString(root.resolve("proc/driver/nvidia/version")));
            return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> library(String name, Map<String, String> environment, List<String> cache) {
        for (String folder : environment.getOrDefault("LD_LIBRARY_PATH", "").split(":")) {
            Optional<String> found = folder.isEmpty() ? Optional.empty() : firstNamed(Path.of(folder), name);
            if (found.isPresent()) {
                return found;
            }
        }
        return cache.stream()
                .map(String::strip)
                .filter(line -> line.startsWith(name) && line.contains("=>"))
                .map(line -> line.substring(line.indexOf("=>") + 2).strip())
                .findFirst();
    }

    private static Optional<String> firstNamed(Path folder, String prefix) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .map(Path::toString)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> compiler(Path root, Map<String, String> environment, Runner runner) {
        List<String> candidates = new ArrayList<>();
        Optional.ofNullable(environment.get("CUDA_HOME")).ifPresent(home -> candidates.add(home + "/bin/nvcc"));
        candidates.add("nvcc");
        candidates.add(root.resolve("usr/local/cuda/bin/nvcc").toString());
        for (String candidate : candidates) {
            Optional<String> release = runner.lines(candidate, "--version").stream()
                    .filter(line -> line.contains("release"))
                    .findFirst();
            if (release.isPresent()) {
                return Optional.of(candidate + ", " + release.get().strip());
            }
        }
        return Optional.empty();
    }

    private static List<String> output(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            // A broken driver can make nvidia-smi hang.
            CompletableFuture.delayedExecutor(10, TimeUnit.SECONDS).execute(process::destroyForcibly);
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? text.lines().toList() : List.of();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
