package org.ambispike.nir;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.ambispike.common.InputException;
import org.ambispike.graph.HostTensor;
import org.ambispike.graph.Shape;
import org.ambispike.graph.WindowAxis;
import org.ambispike.io.AtomicFiles;

/**
 * NIR graphs as HDF5, in the layout that the Python package {@code nir} reads: a group for each node with its type and
 * parameters, and the edges as pairs of names (Pedersen et al., "Neuromorphic intermediate representation", 2024).
 */
public final class NirFiles {
    /** The version of the layout, under {@code /version}. */
    private static final String VERSION = "1.0";

    private NirFiles() {}

    /**
     * Writes a graph, atomically.
     *
     * @throws InputException if the target is no place for a file
     * @throws UncheckedIOException naming the target, if it cannot be written
     */
    public static void write(Path target, NirGraph graph) {
        try {
            Path temporary = Files.createTempFile("ambispike", ".nir");
            try {
                try (WritableHdfFile file = HdfFile.write(temporary)) {
                    file.putDataset("version", VERSION);
                    graph(file.putGroup("node"), graph);
                }
                AtomicFiles.write(target, out -> Files.copy(temporary, out));
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
    }

    private static void graph(WritableGroup group, NirGraph graph) {
        group.putDataset("type", "NIRGraph");
        WritableGroup nodes = group.putGroup("nodes");
        graph.nodes().forEach((name, node) -> node(nodes.putGroup(name), node));
        group.putDataset(
                "edges",
                graph.edges().stream()
                        .map(edge -> new String[] {edge.from(), edge.to()})
                        .toArray(String[][]::new));
        WritableGroup metadata = group.putGroup("metadata");
        for (Map.Entry<String, String> entry : graph.metadata().entrySet()) {
            metadata.putDataset(entry.getKey(), entry.getValue());
        }
    }

    private static void node(WritableGroup group, NirNode node) {
        group.putDataset("type", node.type());
        if (node instanceof NirNode.Input input) {
            group.putDataset("shape", extents(input.shape()));
        } else if (node instanceof NirNode.Output output) {
            group.putDataset("shape", extents(output.shape()));
        } else if (node instanceof NirNode.Conv2d conv) {
            WindowAxis down = conv.geometry().down();
            WindowAxis across = conv.geometry().across();
            group.putDataset("input_shape", new long[] {down.extent(), across.extent()});
            group.putDataset("weight", nested(conv.weight()));
            group.putDataset("bias", nested(conv.bias()));
            group.putDataset("stride", new long[] {down.stride(), across.stride()});
            group.putDataset("padding", new long[] {down.padding(), across.padding()});
            group.putDataset("dilation", new long[] {down.dilation(), across.dilation()});
            group.putDataset("groups", (long) conv.geometry().groups());
        } else if (node instanceof NirNode.Affine affine) {
            group.putDataset("weight", nested(affine.weight()));
            group.putDataset("bias", nested(affine.bias()));
        } else if (node instanceof NirNode.Scale scale) {
            group.putDataset("scale", nested(scale.scale()));
        } else if (node instanceof NirNode.AvgPool2d pool) {
            group.putDataset("kernel_size", square(pool.kernel()));
            group.putDataset("stride", square(pool.stride()));
            group.putDataset("padding", square(0));
        } else if (node instanceof NirNode.Flatten flatten) {
            group.putDataset("input_type", extents(flatten.shape()));
            group.putDataset("start_dim", 0L);
            group.putDataset("end_dim", -1L);
        } else if (node instanceof NirNode.IF neurons) {
            Shape shape = neurons.threshold().shape();
            group.putDataset("r", nested(HostTensor.filled(shape, 1)));
            group.putDataset("v_threshold", nested(neurons.threshold()));
            group.putDataset("v_reset", nested(HostTensor.filled(shape, 0)));
            WritableGroup metadata = group.putGroup("metadata");
            metadata.putDataset("reset", "subtract");
            metadata.putDataset("v_initial", nested(neurons.start()));
        }
    }

    private static long[] square(long extent) {
        return new long[] {extent, extent};
    }

    private static long[] extents(Shape shape) {
        return Arrays.stream(shape.toArray()).asLongStream().toArray();
    }

    /** Arrays in arrays, as the library takes them. */
    private static Object nested(HostTensor tensor) {
        return nested(tensor.values(), tensor.shape().toArray(), 0, 0);
    }

    private static Object nested(float[] values, int[] extents, int axis, int from) {
        if (axis == extents.length - 1) {
            return Arrays.copyOfRange(values, from, from + extents[axis]);
        }
        int[] inner = Arrays.copyOfRange(extents, axis, extents.length);
        int stride = values.length;
        for (int outer = 0; outer <= axis; outer++) {
            stride /= extents[outer];
        }
        Object array = Array.newInstance(float.class, inner);
        for (int index = 0; index < extents[axis]; index++) {
            Array.set(array, index, nested(values, extents, axis + 1, from + index * stride));
        }
        return array;
    }
}
