/** Binds the metrics of session pools to a registry of Micrometer. */
module org.ambispike.micrometer {
    requires transitive org.ambispike;
    requires transitive micrometer.core;

    exports org.ambispike.micrometer;
}
