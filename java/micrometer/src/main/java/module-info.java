/** Binds the metrics of session pools to a registry of Micrometer. */
module org.ambispike.micrometer {
    requires transitive micrometer.core;
    requires transitive org.ambispike;

    exports org.ambispike.micrometer;
}
