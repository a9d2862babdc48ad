package org.ambispike.cli;

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
import org.ambispike.report.TextTable;

/** What is in a NIR file, ours or another program's, as text. */
public final class NirTable {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final int NAME_COLUMNS = 36;
    private static final int READS_COLUMNS = 52;
    private static final int PARAMETER_COLUMNS = 100;

    private NirTable() {}

    /** Whether a file begins as HDF5 does; a file that cannot be read does not. */
    public static boolean isHdf5(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(SIGNATURE.length), SIGNATURE);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Describes a NIR file: its nodes with what they read and their parameters' shapes, and its metadata.
     *
     * @throws InputException naming the file, if it is no HDF5 file or holds no NIR graph
     */
    public static String describe(Path file) {
        try (HdfFile hdf = new HdfFile(file)) {
            return describe(file, hdf);
        } catch (InputException e) {
            throw e;
        } catch (RuntimeException e) { // whatever the library throws at a damaged file
            throw FileFault.of(file, "is damaged, or not the HDF5 of a NIR graph: " + e.getMessage(), e);
        }
    }

    private static String describe(Path file, HdfFile hdf) {
        if (!(hdf.getChildren().get("node") instanceof Group graph)
                || !(graph.getChildren().get("nodes") instanceof Group nodes)
                || !(graph.getChildren().get("edges") instanceof Dataset edges)) {
            throw FileFault.of(file, "is HDF5, but holds no NIR graph: it lacks node/nodes or node/edges");
        }
        StringBuilder text = new StringBuilder("NIR file: version ")
                .append(hdf.getChildren().get("version") instanceof Dataset version ? text(version) : "unknown")
                .append("\n\n");
        Map<String, List<String>> inputs = inputs(edges);
        TextTable table = new TextTable(4, List.of("node", "type", "reads", "parameters"));
        for (String name : inOrder(nodes.getChildren().keySet(), inputs)) {
            Group node = (Group) nodes.getChildren().get(name);
            table.row(List.of(
                    FileFault.printable(name, NAME_COLUMNS),
                    type(node),
                    FileFault.printable(String.join(" + ", inputs.getOrDefault(name, List.of())), READS_COLUMNS),
                    parameters(node, "")));
        }
        text.append(table.render());
        if (graph.getChildren().get("metadata") instanceof Group metadata
                && !metadata.getChildren().isEmpty()) {
            TextTable facts = new TextTable(2, List.of("metadata", "value"));
            new TreeMap<>(metadata.getChildren())
                    .values()
                    .forEach(fact -> facts.row(List.of(
                            FileFault.printable(fact.getName(), NAME_COLUMNS),
                            fact instanceof Dataset dataset ? text(dataset) : "")));
            text.append('\n').append(facts.render());
        }
        return text.toString();
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
