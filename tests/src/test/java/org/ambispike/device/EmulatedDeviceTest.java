package org.ambispike.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ambispike.backend.GpuFacts;
import org.ambispike.backend.cuda.CudaBackend;
import org.ambispike.backend.cuda.CudaOptions;
import org.ambispike.backend.cuda.CudaProbe;
import org.ambispike.common.Precision;
import org.ambispike.graph.NeuronModel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole choice on the CUDA backend that the host emulates. */
@Tag("emulated")
class EmulatedDeviceTest {
    private static final GpuFacts ALL_THERE = new GpuFacts("emulated device", Optional.empty());

    @TempDir
    private Path folder;

    private static CudaBackend open(Precision precision) {
        return CudaBackend.open(precision, new CudaOptions(true, Optional.empty()));
    }

    private static Device choose(GpuCheck check) {
        return new DeviceChoice(() -> Optional.of("580"), ALL_THERE::problem, check::proof, Gpu::probe)
                .choose(Device.Request.AUTO, Precision.F32);
    }

    @Test
    void autoTakesTheGpuWhereItComputesAllOfIt() {
        GpuCheck check = new GpuCheck(folder, CudaProbe::kernelsDigest, EmulatedDeviceTest::open);
        Device device = choose(check);
        assertThat(device.describe()).isEqualTo("cuda (its results are the CPU's, as a self-check found)");
        assertThat(choose(check).reason()).contains("as an earlier self-check found");
    }

    /** What is kept is kept under this name. */
    @Test
    void precisionsAndGraphsAreTold() {
        List<String> described = new ArrayList<>();
        for (Precision precision : List.of(Precision.F32, Precision.TF32, Precision.BF16)) {
            for (boolean graphs : new boolean[] {false, true}) {
                try (CudaBackend backend = CudaBackend.open(precision, new CudaOptions(graphs, Optional.empty()))) {
                    described.add(backend.describe());
                }
            }
        }
        assertThat(described).doesNotHaveDuplicates();
    }

    @Test
    void autoLeavesAGpuWhoseNeuronsDiffer() {
        Device device =
                choose(new GpuCheck(folder, CudaProbe::kernelsDigest, precision -> Spoil.forward(NeuronModel.PAIR)
                        .on(open(precision))));
        assertThat(device.kind()).isEqualTo(Device.Kind.CPU);
        assertThat(device.reason())
                .contains("'pair neurons, forward' differs by ")
                .contains(", allowed 1.0e-04;");
        assertThat(folder).isEmptyDirectory();
    }
}
