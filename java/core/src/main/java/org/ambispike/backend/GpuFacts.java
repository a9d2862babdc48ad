package org.ambispike.backend;

import java.util.Optional;

/**
 * What a GPU backend found on this machine.
 *
 * @param description of the first device, in one line; empty text where there is none
 * @param problem what is missing and how to get it, in one line
 */
public record GpuFacts(String description, Optional<String> problem) {
    /** Returns the facts of a machine without a usable GPU. */
    public static GpuFacts missing(String problem) {
        return new GpuFacts("", Optional.of(problem));
    }
}
