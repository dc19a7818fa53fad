package org.pg2sink.sinks.sql;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import org.pg2sink.changelog.Row;
import org.pg2sink.pgoutput.Tuple;
import org.postgresql.PGConnection;

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

    private static final int BUFFER_BYTES = 65_536;

    private int pause;

    /** Returns whether the rows are there; if not, nothing has happened. */
    boolean insert(Connection target, String sql, List<Integer> columns, List<Row> rows) throws SQLException {
        if (pause > 0) {
            pause--;
            return false;
        }
        Savepoint before = target.setSavepoint();
        try {
            target.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(sql, new ByteArrayInputStream(text(columns, rows)), BUFFER_BYTES);
        } catch (SQLException e) {
            rollback(target, before, e);
            pause = PAUSE_RUNS;
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is none in memory
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

    private static byte[] text(List<Integer> columns, List<Row> rows) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(BUFFER_BYTES);
        int last = columns.get(columns.size() - 1);
        for (Row row : rows) {
            for (int column : columns) {
                write(row.tuple(), column, lines);
                lines.write(column == last ? '\n' : '\t');
            }
        }
        return lines.toByteArray();
    }

    private static void write(Tuple tuple, int column, ByteArrayOutputStream lines) {
        if (!tuple.hasData(column)) {
            lines.write('\\');
            lines.write('N');
            return;
        }
        byte[] array = tuple.array();
        int begin = tuple.offset(column);
        int end = begin + tuple.length(column);
        for (int i = begin; i < end; i++) {
            char escape = escape(array[i]);
            if (escape != 0) {
                lines.write(array, begin, i - begin);
                lines.write('\\');
                lines.write(escape);
                begin = i + 1;
            }
        }
        lines.write(array, begin, end - begin);
    }

    private static char escape(byte character) {
        return switch (character) {
            case '\\' -> '\\';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            default -> 0;
        };
    }
}
