/** Holds the GPU kernels for Linux on x86_64 and their binding. */
@SuppressWarnings("module") // the name ends with digits since the platform's does
open module org.ambispike.cuda.linux.x86_64 {}
