/** Serves a spiking network over HTTP. */
module org.ambispike.serve {
    requires transitive org.ambispike;
    requires com.fasterxml.jackson.databind;
    requires io.prometheus.metrics.core;
    requires org.eclipse.jetty.server;

    exports org.ambispike.serve;
}
