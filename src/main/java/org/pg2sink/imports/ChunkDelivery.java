package org.pg2sink.imports;

import java.util.List;
import org.pg2sink.changelog.Entry;
import org.pg2sink.replication.SubscriptionException;

/**
 * A chunk to deliver now. The stream waits for it, so whoever takes it has to call {@link #complete} or {@link #fail}, once,
 * whatever happens; from any thread.
 */
public final class ChunkDelivery {

    private final ImportJob job;
    private final Window window;
    private final List<Entry> entries;
    private final JobJournal journal;
    private final Pace pace;
    private final long begunNanos = System.nanoTime();

    /** @param window merged, and not settled yet */
    ChunkDelivery(ImportJob job, Window window, List<Entry> entries, JobJournal journal, Pace pace) {
        this.job = job;
        this.window = window;
        this.entries = entries;
        this.journal = journal;
        this.pace = pace;
    }

    /** Returns the rows, all of one table, after its schema if that is new to the stream. */
    public List<Entry> entries() {
        return entries;
    }

    /** Returns whether the stream has ended and waits no longer. */
    public boolean isCancelled() {
        return window.settled().isDone();
    }

    /**
     * Says that the chunk has arrived. The stream goes on, and does not wait until the import has noted it: if that fails, the
     * rows are read anew, between new watermarks.
     */
    public void complete() {
        if (isCancelled()) {
            journal.comesAgain(job, "the stream had ended");
            return;
        }
        Chunk chunk = window.chunk();
        if (!chunk.rows().isEmpty()) {
            pace.delivered(chunk.rows().size(), System.nanoTime() - begunNanos, window.carriedChanges());
        }
        window.settle(true);
        try {
            journal.advance(job, chunk);
        } catch (SubscriptionException e) {
            journal.comesAgain(job, e.getMessage());
        }
    }

    /** Says that the chunk has not arrived. The job is due again after a while; the stream goes on. */
    public void fail(Throwable cause) {
        try {
            journal.fail(job, cause);
        } finally {
            window.settle(false);
        }
    }
}
