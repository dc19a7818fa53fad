package org.pg2sink.imports;

import java.util.List;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;

/**
 * Rows that one read of a table gave.
 *
 * @param table the table as it was then, not null
 * @param rows in the order of the read
 * @param bytes how many bytes of rows were received
 * @param snapshot what the read could see, not null
 * @param synchronousReplication whether a commit may be in the WAL for long before others see it
 * @param cursor where the next read begins, as the job keeps it; not null
 * @param last whether the read came to the end of the table
 */
record Chunk(
        Table table,
        List<Row> rows,
        long bytes,
        Snapshot snapshot,
        boolean synchronousReplication,
        List<String> cursor,
        boolean last) {}
