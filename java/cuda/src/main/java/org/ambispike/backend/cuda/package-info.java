/**
 * Implements a backend on NVIDIA GPUs with cuDNN, cuBLAS and our own kernels. It may use native bindings, loads
 * without a driver, and nothing but the code that opens and checks a device may use it.
 */
package org.ambispike.backend.cuda;
