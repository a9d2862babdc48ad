/** Converts Leaky-ReLU networks into spiking networks, calibrates them through time, and runs them. */
module org.ambispike {
    requires com.fasterxml.jackson.core;
    requires transitive java.desktop;
    requires org.bytedeco.dnnl;
    requires org.bytedeco.javacpp;
    requires org.slf4j;

    exports org.ambispike;
    exports org.ambispike.common;
    exports org.ambispike.data;
    exports org.ambispike.device;
    exports org.ambispike.graph;
    exports org.ambispike.io;
    exports org.ambispike.train;
    exports org.ambispike.backend to
            org.ambispike.cuda,
            org.ambispike.serve,
            org.ambispike.paper,
            org.ambispike.cli;
    exports org.ambispike.backend.cpu to
            org.ambispike.cuda,
            org.ambispike.cli;
    exports org.ambispike.convert to
            org.ambispike.exchange,
            org.ambispike.paper,
            org.ambispike.cli;
    exports org.ambispike.exec to
            org.ambispike.paper,
            org.ambispike.cli;
    exports org.ambispike.run to
            org.ambispike.serve,
            org.ambispike.paper,
            org.ambispike.cli;

    opens org.ambispike.backend.cpu to
            org.bytedeco.javacpp;

    uses org.ambispike.backend.GpuProvider;
}
