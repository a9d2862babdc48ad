package org.ambispike.backend.cuda;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

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

        /** Bytes that an algorithm needs; empty where it does not work. */
        OptionalLong workspaceBytes(int number);
    }

    /**
     * An algorithm that a library offers.
     *
     * @param number the library's
     * @param works whether it can be used for this shape
     * @param deterministic whether it gives the same bits every time
     * @param sameArithmetic whether it was judged with the arithmetic that will be used
     */
    record Candidate(int number, boolean works, boolean deterministic, boolean sameArithmetic) {
        private boolean serves() {
            return works && deterministic;
        }
    }

    /** @param number the library's */
    record Algorithm(int number, long workspaceBytes) {}

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
        Optional<Algorithm> kept = cache.get().get(shape).flatMap(number -> usable(search, number));
        if (kept.isPresent()) {
            return kept;
        }
        Optional<Algorithm> found = best(search, search::measured);
        found.ifPresent(algorithm -> cache.get().put(shape, algorithm.number()));
        return found.isPresent() ? found : best(search, search::guessed);
    }

    private static Optional<Algorithm> best(Search search, Supplier<List<Candidate>> offered) {
        List<Candidate> candidates =
                offered.get().stream().filter(Candidate::serves).toList();
        return Stream.concat(
                        candidates.stream().filter(Candidate::sameArithmetic),
                        candidates.stream().filter(each -> !each.sameArithmetic()))
                .map(candidate -> usable(search, candidate.number()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Algorithm> usable(Search search, int number) {
        OptionalLong bytes = search.workspaceBytes(number);
        return bytes.isPresent() ? Optional.of(new Algorithm(number, bytes.getAsLong())) : Optional.empty();
    }
}
