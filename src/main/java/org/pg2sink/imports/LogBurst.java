package org.pg2sink.imports;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps thousands of tables from writing thousands of lines: within ten seconds the first few events get a line each, and the
 * rest share one. Safe for any thread.
 */
final class LogBurst {

    private static final int MAX_LINES = 10;
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nanoClock;

    private long begunNanos;
    private int lines;
    private int tables;
    private long rows;

    /** The events without a line of their own. */
    record Sum(int tables, long rows) {}

    /** @param nanoClock tells nanoseconds, as {@link System#nanoTime} */
    LogBurst(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.begunNanos = nanoClock.getAsLong();
    }

    /** Returns whether an event gets a line of its own; otherwise it is counted. */
    synchronized boolean admits(long eventRows) {
        if (lines < MAX_LINES || isOver() && tables == 0) {
            if (isOver()) {
                begin();
            }
            lines++;
            return true;
        }
        tables++;
        rows += eventRows;
        return false;
    }

    /**
     * Returns what was counted, and begins to count again.
     *
     * @param end whether nothing more will come for now; otherwise the period has to be over
     */
    synchronized Optional<Sum> take(boolean end) {
        if (tables == 0 || !end && !isOver()) {
            return Optional.empty();
        }
        Sum sum = new Sum(tables, rows);
        begin();
        return Optional.of(sum);
    }

    private boolean isOver() {
        return nanoClock.getAsLong() - begunNanos > PERIOD_NANOS;
    }

    private void begin() {
        begunNanos = nanoClock.getAsLong();
        lines = 0;
        tables = 0;
        rows = 0;
    }
}
