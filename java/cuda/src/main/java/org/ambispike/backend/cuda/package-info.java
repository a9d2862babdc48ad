/**
 * Implements a backend on NVIDIA GPUs with cuDNN, cuBLAS and our own kernels. It may use native bindings and io's caches; nothing
 * may use it, for {@code GpuProvider} finds it with ServiceLoader.
 */
package org.ambispike.backend.cuda;
