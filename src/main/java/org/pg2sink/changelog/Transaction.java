package org.pg2sink.changelog;

import java.time.OffsetDateTime;
import java.util.Locale;

/**
 * The transaction that a change belongs to.
 *
 * @param xid its 32-bit id, unsigned; 0 for a logical message that belongs to none
 * @param lsn where its commit record stands, as Begin tells it, unsigned
 * @param commitTime when it committed, not null
 */
public record Transaction(long xid, long lsn, OffsetDateTime commitTime) {

    /** The LSN as Postgres prints it: {@code 16/B374D848}. */
    public String lsnText() {
        return lsnText(lsn);
    }

    /** An LSN as Postgres prints it: {@code 16/B374D848}. */
    public static String lsnText(long lsn) {
        return (Long.toHexString(lsn >>> 32) + "/" + Long.toHexString(lsn & 0xffffffffL)).toUpperCase(Locale.ROOT);
    }
}
