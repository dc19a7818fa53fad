package org.pg2sink.changelog;

import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import org.pg2sink.pgoutput.Lsn;

/**
 * The transaction that a change belongs to.
 *
 * @param xid its 32-bit id, unsigned; 0 for a logical message that belongs to none
 * @param lsn the LSN of its commit record, as Begin tells it
 * @param commitTime when it committed, not null
 */
public record Transaction(long xid, Lsn lsn, OffsetDateTime commitTime) {

    private static final DateTimeFormatter ISO_8601 = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx");

    /** Returns the commit time in ISO 8601, with six digits of a second and the offset. */
    public String commitTimeText() {
        return ISO_8601.format(commitTime);
    }
}
