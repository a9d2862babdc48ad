package org.ambispike.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.cpu.CpuBackend;
import org.ambispike.backend.cpu.CpuProbe;
import org.ambispike.common.Precision;
import org.ambispike.common.PrecisionException;
import org.ambispike.graph.Graph;
import org.ambispike.graph.NeuronModel;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.graph.Shape;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Which values besides f32 an executor may store, by backend, network and options. */
class StorageSchemeTest {
    private static final ExecutionOptions INFERENCE = ExecutionOptions.inference(2, 4);
    private static final ExecutionOptions STREAMING = ExecutionOptions.streaming(2);
    private static final ExecutionOptions TRAINING = ExecutionOptions.training(2, 4);

    private static Graph network(Op neuron) {
        return new Graph(List.of(
                new Node("input", new Op.Input(Shape.of(1, 1, 2)), List.of()),
                new Node("fc1", new Op.Linear(2, 2), List.of("input")),
                new Node("act1", neuron, List.of("fc1")),
                new Node("fc2", new Op.Linear(2, 2), List.of("act1"))));
    }

    private static Graph spiking() {
        return network(new Op.Spike(NeuronModel.PAIR, 0.1, false));
    }

    private static Graph augmented() {
        return network(new Op.Spike(NeuronModel.PAIR, 0.1, false, 2));
    }

    private static Graph ann() {
        return network(new Op.Activation(Op.ActivationKind.LEAKY, 0.1, 0, false));
    }

    @Test
    void aBackendOfF32StoresF32Alone() {
        try (Backend cpu = CpuBackend.open(Precision.F32, 1)) {
            assertThat(StorageScheme.of(cpu, spiking(), INFERENCE)).isEqualTo(StorageScheme.F32);
        }
    }

    @Test
    void bf16IsStoredInPassesOverAllStepsOfInference() {
        try (CpuBackend cpu = CpuBackend.open(Precision.F32, 1)) {
            Backend bf16 = new ReferenceBf16(cpu).backend();
            assertThat(StorageScheme.of(bf16, spiking(), INFERENCE)).isEqualTo(StorageScheme.BF16);
            assertThat(StorageScheme.of(bf16, spiking(), STREAMING)).isEqualTo(StorageScheme.F32);
            assertThat(StorageScheme.of(bf16, spiking(), TRAINING)).isEqualTo(StorageScheme.F32);
            assertThat(StorageScheme.of(bf16, spiking(), INFERENCE.withSmoothSpikes()))
                    .isEqualTo(StorageScheme.F32);
            assertThat(StorageScheme.of(bf16, augmented(), INFERENCE)).isEqualTo(StorageScheme.F32);
            assertThat(StorageScheme.of(bf16, ann(), ExecutionOptions.inference(2, 1)))
                    .isEqualTo(StorageScheme.F32);
        }
    }

    @Test
    void int8IsForInferenceOfSpikesOfOneQuantum() {
        Assumptions.assumeTrue(CpuProbe.probe().int8(), "this processor has no multiplication of bytes");
        try (Backend int8 = CpuBackend.open(Precision.INT8, 1)) {
            assertThat(StorageScheme.of(int8, spiking(), INFERENCE)).isEqualTo(StorageScheme.INT8);
            assertThat(StorageScheme.of(int8, spiking(), STREAMING)).isEqualTo(StorageScheme.INT8);
            assertThat(StorageScheme.of(int8, ann(), ExecutionOptions.inference(2, 1)))
                    .isEqualTo(StorageScheme.F32);
            assertRefused(int8, spiking(), TRAINING, "int8 is for inference");
            assertRefused(int8, ann(), ExecutionOptions.training(2, 1), "int8 is for inference");
            assertRefused(int8, spiking(), INFERENCE.withSmoothSpikes(), "int8 is for inference");
            assertRefused(int8, spiking(), STREAMING.withTrace(), "traces of spikes");
            assertRefused(int8, augmented(), INFERENCE, "augmented spikes");
        }
    }

    private static void assertRefused(Backend backend, Graph graph, ExecutionOptions options, String beginning) {
        assertThatThrownBy(() -> StorageScheme.of(backend, graph, options))
                .isInstanceOf(PrecisionException.class)
                .hasMessageStartingWith(beginning);
    }
}
