package org.pg2sink.changelog;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue;
import org.pg2sink.pgoutput.TupleValue.Absent;

/**
 * A row, or the part of it that the server sent. Values stay the received bytes until somebody asks for them.
 *
 * @param table the version of the table that the columns belong to
 * @param tuple the values, all of them text
 * @param identityOnly whether only the columns of the replica identity are there, as in the old row of a changed key
 */
public record Row(Table table, Tuple tuple, boolean identityOnly) {

    /** Returns whether the row has the column at {@code index}. If not, its value is unknown, not null. */
    public boolean has(int index) {
        // columns of an identity are never null, so there null means that the server did not send the column
        return tuple.hasData(index) || tuple.is(index, Absent.NULL) && !identityOnly;
    }

    /** Returns whether the table has a key and the row has all columns of it. */
    public boolean hasKey() {
        boolean any = false;
        for (int i = 0; i < tuple.size(); i++) {
            if (table.columns().get(i).key()) {
                any = true;
                if (!has(i)) {
                    return false;
                }
            }
        }
        return any;
    }

    /** Returns whether two rows, which both {@linkplain #hasKey have} their key, have the same one. */
    public boolean hasKeyOf(Row other) {
        for (int i = 0; i < tuple.size(); i++) {
            if (table.columns().get(i).key() && !Objects.equals(text(i), other.text(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the value of a column that the row {@linkplain #has has}, as its codec's Java class; null for SQL NULL.
     */
    public Object value(int index) {
        return fromText(index, table.columns().get(index).codec()::toJava);
    }

    private Object plain(int index) {
        return fromText(index, table.columns().get(index).codec()::toPlain);
    }

    /**
     * Returns the value of a column that the row {@linkplain #has has}, as Postgres prints and reads it; null for SQL
     * NULL.
     */
    public String text(int index) {
        return fromText(index, (text, offset, length) -> new String(text, offset, length, StandardCharsets.UTF_8));
    }

    private interface TextReader<T> {

        T read(byte[] text, int offset, int length);
    }

    private <T> T fromText(int index, TextReader<T> reader) {
        if (!tuple.hasData(index)) {
            return null;
        }
        return reader.read(tuple.array(), tuple.offset(index), tuple.length(index));
    }

    /**
     * Returns the value of a column as its codec's Java class; null for SQL NULL, and for a column that the row does not
     * {@linkplain #has have}.
     */
    public Object get(String column) {
        int index = table.indexOf(column);
        return index >= 0 && has(index) ? value(index) : null;
    }

    /**
     * Returns column names and values that any JSON library takes, in the order of the columns: Java values, but dates and
     * times as text. Columns that the row does not have are absent. Jackson writes it for the row.
     */
    @JsonValue
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < tuple.size(); i++) {
            if (has(i)) {
                map.put(table.columns().get(i).name(), plain(i));
            }
        }
        return map;
    }

    /** Returns the names of the columns whose unchanged TOAST value the WAL does not carry. */
    public List<String> unchanged() {
        List<String> names = List.of(); // nearly always
        for (int i = 0; i < tuple.size(); i++) {
            if (tuple.is(i, Absent.UNCHANGED)) {
                names = names.isEmpty() ? new ArrayList<>() : names;
                names.add(table.columns().get(i).name());
            }
        }
        return names;
    }

    /** Returns this row with its unchanged TOAST values taken from {@code before}, as far as that row has them. */
    public Row filledFrom(Row before) {
        TupleValue[] values = new TupleValue[tuple.size()];
        for (int i = 0; i < values.length; i++) {
            boolean fill = tuple.is(i, Absent.UNCHANGED) && before.has(i);
            values[i] = fill ? before.tuple.get(i) : tuple.get(i);
        }
        return new Row(table, Tuple.of(values), false);
    }
}
