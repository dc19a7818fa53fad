package org.pg2sink.imports;

import java.util.List;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;

/**
 * The rows that one read of a table returned.
 *
 * @param table the table as it was then, not null
 * @param rows in the order of the read
 * @param bytes the size of the rows, each as received or as text, whichever is more
 * @param snapshot tells which transactions the read could see, not null
 * @param synchronousReplication whether a commit may be in the WAL long before others see it
 * @param cursor the begin of the next read, in the form in which the job keeps it; not null
 * @param begins whether sinks have to be told that the run of the import begins, which comes before the rows
 * @param last whether its read reached the end of the table
 */
record Chunk(
        Table table,
        List<Row> rows,
        long bytes,
        Snapshot snapshot,
        boolean synchronousReplication,
        List<String> cursor,
        boolean begins,
        boolean last) {

    /** Returns whether the chunk has something to tell. */
    boolean isTold() {
        return !rows.isEmpty() || begins || last;
    }

    /** Returns the begin of the run without the rows, which are read again then. */
    Chunk beginOnly() {
        return new Chunk(table, List.of(), 0, snapshot, synchronousReplication, List.of(), true, false);
    }
}
