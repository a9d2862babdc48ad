package org.ambispike.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.ambispike.backend.cuda.AlgorithmChoice.Algorithm;
import org.ambispike.backend.cuda.AlgorithmChoice.Candidate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlgorithmChoiceTest {
    private static final Map<Integer, Long> WORKSPACES = Map.of(1, 100L, 2, 200L, 3, 300L, 4, 400L, 5, 500L);
    /** What is offered, and refused when it is run. */
    private static final int REFUSED = 5;

    private static final int MATH = 3;

    @TempDir
    private Path folder;

    /** A library that counts how often it is made to measure. */
    private static final class Library implements AlgorithmChoice.Search {
        private final List<Candidate> guesses;
        private final List<Candidate> measurements;
        private int measured;

        Library(List<Candidate> guesses, List<Candidate> measurements) {
            this.guesses = guesses;
            this.measurements = measurements;
        }

        @Override
        public List<Candidate> guessed() {
            return guesses;
        }

        @Override
        public List<Candidate> measured() {
            measured++;
            return measurements;
        }

        @Override
        public OptionalLong workspaceBytes(int number, int math) {
            return WORKSPACES.containsKey(number) ? OptionalLong.of(WORKSPACES.get(number)) : OptionalLong.empty();
        }

        @Override
        public boolean runs(Algorithm algorithm) {
            return algorithm.number() != REFUSED;
        }
    }

    private static Candidate good(int number) {
        return new Candidate(number, true, true, MATH);
    }

    private AlgorithmCache cache() {
        return new AlgorithmCache(folder, "device");
    }

    private static Optional<Algorithm> guess(Candidate... offered) {
        return new AlgorithmChoice(Optional.empty()).choose("shape", new Library(List.of(offered), List.of()));
    }

    @Test
    void theFirstThatServesIsTaken() {
        assertThat(guess(
                        new Candidate(1, false, true, MATH),
                        new Candidate(2, true, false, MATH),
                        good(9), // for which the library has no workspace after all
                        good(REFUSED),
                        good(3),
                        good(4)))
                .contains(new Algorithm(3, MATH, 300));
        assertThat(guess(new Candidate(2, true, false, MATH))).isEmpty();
    }

    @Test
    void theOrderIsTheLibrarysAndItsArithmeticGoesWithIt() {
        assertThat(guess(new Candidate(1, true, true, 0), good(2))).contains(new Algorithm(1, 0, 100));
    }

    @Test
    void aShapeIsMeasuredOnce() {
        Library library = new Library(List.of(good(1)), List.of(good(2), good(1)));
        AlgorithmChoice choice = new AlgorithmChoice(Optional.of(cache()));
        assertThat(choice.choose("a", library)).contains(new Algorithm(2, MATH, 200));
        assertThat(choice.choose("a", library)).contains(new Algorithm(2, MATH, 200));
        assertThat(new AlgorithmChoice(Optional.of(cache())).choose("a", library))
                .contains(new Algorithm(2, MATH, 200));
        assertThat(library.measured).isEqualTo(1);
        choice.choose("b", library);
        assertThat(library.measured).isEqualTo(2);
    }

    @Test
    void aKeptChoiceThatWorksNoMoreIsMeasuredAgain() {
        AlgorithmCache cache = cache();
        cache.put("a", new AlgorithmCache.Choice(9, MATH));
        Library library = new Library(List.of(), List.of(good(4)));
        assertThat(new AlgorithmChoice(Optional.of(cache)).choose("a", library)).contains(new Algorithm(4, MATH, 400));
        assertThat(cache.get("a")).contains(new AlgorithmCache.Choice(4, MATH));
    }

    @Test
    void whereNothingCanBeMeasuredHeuristicsChoose() {
        AlgorithmCache cache = cache();
        Library library = new Library(List.of(good(1)), List.of());
        assertThat(new AlgorithmChoice(Optional.of(cache)).choose("a", library)).contains(new Algorithm(1, MATH, 100));
        assertThat(cache.get("a")).isEmpty();
    }
}
