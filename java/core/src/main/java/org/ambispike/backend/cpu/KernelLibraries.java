package org.ambispike.backend.cpu;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;

/**
 * Where native libraries come from: the folder that the system property {@code ambispike.natives} names, else jars with this
 * platform as their classifier. Our own have no third place, so that nobody runs other kernels than they think; those of others
 * come from the folder where it has them. Thread-safe.
 */
final class KernelLibraries {
    static final String FOLDER = "ambispike.natives";

    private static final String CACHE = "org.bytedeco.javacpp.cacheLibraries";
    private static final String OPENMP = "libgomp.so.1";
    private static final Pattern MISSING =
            Pattern.compile("(?s).*?([\\w.+-]+\\.so[.\\d]*): cannot open shared object file.*");
    private static final Pattern NEWER = Pattern.compile("(?s).*version `(\\w+_[\\d.]+)' not found.*");

    /**
     * A library.
     *
     * @param name by which JavaCPP knows it
     * @param file in the folder
     * @param bound whether it has native methods, and so belongs to one class loader
     */
    private record Library(String name, String file, boolean bound) {
        boolean isOurs() {
            return name.equals("ambispike") || name.equals("jniKernels");
        }
    }

    /** In the order in which they are loaded: each may need those before it. */
    private static final List<Library> LIBRARIES = List.of(
            bound("jnijavacpp"),
            new Library("gomp@.1", OPENMP, false),
            new Library("OpenCL@.1", "libOpenCL.so.1", false),
            bound("jniOpenCL"),
            new Library("dnnl@.3", "libdnnl.so.3", false),
            bound("jnidnnl"),
            new Library("ambispike", System.mapLibraryName("ambispike"), false),
            bound("jniKernels"));

    private KernelLibraries() {}

    private static Library bound(String name) {
        return new Library(name, System.mapLibraryName(name), true);
    }

    /** What is missing, as far as files tell, and what to do about it; loads nothing. */
    static Optional<String> problem() {
        return folder().map(KernelLibraries::problemOf).orElseGet(KernelLibraries::problemOfClassPath);
    }

    /**
     * Loads what the user's folder has of others, before JavaCPP looks for it in jars, which it would extract.
     *
     * @throws UnsatisfiedLinkError if a library is none for this machine
     */
    static void prepare() {
        folder().ifPresent(folder -> {
            List<Library> there = LIBRARIES.stream()
                    .filter(library -> Files.isRegularFile(folder.resolve(library.file())))
                    .toList();
            if (there.equals(LIBRARIES)) {
                withoutCache();
            }
            there.stream().filter(library -> !library.isOurs()).forEach(library -> load(folder, library));
        });
    }

    /**
     * Loads our own libraries from the user's folder; those of a jar are left to JavaCPP.
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
        folder().ifPresent(
                        folder -> LIBRARIES.stream().filter(Library::isOurs).forEach(library -> load(folder, library)));
        if (Loader.getPlatform().startsWith("linux")) {
            // its threads outlive the class loader that brought it, and must not lose their code when that is collected
            Loader.loadGlobal(OPENMP);
        }
    }

    private static Optional<Path> folder() {
        return Optional.ofNullable(System.getProperty(FOLDER)).map(Path::of);
    }

    /** JavaCPP reads its setting once; it is put back, for other class loaders may have a JavaCPP of their own. */
    private static void withoutCache() {
        synchronized (Runtime.getRuntime()) { // of the process, where each class loader has its own classes
            Properties system = System.getProperties();
            Object before = system.put(CACHE, "false");
            try {
                Loader.isLoadLibraries();
            } finally {
                if (before == null) {
                    system.remove(CACHE);
                } else {
                    system.put(CACHE, before);
                }
            }
        }
    }

    private static void load(Path folder, Library library) {
        Path file = folder.resolve(library.file());
        try {
            load(file, library.name());
        } catch (UnsatisfiedLinkError e) {
            if (!describe(e).contains("already loaded in another classloader")) {
                throw e;
            }
            if (library.bound()) {
                loadCopy(file, library.name());
            } // else the process has it, and the others find it by its name
        }
    }

    private static void load(Path file, String name) {
        Loader.loadLibrary(KernelLibraries.class, new URL[] {url(file)}, name);
    }

    /** The methods of a second class loader are bound to a library of its own; once it is loaded no file is needed. */
    private static void loadCopy(Path file, String name) {
        try {
            Path copy = Files.createTempFile("ambispike-", ".so");
            try {
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                load(copy, name);
            } finally {
                Files.delete(copy);
            }
        } catch (IOException e) {
            UnsatisfiedLinkError error =
                    new UnsatisfiedLinkError(file + " is loaded by another class loader, and cannot be"
                            + " copied for this one: " + e
                            + "; let -Djava.io.tmpdir name a folder that can be written, or give the"
                            + " library to a class loader that both share");
            error.initCause(e);
            throw error;
        }
    }

    /** Returns why a library could not be loaded, and where the cause is a known one, what to do about it. */
    static String explain(String library, Throwable failure) {
        String text = describe(failure);
        return library + " could not be loaded: " + text
                + remedy(text).map("; "::concat).orElse("");
    }

    private static Optional<String> remedy(String text) {
        Matcher missing = MISSING.matcher(text);
        Matcher newer = NEWER.matcher(text);
        if (text.contains("failed to map segment")) {
            return Optional.of("the folder is mounted noexec, or its libraries may not be run for another reason; let"
                    + " -Dorg.bytedeco.javacpp.cachedir name a folder where they may, or -D" + FOLDER
                    + " one with the libraries themselves");
        }
        if (text.contains("IllegalCallerException") || text.contains("llegal native access")) {
            return Optional.of(
                    "this Java forbids native access; start it with --enable-native-access=ALL-UNNAMED, or on a"
                            + " module path --enable-native-access=org.ambispike,org.bytedeco.javacpp");
        }
        if (text.contains("ld-linux") || text.contains("ld-musl") || text.contains("libc.musl")) {
            return Optional.of("this system has no glibc, such as Alpine's with musl; take one that has, for example a"
                    + " Debian image");
        }
        if (newer.matches()) {
            return Optional.of("this system's C library is too old; the kernels want " + newer.group(1)
                    + ", so take a newer system or build them on this one");
        }
        if (missing.matches()) {
            String name = missing.group(1);
            String from = name.startsWith("libgomp")
                    ? "libgomp1 on Debian, libgomp elsewhere"
                    : name.startsWith("libstdc++") ? "libstdc++6 on Debian, libstdc++ elsewhere" : "that has it";
            return Optional.of("install " + name + ", by the package " + from + ", or put it into the folder that -D"
                    + FOLDER + " names");
        }
        if (text.contains("Could not create the cache")) {
            return Optional.of(
                    "no folder for extracted libraries can be written; let -Dorg.bytedeco.javacpp.cachedir name"
                            + " one, or -D" + FOLDER + " a folder with the libraries themselves");
        }
        return Optional.empty();
    }

    /** The messages from the last cause on: Java wraps the one that says it. */
    private static String describe(Throwable failure) {
        Throwable cause = failure;
        StringBuilder text = new StringBuilder();
        for (int depth = 0; cause != null && depth < 8; depth++) {
            String message =
                    cause instanceof UnsatisfiedLinkError ? String.valueOf(cause.getMessage()) : cause.toString();
            text.insert(0, message + (depth == 0 ? "" : ", then "));
            cause = cause.getCause();
        }
        return text.toString();
    }

    private static Optional<String> problemOf(Path folder) {
        return LIBRARIES.stream()
                .filter(library -> library.isOurs() && !Files.isRegularFile(folder.resolve(library.file())))
                .findFirst()
                .map(library -> "the folder " + folder + " that -D" + FOLDER + " names holds no " + library.file()
                        + "; name the folder with the libraries of this version, or leave the property out to take"
                        + " those of the jar");
    }

    private static Optional<String> problemOfClassPath() {
        String platform = Loader.getPlatform();
        try {
            for (Library library : LIBRARIES) {
                String resource = platform + "/" + library.file();
                if (library.isOurs() && Loader.findResource(KernelLibraries.class, resource) == null) {
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

    private static URL url(Path file) {
        try {
            return file.toAbsolutePath().toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("a file without a URL: " + file, e);
        }
    }
}
