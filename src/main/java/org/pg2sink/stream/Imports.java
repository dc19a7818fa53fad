package org.pg2sink.stream;

/** Tells of the imports that join a stream. */
public interface Imports {

    /** Returns whether anything imports tables of the subscription, so that a table is imported again if it has to be. */
    boolean areOn();

    /** Returns how many chunks are read at the same time; 0 if imports are off. */
    int readers();

    /**
     * Returns whether a chunk is being delivered that joined an earlier stream of the subscription: a new one must not
     * overtake it.
     */
    boolean areUnderWay();
}
