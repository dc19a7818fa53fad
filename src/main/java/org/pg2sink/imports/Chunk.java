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
 * @param place where in the run of the import it stands, not null
 */
record Chunk(
        Table table,
        List<Row> rows,
        long bytes,
        Snapshot snapshot,
        boolean synchronousReplication,
        List<String> cursor,
        Place place) {

    /** The place of a chunk in the run of an import. */
    enum Place {
        /** Tells sinks that the run begins, before anything is read. */
        BEGIN,
        /** Others follow. */
        MIDDLE,
        /** Its read reached the end of the table. */
        LAST
    }

    /** Returns whether all that the run tells is told with this chunk. */
    boolean last() {
        return place == Place.LAST;
    }

    /** Returns whether the chunk has something to tell. */
    boolean isTold() {
        return !rows.isEmpty() || place != Place.MIDDLE;
    }
}
