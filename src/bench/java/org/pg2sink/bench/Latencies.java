package org.pg2sink.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * How long the rows took that were committed in a period.
 *
 * @param micros from a row's commit to its arrival, sorted
 * @param commits when they were committed, sorted
 */
record Latencies(long[] micros, long[] commits, Period period) {

    static Latencies of(int count, IntToLongFunction committed, IntToLongFunction arrived, Period period) {
        int[] chosen = IntStream.range(0, count)
                .filter(i -> period.contains(committed.applyAsLong(i)))
                .toArray();
        if (chosen.length == 0) {
            throw new IllegalStateException("nothing of what was committed in the period arrived");
        }
        return new Latencies(
                Arrays.stream(chosen)
                        .mapToLong(i -> arrived.applyAsLong(i) - committed.applyAsLong(i))
                        .sorted()
                        .toArray(),
                Arrays.stream(chosen).mapToLong(committed::applyAsLong).sorted().toArray(),
                period);
    }

    /** @param rows how many rows a commit has */
    Map<Figure, Double> figures(int rows) {
        Map<Figure, Double> figures = new LinkedHashMap<>();
        figures.put(Figure.MEDIAN_MILLIS, quantile(0.5));
        figures.put(Figure.P99_MILLIS, quantile(0.99));
        figures.put(Figure.MOST_MILLIS, quantile(1));
        figures.put(Figure.COMMITS_PER_SECOND, micros.length / (double) rows / period.seconds());
        figures.put(Figure.PAUSE_MILLIS, longestPause() / 1e3);
        figures.put(Figure.SECONDS, period.seconds());
        return figures;
    }

    /** In milliseconds. */
    private double quantile(double part) {
        return micros[(int) Math.ceil(part * micros.length) - 1] / 1e3;
    }

    /** Between a commit and the next: large if the load was not what it was to be. */
    private long longestPause() {
        return IntStream.range(1, commits.length)
                .mapToLong(i -> commits[i] - commits[i - 1])
                .max()
                .orElse(0);
    }
}
