package org.pg2sink.bench;

import java.util.Map;

/**
 * One run of one contender.
 *
 * @param rows how many it delivered
 * @param figures what was measured, in the order in which it is told
 */
record Measurement(String contender, long rows, Map<Figure, Double> figures) {

    /** NaN if there is no telling. */
    double get(Figure figure) {
        return figures.getOrDefault(figure, Double.NaN);
    }
}
