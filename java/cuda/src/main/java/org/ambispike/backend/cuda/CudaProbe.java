package org.ambispike.backend.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.ambispike.backend.GpuFacts;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.BackendException;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;

/** Looks for a GPU and for what the backend needs of it; never throws, and prints nothing. Thread-safe. */
public final class CudaProbe {
    private static final String NATIVES = "/org/bytedeco/cuda/linux-x86_64/libjnicudnn.so";
    private static final int NO_DEVICE = 100;
    private static final int INSUFFICIENT_DRIVER = 35;
    private static final int NAME_BYTES = 256;
    private static final int FACTS = 6;
    private static final String LIBRARY = "ambispike_cuda";
    private static final int DIGEST_BYTES = 8;

    private CudaProbe() {}

    /** The kernels' library, the driver, the device, then cuDNN and cuBLAS. */
    public static GpuFacts probe() {
        GpuFacts facts = device();
        return facts.problem().isPresent()
                ? facts
                : libraryProblem().map(GpuFacts::missing).orElse(facts);
    }

    /** The kernels' library, the driver and the device: what everything but convolutions and matrix multiplications needs. */
    static GpuFacts device() {
        try {
            Loader.load(CudaKernels.class);
        } catch (LinkageError e) {
            return GpuFacts.missing(
                    "this build has no CUDA kernels: install cuda-nvcc and cuda-cudart-dev from NVIDIA's"
                            + " package repository for your distribution, and build again");
        }
        Optional<String> host = CpuProbe.probe().problem(); // the GPU's kernels are called through the same binding
        if (host.isPresent()) {
            return GpuFacts.missing(host.get());
        }
        try (IntPointer count = new IntPointer(1);
                BytePointer name = new BytePointer(NAME_BYTES);
                IntPointer facts = new IntPointer(FACTS)) {
            int code = CudaKernels.ambi_cuda_devices(count);
            if (code != CudaKernels.AMBI_OK || count.get() == 0) {
                return GpuFacts.missing(driverProblem(code - CudaKernels.AMBI_CUDA_ERROR));
            }
            code = CudaKernels.ambi_cuda_device_facts(0, name, NAME_BYTES, facts);
            return code == CudaKernels.AMBI_OK
                    ? describe(text(name), facts)
                    : GpuFacts.missing("the GPU does not answer: " + CudaStatus.text(code));
        }
    }

    /** Up to the zero that ends it; by itself a pointer with a capacity gives all of that. */
    private static String text(BytePointer ended) {
        return ended.limit(BytePointer.strlen(ended)).getString(StandardCharsets.UTF_8);
    }

    /**
     * A digest of the kernels' library that this process loaded, for example to tell builds apart.
     *
     * @throws BackendException if there is none, or it cannot be read
     */
    public static String kernelsDigest() {
        try {
            Loader.load(CudaKernels.class);
            String file = Loader.getLoadedLibraries().get(LIBRARY);
            if (file == null) {
                throw new BackendException("the CUDA kernels were loaded from no file that is known");
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(Path.of(file)));
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (LinkageError | IOException | NoSuchAlgorithmException e) {
            throw new BackendException("the CUDA kernels' library cannot be read: " + e.getMessage(), e);
        }
    }

    private static String driverProblem(int error) {
        return switch (error) {
            case NO_DEVICE -> "the driver finds no NVIDIA GPU; in a container, start it with --gpus all";
            case INSUFFICIENT_DRIVER -> "there is no NVIDIA driver, or one older than CUDA 13 needs (580): install the package"
                    + " nvidia-driver (Debian) or run ubuntu-drivers install (Ubuntu), then restart";
            default -> "the driver offers no GPU: " + CudaStatus.text(error + CudaKernels.AMBI_CUDA_ERROR);
        };
    }

    private static GpuFacts describe(String name, IntPointer facts) {
        int major = facts.get(0);
        int minor = facts.get(1);
        if (major < 8) {
            return GpuFacts.missing("the GPU " + name + " has compute capability " + major + "." + minor
                    + "; 8.0 (Ampere) or newer is needed");
        }
        return new GpuFacts(
                name + ", compute capability " + major + "." + minor + ", " + facts.get(2)
                        + " multiprocessors, driver for CUDA " + version(facts.get(4)) + ", runtime "
                        + version(facts.get(5)),
                Optional.empty());
    }

    private static String version(int number) {
        return number / 1000 + "." + number % 1000 / 10;
    }

    /** What keeps cuDNN or cuBLAS from loading. */
    static Optional<String> libraryProblem() {
        if (!hasBindings()) {
            return Optional.of(
                    "this build has no bindings of cuDNN and cuBLAS, since it was made where no NVIDIA driver was:"
                            + " build again here, or with ./mvnw -Pcuda package");
        }
        String remedy = ", or put its folder on LD_LIBRARY_PATH or AMBISPIKE_CUDA_PATH";
        try {
            Loader.load(cublas.class);
        } catch (LinkageError e) {
            return Optional.of(
                    "libcublas.so.13 and libcudart.so.13 could not be loaded: install libcublas and cuda-cudart"
                            + " 13 from NVIDIA's package repository for your distribution" + remedy);
        }
        try {
            Loader.load(cudnn.class);
        } catch (LinkageError e) {
            return Optional.of(
                    "libcudnn.so.9 could not be loaded: install cudnn9-cuda-13 from NVIDIA's package repository"
                            + " for your distribution" + remedy);
        }
        return Optional.empty();
    }

    /** As JavaCPP looks for them: in a module of their own, where there are modules. */
    private static boolean hasBindings() {
        try {
            return Loader.findResource(CudaProbe.class, NATIVES) != null;
        } catch (IOException e) {
            return false;
        }
    }
}
