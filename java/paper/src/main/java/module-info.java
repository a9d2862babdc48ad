/** Holds the paper's networks and recipes, and runs them from images to calibrated networks. */
module org.ambispike.paper {
    requires transitive org.ambispike;
    requires com.fasterxml.jackson.databind;

    exports org.ambispike.paper;
}
