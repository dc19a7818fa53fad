package org.pg2sink.imports;

import java.util.concurrent.TimeUnit;

/**
 * Decides how many rows a chunk may have, and whether more are read while it is delivered. The stream waits while a chunk is
 * delivered, so chunks become smaller while changes would be late because of them, and larger again otherwise. Safe for any
 * thread.
 */
final class Pace {

    /** The time for which a chunk may hold up changes. */
    private static final long MAX_HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Chunks do not become smaller than this part of the maximum, because many sinks need no less time for fewer rows. */
    private static final int MAX_DIVISOR = 16;

    private final int maxRows;
    private volatile int rows;
    private volatile boolean changesWait;

    /** @param maxRows the maximum size of a chunk, in rows */
    Pace(int maxRows) {
        this.maxRows = maxRows;
        this.rows = maxRows;
    }

    int rows() {
        return rows;
    }

    /** Returns whether the stream has changes to carry, which wait the longer, the more else is done beside a delivery. */
    boolean changesWait() {
        return changesWait;
    }

    /**
     * Takes note of a chunk that was delivered.
     *
     * @param delivered its size, in rows
     * @param nanos the time for which the stream waited for it
     * @param changes whether the stream has changes to carry besides
     */
    void delivered(int delivered, long nanos, boolean changes) {
        changesWait = changes;
        long fitting =
                changes ? Math.max(maxRows / MAX_DIVISOR, delivered * MAX_HOLD_NANOS / Math.max(1, nanos)) : maxRows;
        rows = (int) Math.max(1, Math.min(maxRows, Math.min(fitting, 2L * rows)));
    }
}
