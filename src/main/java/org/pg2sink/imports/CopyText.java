package org.pg2sink.imports;

import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.pgoutput.PackedTuples;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Format;

/**
 * Reads rows as {@code COPY TO} writes them in its text format. Values point into the bytes of their row.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2">COPY, text format</a>
 */
final class CopyText implements CopyFormat {

    private final int columns;
    private final DatabaseEncoding encoding;

    /** @param columns the expected number of columns */
    CopyText(int columns, DatabaseEncoding encoding) {
        this.columns = columns;
        this.encoding = encoding;
    }

    @Override
    public String selected(int index, String column) {
        return column;
    }

    @Override
    public String options() {
        return encoding.isRaw() ? " (encoding 'SQL_ASCII')" : "";
    }

    @Override
    public boolean isRow(byte[] message) {
        return true;
    }

    /** Reads a row with its line break. Escapes are resolved in place. */
    @Override
    public Tuple read(byte[] line, PackedTuples rows) {
        Tuple parsed = parse(line);
        Tuple tuple = encoding.isRaw() ? encoding.utf8(parsed) : parsed;
        rows.add(rows.columns() == columns ? tuple : tuple.first(rows.columns()));
        return tuple;
    }

    private Tuple parse(byte[] line) {
        Tuple.Builder tuple = new Tuple.Builder(columns);
        int start = 0;
        for (int i = 0; i < columns; i++) {
            byte delimiter = (byte) (i == columns - 1 ? '\n' : '\t');
            int end = start;
            boolean escaped = false;
            while (end < line.length && line[end] != '\t' && line[end] != '\n') {
                escaped |= line[end] == '\\';
                end++;
            }
            if (end == line.length || line[end] != delimiter) {
                throw new IllegalArgumentException("COPY: expected " + columns + " columns, but column " + (i + 1)
                        + (end < line.length && line[end] == '\t' ? " is not the last" : " is the last"));
            }
            if (escaped) {
                unescaped(line, start, end, tuple);
            } else {
                tuple.data(Format.TEXT, start, end - start);
            }
            start = end + 1;
        }
        if (start != line.length) {
            throw new IllegalArgumentException("COPY: expected " + columns + " columns, but the row goes on");
        }
        return tuple.build(line);
    }

    private static void unescaped(byte[] line, int start, int end, Tuple.Builder tuple) {
        if (end - start == 2 && line[start + 1] == 'N') {
            tuple.absent(Absent.NULL);
            return;
        }
        int to = start;
        for (int from = start; from < end; from++) {
            line[to++] = line[from] == '\\' ? character(line[++from]) : line[from];
        }
        tuple.data(Format.TEXT, start, to - start);
    }

    private static byte character(byte escape) {
        return switch (escape) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            default -> escape;
        };
    }
}
