package org.pg2sink.imports;

import java.util.concurrent.TimeUnit;

/**
 * How many rows a chunk may have. The stream waits while one is delivered, so chunks become smaller while there are changes
 * that would be late, and larger again while there are none. Safe for any thread.
 */
final class Pace {

    /** How long changes may be held up by a chunk. */
    private static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(15);
    /** They do not become smaller than this part: with less in it, many a sink takes no less time for a chunk. */
    private static final int LEAST_PART = 8;

    private final int mostRows;
    private volatile int rows;

    /** @param mostRows how many rows a chunk has at most */
    Pace(int mostRows) {
        this.mostRows = mostRows;
        this.rows = mostRows;
    }

    int rows() {
        return rows;
    }

    /**
     * A chunk was delivered.
     *
     * @param delivered how many rows it had
     * @param nanos how long the stream waited for it
     * @param changes whether the stream has anything to carry beside it
     */
    void delivered(int delivered, long nanos, boolean changes) {
        long fitting =
                changes ? Math.max(mostRows / LEAST_PART, delivered * HOLD_NANOS / Math.max(1, nanos)) : mostRows;
        rows = (int) Math.max(1, Math.min(mostRows, Math.min(fitting, 2L * rows)));
    }
}
