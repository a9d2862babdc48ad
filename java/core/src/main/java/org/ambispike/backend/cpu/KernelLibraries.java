package org.ambispike.backend.cpu;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/**
 * Where our own native libraries come from: the folder that the system property {@code ambispike.natives} names, else the
 * jar with this platform as its classifier. There is no third place, so that nobody runs other kernels than they think.
 * Thread-safe.
 */
final class KernelLibraries {
    static final String FOLDER = "ambispike.natives";

    /** In the order in which they are loaded: the second needs the first. */
    private static final List<String> NAMES = List.of("ambispike", "jniKernels");

    private KernelLibraries() {}

    /** What is missing, as far as files tell, and what to do about it; loads nothing. */
    static Optional<String> problem() {
        return folder().map(KernelLibraries::problemOf).orElseGet(KernelLibraries::problemOfClassPath);
    }

    /**
     * Loads the libraries from the user's folder; those of a jar are left to JavaCPP.
     *
     * @throws UnsatisfiedLinkError saying what is missing, or that a library is none for this machine
     */
    static void load() {
        if (!Loader.isLoadLibraries()) {
            return; // JavaCPP's parser and generator look at the classes only
        }
        problem().ifPresent(problem -> {
            throw new UnsatisfiedLinkError(problem);
        });
        folder().ifPresent(folder -> NAMES.forEach(
                name -> Loader.loadLibrary(KernelLibraries.class, new URL[] {url(folder.resolve(file(name)))}, name)));
    }

    private static Optional<Path> folder() {
        return Optional.ofNullable(System.getProperty(FOLDER)).map(Path::of);
    }

    private static Optional<String> problemOf(Path folder) {
        return NAMES.stream()
                .map(KernelLibraries::file)
                .filter(file -> !Files.isRegularFile(folder.resolve(file)))
                .findFirst()
                .map(file -> "the folder " + folder + " that -D" + FOLDER + " names holds no " + file
                        + "; name the folder with the libraries of this version, or leave the property out to take"
                        + " those of the jar");
    }

    private static Optional<String> problemOfClassPath() {
        String platform = Loader.getPlatform();
        try {
            for (String name : NAMES) {
                String resource = platform + "/" + file(name);
                if (Loader.findResource(KernelLibraries.class, resource) == null) {
                    boolean named = KernelLibraries.class.getModule().isNamed();
                    return Optional.of("the " + (named ? "modules hold" : "class path holds") + " no kernels for "
                            + platform + "; add the dependency org.ambispike:ambispike with the classifier " + platform
                            + ", in the version of the main jar, "
                            + (named ? "and require org.ambispike." + platform.replace('-', '.') + ", " : "")
                            + "or name a folder of them with -D" + FOLDER);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("the class path cannot be searched: " + e.getMessage());
        }
    }

    private static String file(String library) {
        return System.mapLibraryName(library);
    }

    private static URL url(Path file) {
        try {
            return file.toAbsolutePath().toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("a file without a URL: " + file, e);
        }
    }
}
