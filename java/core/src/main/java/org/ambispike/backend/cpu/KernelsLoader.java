package org.ambispike.backend.cpu;

import org.bytedeco.javacpp.Loader;

/**
 * Parent of the generated {@code Kernels}: loads oneDNN before our own library, so that both find the libgomp which the
 * oneDNN preset carries. In the other order the process would hold two OpenMP runtimes, each with its own threads.
 * What it cannot find is said by {@link KernelLibraries}.
 */
class KernelsLoader extends KernelsConfig {
    static {
        KernelLibraries.prepare();
        Loader.load(org.bytedeco.dnnl.global.dnnl.class);
        KernelLibraries.load();
    }
}
