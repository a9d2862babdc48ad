/** Holds the paper's networks and recipes, and runs them from images to calibrated networks. */
module org.ambispike.paper {
    requires transitive org.ambispike;

    exports org.ambispike.paper;

    opens org.ambispike.paper to
            org.ambispike;
}
