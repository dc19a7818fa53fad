package org.pg2sink.stream;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.SubscriptionException;

/** Decides when unconfirmed WAL is a backlog that is read by SQL rather than streamed. */
final class CatchUpPolicy {

    /** Time for which a backlog is streamed after the server refused to let it be read by SQL. */
    private static final long STREAM_NANOS = TimeUnit.MINUTES.toNanos(10);

    /** A connection that breaks so often before anything was confirmed is broken by what it does. */
    private static final int MAX_BREAKS = 2;

    private final boolean enabled;
    private final long backlogBytes;
    private final LongSupplier nanoClock;

    // written by the stream's thread
    private volatile long streamUntilNanos;
    private volatile long count;
    // written by the stream's thread while it connects, else by the publication's
    private volatile Lsn walEnd = Lsn.ZERO;
    // owned by the stream's thread
    private int breaks;

    // owned by the publication's thread
    private boolean behind;

    /** @param nanoClock tells nanoseconds, as {@link System#nanoTime} */
    CatchUpPolicy(StreamOptions options, LongSupplier nanoClock) {
        this.enabled = options.catchUp() && options.confirm();
        this.backlogBytes = options.catchUpBytes();
        this.nanoClock = nanoClock;
        this.streamUntilNanos = nanoClock.getAsLong();
    }

    /** Takes note of the end of the WAL on the server. */
    void measured(Lsn end) {
        walEnd = end;
    }

    /** Returns the end of the WAL when it was measured last. */
    Lsn walEnd() {
        return walEnd;
    }

    /** Tells whether there is a backlog after a position. */
    boolean isBacklog(Lsn position) {
        return enabled && nanoClock.getAsLong() - streamUntilNanos >= 0 && walEnd.bytesSince(position) > backlogBytes;
    }

    /** Tells whether there was a backlog at two looks in a row: a stream that keeps up may be behind for a moment. */
    boolean isLastingBacklog(Lsn position) {
        boolean wasBehind = behind;
        behind = isBacklog(position);
        return behind && wasBehind;
    }

    /** Takes note that a backlog is being read by SQL. */
    void begins() {
        count++;
    }

    /** Returns how often a backlog was read by SQL. */
    long count() {
        return count;
    }

    /**
     * Takes note that reading a backlog failed. The next session streams it, unless the connection broke and a new one may
     * well get further.
     *
     * @param progressed whether anything was confirmed before it failed
     */
    void failed(SubscriptionException failure, boolean progressed) {
        breaks = progressed ? 0 : breaks + 1;
        if (!failure.isDisconnection() || breaks >= MAX_BREAKS) {
            streamInstead();
        }
    }

    /**
     * Takes note that reading a backlog ended by itself. If it ended early, because a stream is faster, the rest is streamed.
     *
     * @param end the end of the WAL when it was last read
     */
    void ended(Lsn end, Lsn confirmed) {
        if (end.bytesSince(confirmed) > backlogBytes) {
            streamInstead();
        }
    }

    /** Has a backlog streamed for a while, because it could not be read by SQL. */
    private void streamInstead() {
        breaks = 0;
        streamUntilNanos = nanoClock.getAsLong() + STREAM_NANOS;
    }
}
