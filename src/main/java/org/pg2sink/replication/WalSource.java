package org.pg2sink.replication;

import java.util.List;
import org.pg2sink.pgoutput.Lsn;

/**
 * Delivers the frames of a slot in the order of the WAL. Threads of its own read ahead, up to a bounded number of bytes, and
 * tell the server the confirmed position. One other thread takes the frames.
 */
public interface WalSource extends AutoCloseable {

    /**
     * Takes the next frames.
     *
     * @return the frames in order; empty if none came within {@code millis}, or somebody {@linkplain #wake woke} it
     * @throws SubscriptionException if the connection broke; what it sent is useless then, because it can no longer be
     *     confirmed and comes again
     */
    List<WalFrame> poll(long millis) throws InterruptedException;

    /** Has the thread that polls, or the next one that does, go on at once; from any thread. */
    void wake();

    /**
     * Checks that the connection works, as far as is known.
     *
     * @throws SubscriptionException if the connection broke
     */
    void checkAlive();

    /** Returns the end of the WAL as the server last told it, unsigned; 0 if it has not told it yet. */
    Lsn walEnd();

    /** Returns how far the server has sent WAL, unsigned; 0 if that is not known. */
    Lsn received();

    /** Returns when the thread that reads last went round its loop, as {@link System#nanoTime} tells it. */
    long readerAliveNanos();

    /** Returns whether everything was taken that this source reads. A stream is never exhausted. */
    default boolean isExhausted() {
        return false;
    }

    /** Tells the server the confirmed position once more and disconnects. */
    @Override
    void close();
}
