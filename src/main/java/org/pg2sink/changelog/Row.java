package org.pg2sink.changelog;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.types.JsonWriter;

/**
 * A row, or what the server sent of it. Values stay the bytes that were received until somebody asks for them.
 *
 * @param table the version of the table that the columns belong to
 * @param tuple the values, all of them text
 * @param identityOnly whether only the columns of the replica identity are there, as in the old row of a changed key
 */
public record Row(Table table, Tuple tuple, boolean identityOnly) {

    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    /** Whether the row tells the column at {@code index}; if not, its value is unknown, not null. */
    public boolean has(int index) {
        // columns of an identity are never null, so there null means that the server did not send the column
        return tuple.hasData(index) || tuple.is(index, Absent.NULL) && !identityOnly;
    }

    /** Whether its table has a key and the row tells all of it. */
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

    /** Whether the key, which both rows {@linkplain #hasKey have}, is the same. */
    public boolean hasKeyOf(Row other) {
        for (int i = 0; i < tuple.size(); i++) {
            if (table.columns().get(i).key() && !Objects.equals(text(i), other.text(i))) {
                return false;
            }
        }
        return true;
    }

    /** The value of a column that the row {@linkplain #has has}, as its codec's Java class; null for SQL NULL. */
    public Object value(int index) {
        return fromText(index, table.columns().get(index).codec()::toJava);
    }

    /** The value of a column that the row {@linkplain #has has}, as Postgres prints and reads it; null for SQL NULL. */
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

    /** Column names and Java values, in the order of the columns. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < tuple.size(); i++) {
            if (has(i)) {
                map.put(table.columns().get(i).name(), value(i));
            }
        }
        return map;
    }

    /** The row in the table's Avro schema; columns that it does not tell are null. */
    public GenericRecord toAvro() {
        return toAvro(table.avroSchema());
    }

    /** The row in a schema that has a field for each column. */
    GenericRecord toAvro(Schema schema) {
        GenericRecord avro = new GenericData.Record(schema);
        for (int i = 0; i < tuple.size(); i++) {
            avro.put(i, avroValue(i));
        }
        return avro;
    }

    /** The values of the primary key, which the row {@linkplain #hasKey has}, in the table's Avro schema of keys. */
    public GenericRecord keyToAvro() {
        GenericRecord avro = new GenericData.Record(table.avroKeySchema());
        int field = 0;
        for (int i = 0; i < tuple.size(); i++) {
            if (table.columns().get(i).key()) {
                avro.put(field++, avroValue(i));
            }
        }
        return avro;
    }

    private Object avroValue(int index) {
        Object value = has(index) ? value(index) : null;
        return value == null ? null : table.columns().get(index).codec().toAvro(value);
    }

    /** Names of the columns whose unchanged TOAST value the log did not carry. */
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

    void writeJson(JsonWriter json) {
        json.raw('{');
        boolean first = true;
        for (int i = 0; i < tuple.size(); i++) {
            if (has(i)) {
                writeColumn(i, first, json);
                first = false;
            }
        }
        json.raw('}');
    }

    /** The values of the primary key, which the row {@linkplain #hasKey has}, as a JSON object. */
    void writeKey(JsonWriter json) {
        json.raw('{');
        boolean first = true;
        for (int i = 0; i < tuple.size(); i++) {
            if (table.columns().get(i).key()) {
                writeColumn(i, first, json);
                first = false;
            }
        }
        json.raw('}');
    }

    private void writeColumn(int index, boolean first, JsonWriter json) {
        Column column = table.columns().get(index);
        int comma = first ? 1 : 0;
        json.raw(column.jsonMember(), comma, column.jsonMember().length - comma);
        if (!tuple.hasData(index)) {
            json.raw(NULL);
        } else {
            column.codec().writeJson(tuple.array(), tuple.offset(index), tuple.length(index), json);
        }
    }

    /** This row with its unchanged TOAST values taken from {@code before}, as far as that has them. */
    public Row filledFrom(Row before) {
        TupleValue[] values = new TupleValue[tuple.size()];
        for (int i = 0; i < values.length; i++) {
            boolean fill = tuple.is(i, Absent.UNCHANGED) && before.has(i);
            values[i] = fill ? before.tuple.get(i) : tuple.get(i);
        }
        return new Row(table, Tuple.of(values), false);
    }
}
