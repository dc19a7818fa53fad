package org.pg2sink.sinks.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import org.pg2sink.changelog.Row;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Inserts many rows into one table of the copy by COPY, which is several times as fast as INSERT. COPY cannot update a row that
 * is there, and refuses what has row security or is a view, so INSERT does it then, and reports what it refuses, too. Not for
 * concurrent use.
 */
final class BulkInsert {

    /** Fewer rows are not worth the round trips. */
    static final int MIN_ROWS = 50;

    /** Number of runs that are not tried after a refusal, since the next ones likely meet rows that are there, too. */
    private static final int PAUSE_RUNS = 100;

    private int pause;

    /** Returns whether the rows are there; if not, nothing has happened. */
    boolean insert(Connection target, String sql, List<Integer> columns, List<Row> rows) throws SQLException {
        if (pause > 0) {
            pause--;
            return false;
        }
        Savepoint before = target.setSavepoint();
        try {
            copy(target.unwrap(PGConnection.class).getCopyAPI().copyIn(sql), columns, rows);
        } catch (SQLException e) {
            rollback(target, before, e);
            pause = PAUSE_RUNS;
            return false;
        }
        target.releaseSavepoint(before);
        return true;
    }

    private static void rollback(Connection target, Savepoint before, SQLException cause) throws SQLException {
        try {
            target.rollback(before);
        } catch (SQLException e) {
            cause.addSuppressed(e);
            throw cause;
        }
    }

    private static void copy(CopyIn copy, List<Integer> columns, List<Row> rows) throws SQLException {
        try {
            CopyLines lines = new CopyLines(copy, columns);
            for (Row row : rows) {
                lines.add(row.tuple());
            }
            lines.send();
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }
}
