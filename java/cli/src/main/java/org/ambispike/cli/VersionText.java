package org.ambispike.cli;

import org.ambispike.backend.cpu.CpuFacts;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
        Version version = Version.current();
        CpuFacts natives = CpuProbe.probe();
        return new String[] {
            "ambispike " + version.version() + " (commit " + version.commit() + ")",
            "natives: oneDNN " + natives.dnnlVersion().orElse("not loaded") + ", kernels "
                    + natives.kernels().orElse("not loaded"),
            "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch")
        };
    }
}
