package org.ambispike.cli;

import java.nio.file.Path;
import java.util.List;
import org.ambispike.nir.NirListing;
import org.ambispike.report.TextTable;

/** Shows what is in a NIR file as text. */
public final class NirTable {
    private NirTable() {}

    /**
     * Describes a NIR file: its nodes with what they read and their parameters' shapes, and its metadata.
     *
     * @throws org.ambispike.common.InputException naming the file, if it is no HDF5 file or holds no NIR graph
     */
    public static String describe(Path file) {
        NirListing listing = NirListing.read(file);
        TextTable nodes = new TextTable(4, List.of("node", "type", "reads", "parameters"));
        listing.nodes().forEach(row -> nodes.row(List.of(row.node(), row.type(), row.reads(), row.parameters())));
        StringBuilder text = new StringBuilder("NIR file: version ")
                .append(listing.version())
                .append("\n\n")
                .append(nodes.render());
        if (!listing.metadata().isEmpty()) {
            TextTable facts = new TextTable(2, List.of("metadata", "value"));
            listing.metadata().forEach((name, value) -> facts.row(List.of(name, value)));
            text.append('\n').append(facts.render());
        }
        return text.toString();
    }
}
