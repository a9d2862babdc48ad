/** Reads and writes the files of other programs: ONNX in and out, NIR out. */
module org.ambispike.exchange {
    requires transitive org.ambispike;
    requires io.jhdf;
    requires org.tribuo.util.onnx;
    requires com.google.protobuf;

    exports org.ambispike.nir;
    exports org.ambispike.onnx;
}
