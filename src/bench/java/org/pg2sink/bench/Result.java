package org.pg2sink.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** All measurements of one workload, and what becomes of them. */
record Result(Workload workload, long rows, List<Measurement> measurements) {

    /** Median and spread of a figure. */
    record Spread(double median, double least, double most) {

        static Spread of(List<Measurement> runs, Figure figure) {
            double[] sorted =
                    runs.stream().mapToDouble(run -> run.get(figure)).sorted().toArray();
            int middle = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
            return new Spread(median, sorted[0], sorted[sorted.length - 1]);
        }
    }

    /** The runs of each contender, in the order of the contenders. */
    Map<String, List<Measurement>> byContender() {
        Map<String, List<Measurement>> runs = new LinkedHashMap<>();
        for (Measurement measurement : measurements) {
            runs.computeIfAbsent(measurement.contender(), name -> new ArrayList<>())
                    .add(measurement);
        }
        return runs;
    }

    /** What was measured, in its order. */
    Set<Figure> figures() {
        return measurements.get(0).figures().keySet();
    }

    /** What it is about: the first that the contenders are compared in, of latency the p99, of many tables
     * the import, of a kill the first row. */
    Figure headline() {
        return Stream.of(Figure.P99_MILLIS, Figure.IMPORT_SECONDS, Figure.FIRST_ROW_SECONDS)
                .filter(figures()::contains)
                .findFirst()
                .orElse(Figure.ROWS_PER_SECOND);
    }

    /** The contender that the others are compared with: the first. */
    Spread reference(Figure figure) {
        return Spread.of(byContender().values().iterator().next(), figure);
    }
}
