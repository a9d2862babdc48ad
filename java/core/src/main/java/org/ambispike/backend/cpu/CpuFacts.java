package org.ambispike.backend.cpu;

import java.util.Optional;

/**
 * What the CPU backend found on this machine.
 *
 * @param cores processors that this process may use
 * @param instructions what oneDNN will use, for example {@code AVX-512 with bf16}
 * @param bf16 whether the processor multiplies bfloat16 itself
 * @param int8 whether the processor multiplies bytes without overflow in between (VNNI)
 * @param dnnlVersion for example {@code 3.11.0}; empty where oneDNN could not be loaded
 * @param kernels which variant of our own kernels runs; empty where they could not be loaded
 * @param problem why a library could not be loaded
 */
public record CpuFacts(
        int cores,
        String instructions,
        boolean bf16,
        boolean int8,
        Optional<String> dnnlVersion,
        Optional<String> kernels,
        Optional<String> problem) {}
