package org.pg2sink.changelog;

import java.time.OffsetDateTime;
import org.pg2sink.pgoutput.Lsn;

/**
 * The transaction that a change belongs to.
 *
 * @param xid its 32-bit id, unsigned; 0 for a logical message that belongs to none
 * @param lsn the LSN of its commit record, as Begin tells it
 * @param commitTime when it committed, not null
 */
public record Transaction(long xid, Lsn lsn, OffsetDateTime commitTime) {}
