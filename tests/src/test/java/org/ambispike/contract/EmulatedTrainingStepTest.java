package org.ambispike.contract;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.support.TaughtNetwork;
import org.ambispike.tensor.PoolGeometry;
import org.ambispike.tensor.Shape;
import org.junit.jupiter.api.Tag;

@Tag("emulated")
class EmulatedTrainingStepTest extends TrainingStepContract {
    @Override
    Backend backend(boolean recording) {
        return CudaDevice.emulated(recording);
    }

    /** Without products, which the emulated device lacks; so there are no filters, and Muon leaves all to AdamW. */
    @Override
    Graph leaky() {
        Op activation = TaughtNetwork.activation();
        return new Graph(List.of(
                new Node("image", new Op.Input(Shape.of(4, 4, 12)), List.of()),
                new Node("act1", activation, List.of("image")),
                new Node("pool1", new Op.AveragePool(new PoolGeometry(4, 4, 12, 2, 2)), List.of("act1")),
                new Node("act2", activation, List.of("pool1")),
                new Node("drop", new Op.Dropout(0.3), List.of("act2")),
                new Node("pool2", new Op.AveragePool(new PoolGeometry(2, 2, 12, 2, 2)), List.of("drop"))));
    }
}
