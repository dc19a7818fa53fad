package org.pg2sink.sinks.sql;

import java.sql.SQLException;
import java.util.List;
import org.pg2sink.pgoutput.Tuple;
import org.postgresql.copy.CopyIn;

/**
 * Sends rows as COPY reads them, piece by piece, so that the server is at work meanwhile. The values are the bytes that were
 * received, which are text already.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY, Text Format</a>
 */
final class CopyLines {

    private static final int PIECE_BYTES = 65_536;

    /** A byte that is escaped takes two. */
    private static final int MAX_BYTES = 2;

    private final CopyIn copy;
    private final int[] columns;
    private final byte[] piece = new byte[PIECE_BYTES];
    private int size;

    /** @param columns the columns that are sent, by their positions in the rows; not empty */
    CopyLines(CopyIn copy, List<Integer> columns) {
        this.copy = copy;
        this.columns = columns.stream().mapToInt(Integer::intValue).toArray();
    }

    void add(Tuple row) throws SQLException {
        for (int i = 0; i < columns.length; i++) {
            int column = columns[i];
            if (row.hasData(column)) {
                add(row.array(), row.offset(column), row.offset(column) + row.length(column));
            } else {
                reserve();
                piece[size++] = '\\';
                piece[size++] = 'N';
            }
            reserve();
            piece[size++] = (byte) (i == columns.length - 1 ? '\n' : '\t');
        }
    }

    private void add(byte[] array, int begin, int end) throws SQLException {
        int next = begin;
        while (next < end) {
            reserve();
            int stop = Math.min(end, next + (piece.length - size) / MAX_BYTES);
            int place = size;
            while (next < stop) {
                byte character = array[next++];
                // most are none of these
                byte escaped = character > '\r' && character != '\\' ? 0 : escape(character);
                if (escaped != 0) {
                    piece[place++] = '\\';
                    character = escaped;
                }
                piece[place++] = character;
            }
            size = place;
        }
    }

    private static byte escape(byte character) {
        return switch (character) {
            case '\\' -> '\\';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            default -> 0;
        };
    }

    /** Makes room for one byte more. */
    private void reserve() throws SQLException {
        if (size + MAX_BYTES > piece.length) {
            send();
        }
    }

    /** Sends what is not sent yet. */
    void send() throws SQLException {
        copy.writeToCopy(piece, 0, size);
        size = 0;
    }
}
