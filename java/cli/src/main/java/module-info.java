/** Offers the library on the command line, with reports and the latency benchmark. */
module org.ambispike.cli {
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires java.management;
    requires jdk.management;
    requires jdk.unsupported;
    requires me.tongfei.progressbar;
    requires org.ambispike.exchange;
    requires org.ambispike.paper;
    requires org.ambispike.serve;

    opens org.ambispike.cli to
            info.picocli;
}
