package org.pg2sink.stream;

import java.util.List;
import java.util.concurrent.Executor;
import org.pg2sink.changelog.Batch;

/** Delivers batches. For one connection and the thread that sends. */
sealed interface Sender permits SerialSender, Lanes {

    /**
     * Returns the sender that the options ask for.
     *
     * @param executors one for each lane; each runs one task at a time, in order
     * @param whenOver runs after each delivery: what was collected meanwhile may go out now; for any thread
     */
    static Sender of(Courier courier, StreamOptions options, List<? extends Executor> executors, Runnable whenOver) {
        return options.lanes() > 1
                ? new Lanes(courier, options, executors, whenOver)
                : new SerialSender(courier, options, executors.get(0), whenOver);
    }

    /**
     * Sends the next batch, and waits for room if there is none.
     *
     * @param large whether the batch, and those that were collected with it, take so much memory that only few fit into it
     */
    void send(Batch batch, boolean large);

    /** Returns whether another batch would be delivered at once. */
    boolean isIdle();

    /** Waits until the target has returned from all deliveries; those that went on asynchronously may be unfinished. */
    void awaitIdle() throws InterruptedException;
}
