package org.ambispike.backend.cuda;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Chooses one of a library's algorithms for a pass of a layer: that which the cache holds, else the first of those found,
 * which come fastest first, that gives the same bits every time. Used by one thread.
 */
final class AlgorithmChoice {
    /** What a library knows of a pass. */
    interface Search {
        /** By its heuristics, fastest first. */
        List<Candidate> guessed();

        /** By trying all of them on the device, fastest first. */
        List<Candidate> measured();

        /** Bytes that an algorithm needs with a math type; empty where it does not work. */
        OptionalLong workspaceBytes(int number, int math);

        /** Runs an algorithm once, for what a library offers it may still refuse; whether it was not refused. */
        boolean runs(Algorithm algorithm);
    }

    /**
     * An algorithm that a library offers.
     *
     * @param number the library's
     * @param works whether it can be used for this shape
     * @param deterministic whether it gives the same bits every time
     * @param math the library's number of the arithmetic that it was judged with, and is to be used with
     */
    record Candidate(int number, boolean works, boolean deterministic, int math) {
        private boolean serves() {
            return works && deterministic;
        }
    }

    /**
     * An algorithm that serves.
     *
     * @param number the library's
     * @param math the library's number of its arithmetic
     */
    record Algorithm(int number, int math, long workspaceBytes) {}

    private final Optional<AlgorithmCache> cache;

    /** @param cache of measured choices; without one, heuristics choose */
    AlgorithmChoice(Optional<AlgorithmCache> cache) {
        this.cache = cache;
    }

    /**
     * Settles a pass.
     *
     * @param shape pass, precision and extents in one line: the cache's key
     * @return empty if no deterministic algorithm works
     */
    Optional<Algorithm> choose(String shape, Search search) {
        if (cache.isEmpty()) {
            return best(search, search::guessed);
        }
        Optional<Algorithm> kept =
                cache.get().get(shape).flatMap(choice -> usable(search, choice.number(), choice.math()));
        if (kept.isPresent()) {
            return kept;
        }
        Optional<Algorithm> found = best(search, search::measured);
        found.ifPresent(
                algorithm -> cache.get().put(shape, new AlgorithmCache.Choice(algorithm.number(), algorithm.math())));
        return found.isPresent() ? found : best(search, search::guessed);
    }

    private static Optional<Algorithm> best(Search search, Supplier<List<Candidate>> offered) {
        return offered.get().stream()
                .filter(Candidate::serves)
                .map(candidate -> usable(search, candidate.number(), candidate.math()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Algorithm> usable(Search search, int number, int math) {
        OptionalLong bytes = search.workspaceBytes(number, math);
        return bytes.isEmpty()
                ? Optional.empty()
                : Optional.of(new Algorithm(number, math, bytes.getAsLong())).filter(search::runs);
    }
}
