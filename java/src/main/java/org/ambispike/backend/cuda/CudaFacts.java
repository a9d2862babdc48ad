package org.ambispike.backend.cuda;

import java.util.Optional;

/**
 * What the CUDA backend found on this machine.
 *
 * @param description of the first device, for people; empty text where there is none
 * @param problem what is missing and how to get it, in one line
 */
public record CudaFacts(String description, Optional<String> problem) {
    static CudaFacts missing(String problem) {
        return new CudaFacts("", Optional.of(problem));
    }
}
