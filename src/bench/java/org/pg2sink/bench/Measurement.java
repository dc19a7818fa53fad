package org.pg2sink.bench;

/**
 * One run of one contender.
 *
 * @param seconds from the first row to the last
 * @param clientCpu seconds of CPU of the contender meanwhile
 * @param serverCpu seconds of CPU of the server meanwhile
 * @param peakMegabytes the most memory that the contender had resident, ever
 * @param warmSeconds how long the second half of the rows took; 0 if there is no telling
 * @param warmClientCpu seconds of CPU of the contender meanwhile
 */
record Measurement(
        String contender,
        long rows,
        double seconds,
        double clientCpu,
        double serverCpu,
        long peakMegabytes,
        double warmSeconds,
        double warmClientCpu) {

    double rowsPerSecond() {
        return rows / seconds;
    }

    double clientMicrosPerRow() {
        return clientCpu / rows * 1e6;
    }

    double serverMicrosPerRow() {
        return serverCpu / rows * 1e6;
    }

    /** NaN if there is no telling. */
    double warmRowsPerSecond() {
        return warmSeconds == 0 ? Double.NaN : rows / 2.0 / warmSeconds;
    }

    /** NaN if there is no telling. */
    double warmClientMicrosPerRow() {
        return warmSeconds == 0 ? Double.NaN : warmClientCpu / (rows / 2.0) * 1e6;
    }
}
