/** Holds the kernels for Linux on x86_64, and requires the platform modules of the libraries that they work with. */
@SuppressWarnings("module") // the name ends with digits since the platform's does
open module org.ambispike.linux.x86_64 {
    requires transitive org.bytedeco.dnnl.linux.x86_64;
    requires transitive org.bytedeco.javacpp.linux.x86_64;
    requires transitive org.bytedeco.opencl.linux.x86_64; // oneDNN's preset loads it, but its module does not say so
}
