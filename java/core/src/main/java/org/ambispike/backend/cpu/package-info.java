/**
 * Implements a backend on the CPU with oneDNN and our own kernels. It may use native bindings; nothing but the code
 * that opens a device may use it.
 */
package org.ambispike.backend.cpu;
