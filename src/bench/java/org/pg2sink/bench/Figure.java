package org.pg2sink.bench;

import java.util.Locale;

/** What is measured, and how it is told. */
enum Figure {
    ROWS_PER_SECOND("rowsPerSecond", "rows/s", "%,.0f", true),
    WARM_ROWS_PER_SECOND("warmRowsPerSecond", "rows/s, second half", "%,.0f", true),
    CLIENT_MICROS("clientMicrosPerRow", "client µs/row", "%.2f", true),
    WARM_CLIENT_MICROS("warmClientMicrosPerRow", "client µs/row, second half", "%.2f", false),
    SERVER_MICROS("serverMicrosPerRow", "server µs/row", "%.2f", false),
    PEAK_MEGABYTES("peakMegabytes", "peak MB", "%.0f", false),
    STREAMING_SECONDS("secondsToStreaming", "seconds until it streams", "%.1f", false),
    IMPORT_SECONDS("importSeconds", "seconds of the imports", "%.1f", true),
    CLIENT_SECONDS("clientSeconds", "client CPU until then, s", "%.1f", false),
    SERVER_SECONDS("serverSeconds", "server CPU until then, s", "%.1f", false),
    LOOK_CLIENT_MILLIS("lookClientMillis", "client CPU in ten idle seconds, ms", "%.0f", false),
    LOOK_SERVER_MILLIS("lookServerMillis", "server CPU in ten idle seconds, ms", "%.0f", false),
    FIRST_ROW_SECONDS("secondsToFirstRow", "seconds from the kill to the first row", "%.1f", true),
    CAUGHT_UP_SECONDS("secondsToCaughtUp", "until all rows have come", "%.1f", true),
    MEDIAN_MILLIS("p50Millis", "p50 ms", "%.1f", true),
    P99_MILLIS("p99Millis", "p99 ms", "%.1f", true),
    MOST_MILLIS("maxMillis", "max ms", "%.1f", false),
    COMMITS_PER_SECOND("commitsPerSecond", "commits/s", "%,.0f", false),
    CLIENT_PERCENT("clientPercent", "client CPU, % of a core", "%.1f", true),
    SERVER_PERCENT("serverPercent", "server CPU, with the writers', % of a core", "%.1f", false),
    PAUSE_MILLIS("longestPauseMillis", "longest pause of the writers, ms", "%.1f", false),
    SECONDS("seconds", "seconds", "%.1f", false);

    private final String member;
    private final String title;
    private final String format;
    private final boolean compared;

    Figure(String member, String title, String format, boolean compared) {
        this.member = member;
        this.title = title;
        this.format = format;
        this.compared = compared;
    }

    /** Its name in JSON. */
    String member() {
        return member;
    }

    String title() {
        return title;
    }

    /** Whether the contenders' medians are set against each other. */
    boolean isCompared() {
        return compared;
    }

    /** Whether a higher value is a better one; asked of what a chart is about. */
    boolean isMoreBetter() {
        return this == ROWS_PER_SECOND;
    }

    String text(double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
