package org.pg2sink.imports;

import org.pg2sink.pgoutput.Lsn;

/**
 * Tells how far a subscription came, as its row in {@code pg2sink.positions} records it for the next session, whichever process
 * that is.
 *
 * @param system the system identifier of the server
 * @param database the OID of the database
 * @param timeline the timeline of the server
 * @param restarts how often the server went back although its timelines do not show it
 * @param confirmed what was confirmed when the row was written
 * @param permitted how far the slot may be, because the session confirms nothing beyond it
 * @param session which session wrote the row; each has a greater number than those before
 * @param revision how often the session wrote it
 * @param open whether the session has not ended in order, so it may have confirmed more than {@code confirmed}
 */
public record KeptPosition(
        String system,
        long database,
        long timeline,
        int restarts,
        Lsn confirmed,
        Lsn permitted,
        long session,
        long revision,
        boolean open) {}
