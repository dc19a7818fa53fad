package org.pg2sink.imports;

import org.pg2sink.changelog.EntryTally;

/**
 * Counts what became of the chunks that came to their high watermarks, for as long as a stream lives. The stream's thread
 * writes, any thread reads.
 */
public final class MergeFigures {

    private final EntryTally entries;

    private volatile long chunks;
    private volatile long waitNanos;
    private volatile long rereads;
    private volatile long failures;

    /** @param entries counts the rows that arrived */
    public MergeFigures(EntryTally entries) {
        this.entries = entries;
    }

    /** Notes that the stream waited for the delivery of a chunk. */
    void waited(Window.Outcome.Merged chunk, long nanos, boolean delivered) {
        waitNanos += nanos;
        if (delivered) {
            chunks++;
            chunk.entries().countIn(entries);
        } else {
            failures++;
        }
    }

    /** Notes that a chunk cannot be merged as it was read. */
    void refused() {
        rereads++;
    }

    /** Returns how many chunks were delivered; the stream waited for each of them. */
    public long chunks() {
        return chunks;
    }

    /** Returns for how long the stream waited for chunks, in nanoseconds. */
    public long waitNanos() {
        return waitNanos;
    }

    /** Returns how many chunks had to be read again. */
    public long rereads() {
        return rereads;
    }

    /** Returns how many chunks were not delivered although the stream waited for them. */
    public long failures() {
        return failures;
    }
}
