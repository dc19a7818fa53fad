package org.pg2sink.imports;

/** Names what makes an import exact. All are on, except where a test switches one off to show that it is needed. */
public enum Safeguard {
    /** The first chunk waits for the transactions that ran when the table was published: the stream lacks part of them. */
    BARRIER,
    /** Rows that the stream changes between the watermarks leave the chunk: they may be older than what it delivers. */
    WINDOW,
    /** The stream waits at the high watermark until the chunk is delivered: no later change may overtake it. */
    HOLD,
    /** A chunk that could not see a transaction which the stream passed before the low watermark is read again. */
    VISIBILITY;

    /** Written by tests only. */
    volatile boolean on = true;
}
