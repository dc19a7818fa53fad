package org.pg2sink.changelog;

import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import org.pg2sink.pgoutput.Lsn;

/**
 * The transaction that a change belongs to.
 *
 * @param xid its 32-bit id, unsigned; 0 for a logical message that belongs to none
 * @param lsn the LSN of its commit record, as Begin tells it
 * @param commitTime when it committed, not null
 * @param timeline the timeline of the server on which it committed, which the LSN belongs to; null if it is not known
 * @param importRun the number of the run, if the transaction wrote the watermark at which a chunk of an import joined the
 *     stream; null for the application's own
 */
public record Transaction(long xid, Lsn lsn, OffsetDateTime commitTime, String timeline, Long importRun) {

    private static final DateTimeFormatter ISO_8601 = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx");

    public Transaction(long xid, Lsn lsn, OffsetDateTime commitTime, String timeline) {
        this(xid, lsn, commitTime, timeline, null);
    }

    /** Returns the transaction as that of a chunk of an import. */
    public Transaction ofImport(long run) {
        return new Transaction(xid, lsn, commitTime, timeline, run);
    }

    /** Returns the commit time in ISO 8601, with six digits of a second and the offset. */
    public String commitTimeText() {
        return ISO_8601.format(commitTime);
    }

    /** Returns whether both positions are of one history, so that they can be compared. */
    public boolean isComparable(String otherTimeline) {
        return Objects.equals(timeline, otherTimeline);
    }
}
