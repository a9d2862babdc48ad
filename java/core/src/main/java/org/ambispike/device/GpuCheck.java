package org.ambispike.device;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.ambispike.backend.Backend;
import org.ambispike.backend.GpuProvider;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.common.BackendException;
import org.ambispike.common.Precision;
import org.ambispike.common.Version;
import org.ambispike.io.UserCache;
import org.ambispike.io.UserCacheFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the GPU computes what the CPU does. A pass is kept in the user's cache for the device, driver,
 * libraries, precision, build and kernels at hand; a failure is not. Never throws: what goes wrong is a finding. Opens
 * backends of its own, and closes them. Thread-safe.
 */
public final class GpuCheck {
    private static final Logger LOG = LoggerFactory.getLogger(GpuCheck.class);
    private static final String OPENING = "opening the backends";

    private final Path folder;
    private final Supplier<String> build;
    private final Function<Precision, Backend> gpu;

    /**
     * @param folder of what is kept
     * @param build what was built and what it runs on beside the backend's own description, in one line; empty where that
     *     cannot be named, and nothing is kept
     * @param gpu opens the backend to check
     */
    GpuCheck(Path folder, Supplier<String> build, Function<Precision, Backend> gpu) {
        this.folder = folder;
        this.build = build;
        this.gpu = gpu;
    }

    /** Checks this machine's first GPU, used as the environment says but with cuDNN's heuristics. */
    public static GpuCheck ofThisMachine() {
        return new GpuCheck(UserCache.folder(), GpuCheck::build, precision -> provider()
                .open(precision, GpuProvider.Tuning.HEURISTICS));
    }

    private static GpuProvider provider() {
        return GpuProvider.find().orElseThrow(() -> new BackendException(GpuProvider.MISSING));
    }

    private static String build() {
        try {
            return build(
                    Version.current(),
                    Gpu.findDriver().orElse("unknown"),
                    provider().kernelsDigest());
        } catch (BackendException e) {
            LOG.info("a pass of the self-check is not kept: {}", e.getMessage());
            return "";
        }
    }

    /** A commit that had changes does not say what was built. */
    static String build(Version version, String driver, String kernels) {
        return version.commit().endsWith("-dirty")
                ? ""
                : "driver " + driver + ", ambispike " + version.version() + ", commit " + version.commit()
                        + ", kernels " + kernels;
    }

    /** What was kept, else what the self-check finds now. */
    public GpuCheckResult proof(Precision precision) {
        return proof(precision, true);
    }

    /** What the self-check finds now, whatever was kept. */
    public GpuCheckResult anew(Precision precision) {
        return proof(precision, false);
    }

    private GpuCheckResult proof(Precision precision, boolean believesWhatWasKept) {
        try (Backend candidate = gpu.apply(precision)) {
            String built = build.get();
            UserCacheFile kept = new UserCacheFile(folder, "self-check", candidate.describe() + ", " + built);
            boolean keeps = !built.isEmpty();
            if (keeps && believesWhatWasKept && kept.read(lines -> lines).isPresent()) {
                return GpuCheckResult.keptPass();
            }
            List<Finding> findings = findings(candidate, believesWhatWasKept);
            GpuCheckResult proof = new GpuCheckResult(findings, false);
            if (keeps && proof.failure().isEmpty()) {
                kept.write(findings.stream()
                        .map(finding -> finding.item() + ": " + finding.describe())
                        .toList());
            }
            return proof;
        } catch (RuntimeException | LinkageError e) { // whatever it is, the GPU is not proven
            return new GpuCheckResult(List.of(Finding.failed(OPENING, e)), false);
        }
    }

    private static List<Finding> findings(Backend candidate, boolean untilFailure) {
        try (Backend reference = CpuBackend.open(Precision.F32, 1)) {
            return new SelfCheck(reference, candidate).findings(untilFailure);
        }
    }

    /** The command that shows all findings for a precision. */
    static String command(Precision precision) {
        String option = precision == Precision.F32
                ? ""
                : " --precision " + precision.name().toLowerCase(Locale.ROOT);
        return "ambispike doctor" + option;
    }
}
