package org.pg2sink.imports;

import java.util.List;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;

/**
 * The rows that one read of a table returned.
 *
 * @param table the table as it was then, not null
 * @param rows in the order of the read
 * @param bytes the size of the rows as received
 * @param snapshot tells which transactions the read could see, not null
 * @param synchronousReplication whether a commit may be in the WAL long before others see it
 * @param cursor the begin of the next read, in the form in which the job keeps it; not null
 * @param last whether the read reached the end of the table
 * @param first whether no row of the table was imported before
 */
record Chunk(
        Table table,
        List<Row> rows,
        long bytes,
        Snapshot snapshot,
        boolean synchronousReplication,
        List<String> cursor,
        boolean last,
        boolean first) {

    /** Returns whether the table has no rows, so that its schema is all that tells of it. */
    boolean isEmptyTable() {
        return first && last && rows.isEmpty();
    }
}
