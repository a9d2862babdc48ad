/** Serves a spiking network over HTTP. */
module org.ambispike.serve {
    requires com.fasterxml.jackson.databind;
    requires transitive org.ambispike;
    requires io.prometheus.metrics.core;
    requires io.prometheus.metrics.instrumentation.jvm;
    requires io.prometheus.metrics.model;
    requires io.prometheus.writer.text;
    requires java.desktop;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.util;

    exports org.ambispike.serve;
}
