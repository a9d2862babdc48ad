package org.ambispike.nir;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ambispike.common.InputException;
import org.ambispike.io.FileFault;

/**
 * What is in a NIR file, ours or another program's; all texts are printable and bounded.
 *
 * @param version of the format, or {@code unknown}
 * @param nodes each after those that it reads, where there is no loop
 * @param metadata in the order of its names
 */
public record NirListing(String version, List<Row> nodes, Map<String, String> metadata) {
    /**
     * A node.
     *
     * @param reads the nodes that it reads, joined with a plus
     * @param parameters names with shapes, or with values where these are texts or a few integers
     */
    public record Row(String node, String type, String reads, String parameters) {}

    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final int NAME_COLUMNS = 36;
    private static final int READS_COLUMNS = 52;
    private static final int PARAMETER_COLUMNS = 100;

    /** Returns whether a file begins as HDF5 does; a file that cannot be read does not. */
    public static boolean isHdf5(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(SIGNATURE.length), SIGNATURE);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Reads a NIR file: its nodes with what they read and their parameters' shapes, and its metadata.
     *
     * @throws InputException naming the file, if it is no HDF5 file or holds no NIR graph
     */
    public static NirListing read(Path file) {
        try (HdfFile hdf = new HdfFile(file)) {
            return read(file, hdf);
        } catch (InputException e) {
            throw e;
            // whatever the library throws at a damaged file, which may announce more than memory holds
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            throw FileFault.of(file, "is damaged, or not the HDF5 of a NIR graph: " + e.getMessage(), e);
        }
    }

    private static NirListing read(Path file, HdfFile hdf) {
        if (!(hdf.getChildren().get("node") instanceof Group graph)
                || !(graph.getChildren().get("nodes") instanceof Group nodes)
                || !(graph.getChildren().get("edges") instanceof Dataset edges)) {
            throw FileFault.of(file, "is HDF5, but holds no NIR graph: it lacks node/nodes or node/edges");
        }
        Map<String, List<String>> inputs = inputs(edges);
        List<Row> rows = new ArrayList<>();
        for (String name : inOrder(nodes.getChildren().keySet(), inputs)) {
            Group node = (Group) nodes.getChildren().get(name);
            rows.add(new Row(
                    FileFault.printable(name, NAME_COLUMNS),
                    type(node),
                    FileFault.printable(String.join(" + ", inputs.getOrDefault(name, List.of())), READS_COLUMNS),
                    parameters(node, "")));
        }
        String version = hdf.getChildren().get("version") instanceof Dataset dataset ? text(dataset) : "unknown";
        return new NirListing(version, rows, metadata(graph));
    }

    private static Map<String, String> metadata(Group graph) {
        Map<String, String> facts = new LinkedHashMap<>();
        if (graph.getChildren().get("metadata") instanceof Group metadata) {
            new TreeMap<>(metadata.getChildren())
                    .values()
                    .forEach(fact -> facts.put(
                            FileFault.printable(fact.getName(), NAME_COLUMNS),
                            fact instanceof Dataset dataset ? text(dataset) : ""));
        }
        return facts;
    }

    private static String type(Group node) {
        return node.getChildren().get("type") instanceof Dataset type ? text(type) : "unknown";
    }

    /** Names with shapes, or with values where these are texts or a few integers. */
    private static String parameters(Group node, String prefix) {
        List<String> parts = new ArrayList<>();
        for (Node child : new TreeMap<>(node.getChildren()).values()) {
            if (child instanceof Group group) {
                String inner = parameters(group, prefix + child.getName() + ".");
                if (!inner.isEmpty()) {
                    parts.add(inner);
                }
            } else if (child instanceof Dataset dataset
                    && !(prefix.isEmpty() && child.getName().equals("type"))) {
                parts.add(prefix + child.getName() + " "
                        + (isShown(dataset)
                                ? text(dataset)
                                : Arrays.stream(dataset.getDimensions())
                                        .mapToObj(String::valueOf)
                                        .collect(Collectors.joining("x"))));
            }
        }
        return FileFault.printable(String.join(", ", parts), PARAMETER_COLUMNS);
    }

    private static boolean isShown(Dataset dataset) {
        Class<?> type = dataset.getJavaType();
        return dataset.getSize() <= 3 && type != float.class && type != double.class;
    }

    /** By node, those that it reads. */
    private static Map<String, List<String>> inputs(Dataset edges) {
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        for (Object pair : (Object[]) edges.getData()) {
            Object[] names = (Object[]) pair;
            inputs.computeIfAbsent(String.valueOf(names[1]), name -> new ArrayList<>())
                    .add(String.valueOf(names[0]));
        }
        return inputs;
    }

    /** All names, a node after those that it reads where there is no loop; else by name, for HDF5 keeps no order. */
    private static Set<String> inOrder(Set<String> names, Map<String, List<String>> inputs) {
        Set<String> ordered = new LinkedHashSet<>();
        Set<String> left = new TreeSet<>(names);
        while (!left.isEmpty()) {
            String next = left.stream()
                    .filter(name -> ordered.containsAll(inputs.getOrDefault(name, List.of())))
                    .findFirst()
                    .orElse(left.iterator().next());
            ordered.add(next);
            left.remove(next);
        }
        return ordered;
    }

    private static String text(Dataset dataset) {
        Object data = dataset.getData();
        String text = data instanceof long[] longs ? Arrays.toString(longs) : String.valueOf(data);
        return FileFault.printable(text, PARAMETER_COLUMNS);
    }
}
