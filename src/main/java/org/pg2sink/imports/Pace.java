package org.pg2sink.imports;

import java.util.concurrent.TimeUnit;

/**
 * Decides how many rows a chunk may have, and how many chunks are read while it is delivered. The stream waits while a chunk is
 * delivered. So while changes would be late because of that, chunks become smaller, and their delivery gets the processors that
 * it needs; otherwise all goes as fast as it can. Safe for any thread.
 */
final class Pace {

    /** The time for which a chunk may hold up changes. */
    private static final long MAX_HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Chunks do not become smaller than this part of the maximum, because many sinks need no less time for fewer rows. */
    private static final int MAX_DIVISOR = 16;
    /** One to deliver a chunk, one for all that comes meanwhile, from the server, which may be on the same machine. */
    private static final int PROCESSORS_OF_STREAM = 2;

    private final int maxRows;
    private final int maxAhead;
    private final int processors;
    private volatile int rows;
    private volatile boolean changesWait;

    /**
     * @param maxRows the maximum size of a chunk, in rows
     * @param maxAhead the maximum number of chunks that are read while one is delivered
     * @param processors the number of processors that this process has
     */
    Pace(int maxRows, int maxAhead, int processors) {
        this.maxRows = maxRows;
        this.maxAhead = maxAhead;
        this.processors = processors;
        this.rows = maxRows;
    }

    int rows() {
        return rows;
    }

    /** Returns how many chunks may be read while one is delivered. */
    int maxAhead() {
        return changesWait ? Math.max(0, Math.min(maxAhead, processors - PROCESSORS_OF_STREAM)) : maxAhead;
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
