package org.pg2sink.replication;

import java.util.List;

/**
 * Where the frames of a slot come from, in the order of the WAL. A thread of its own reads them ahead, up to a bounded number
 * of bytes, and tells the server the confirmed position; one other thread takes them.
 */
public interface WalSource extends AutoCloseable {

    /**
     * Takes the next frames.
     *
     * @return in their order; empty if none came within {@code millis}
     * @throws SubscriptionException if the connection broke; what it had sent is then of no use, since it cannot be
     *     confirmed any more and comes again
     */
    List<WalFrame> poll(long millis) throws InterruptedException;

    /** @throws SubscriptionException if the connection broke */
    void checkAlive();

    /** How far the server said its WAL reaches, unsigned; 0 if it has not yet. */
    long walEnd();

    /** Whether all that it is to read was taken; one that streams never is. */
    default boolean isExhausted() {
        return false;
    }

    /** Tells the server the confirmed position once more, and ends the connection. */
    @Override
    void close();
}
