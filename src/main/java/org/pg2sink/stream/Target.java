package org.pg2sink.stream;

import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;

/**
 * Receives what a stream delivers. It is called by one thread at a time, in the order of the stream; with lanes by one thread
 * for each of them, in the order of the changes of each key.
 */
public interface Target {

    /**
     * Delivers a batch; without batching it has one entry.
     *
     * @param acknowledgement to be settled when the delivery has ended, during the call or later; an exception settles it too
     */
    void deliver(Batch batch, Acknowledgement acknowledgement) throws Exception;

    /** Returns the name by which people know it. */
    default String name() {
        return "the sink";
    }
}
