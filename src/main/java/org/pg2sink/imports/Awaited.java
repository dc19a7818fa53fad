package org.pg2sink.imports;

import java.time.Instant;
import org.pg2sink.changelog.TableName;
import org.pg2sink.pgoutput.Lsn;

/**
 * Names what a stream waits for until it can go on.
 *
 * @param table the table of the batch or chunk that is being delivered
 * @param lsn the commit of its first entry
 * @param since since when nothing has ended
 * @param isChunk whether an import delivers it
 */
public record Awaited(TableName table, Lsn lsn, Instant since, boolean isChunk) {

    /** Returns it as the end of a sentence: waiting for. */
    @Override
    public String toString() {
        return "the delivery of " + (isChunk ? "imported rows" : "changes") + " of " + table + " (commit " + lsn
                + "), since " + since;
    }
}
