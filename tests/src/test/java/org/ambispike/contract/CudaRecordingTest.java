package org.ambispike.contract;

import java.util.List;
import org.ambispike.backend.Backend;
import org.ambispike.backend.Precision;
import org.ambispike.graph.Graph;
import org.ambispike.graph.Node;
import org.ambispike.graph.Op;
import org.ambispike.neuron.NeuronModel;
import org.ambispike.tensor.ConvGeometry;
import org.ambispike.tensor.PoolGeometry;
import org.ambispike.tensor.Shape;

/** With convolutions and products, which the emulated device lacks. */
class CudaRecordingTest extends RecordingContract {
    @Override
    Backend backend(boolean graphs) {
        return CudaDevice.open(Precision.F32, graphs);
    }

    @Override
    String recorded() {
        return "a CUDA graph";
    }

    @Override
    Graph graph() {
        Op.Spike spike = new Op.Spike(NeuronModel.PAIR, 0.1, true);
        return new Graph(List.of(
                new Node("image", new Op.Input(Shape.of(8, 8, 4)), List.of()),
                new Node("conv1", new Op.Conv2d(new ConvGeometry(8, 8, 4, 16, 3, 1, 1)), List.of("image")),
                new Node("spike1", spike, List.of("conv1")),
                new Node("conv2", new Op.Conv2d(new ConvGeometry(8, 8, 16, 16, 3, 1, 1)), List.of("spike1")),
                new Node("spike2", spike, List.of("conv2")),
                new Node("pool", new Op.AveragePool(new PoolGeometry(8, 8, 16, 2, 2)), List.of("spike2")),
                new Node("drop", new Op.Dropout(0.3), List.of("pool")),
                new Node("logits", new Op.Linear(256, 10), List.of("drop"))));
    }
}
