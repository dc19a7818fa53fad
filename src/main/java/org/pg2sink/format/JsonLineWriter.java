package org.pg2sink.format;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.types.Codec;
import org.pg2sink.types.JsonWriter;

/** Writes one line after the other. It keeps what the lines of a transaction and of a table share. For one thread. */
final class JsonLineWriter {

    /** Estimated size of a line, to begin with a buffer that rarely grows. */
    static final int LIKELY_LINE_BYTES = 256;

    private static final byte[] BEFORE = ascii(",\"before\":");
    private static final byte[] AFTER = ascii(",\"after\":");
    private static final byte[] UNCHANGED = ascii(",\"unchanged\":");
    private static final String LINE_END = "}\n";
    private static final byte[] END = ascii(LINE_END);
    private static final byte[] NULL = ascii("null");
    /** The member that names each operation, after the bracket that ends a row. */
    private static final byte[][] OPERATIONS = operations();

    private static final Table.Preparation<Names> NAMES = JsonLineWriter::names;

    private final JsonWriter json;

    /** Null before the first change. */
    private Frame frame;

    private Table table;
    private Names names;

    /**
     * Holds what the lines of a transaction share.
     *
     * @param head the beginning of a line, up to the sequence
     * @param tail its end, where no column is left out
     */
    record Frame(Transaction transaction, byte[] head, byte[] tail) {

        static Frame of(Transaction transaction) {
            return new Frame(
                    transaction,
                    ascii("{\"timestamp\":\"" + transaction.commitTimeText() + "\",\"sequence\":"),
                    ascii(",\"lsn\":\"" + transaction.lsn() + "\",\"xid\":"
                            + (transaction.xid() == 0 ? "null" : Long.toString(transaction.xid()))
                            + ",\"timeline\":"
                            + (transaction.timeline() == null ? "null" : '"' + transaction.timeline() + '"')
                            + (transaction.importRun() == null ? "" : ",\"importRun\":" + transaction.importRun())
                            + LINE_END));
        }
    }

    /**
     * The names of a table and its columns, ready to be copied into the JSON. To copy many short pieces costs more than the
     * values do, so what always follows is in one piece.
     *
     * @param before the members of a change that name its table, and the name of the old row
     * @param onlyAfter the same with the old row, which is null, and the name of the new row
     * @param first the name of each column as the first member of an object, with the bracket before it
     * @param others the name of each column as another member, with the comma before it
     * @param codecs the codec of each column
     */
    private record Names(byte[] before, byte[] onlyAfter, byte[][] first, byte[][] others, Codec[] codecs) {}

    /** @param json receives the lines */
    JsonLineWriter(JsonWriter json) {
        this(json, null);
    }

    /**
     * @param json receives the lines
     * @param frame the frame of an earlier writer, used again if the first change is of the same transaction; null if there
     *     is none
     */
    JsonLineWriter(JsonWriter json, Frame frame) {
        this.json = json;
        this.frame = frame;
    }

    /** Returns the frame of the latest change; null if there is none. */
    Frame frame() {
        return frame;
    }

    /** Writes the line of an entry. */
    void write(Entry entry) {
        if (entry instanceof Modification modification) {
            write(modification);
        } else if (entry instanceof Schema schema) {
            write(schema);
        } else {
            throw new IllegalStateException("unhandled entry " + entry.getClass());
        }
    }

    private void write(Schema schema) {
        json.raw(ascii("{\"timestamp\":\"" + schema.transaction().commitTimeText() + "\",\"schema\":"));
        json.raw(AvroRowSchema.of(schema.table()).json().getBytes(StandardCharsets.UTF_8));
        json.raw(END);
    }

    private void write(Modification change) {
        if (frame == null || change.transaction() != frame.transaction) {
            frame = Frame.of(change.transaction());
        }
        Names shared = namesOf(change.table());
        json.raw(frame.head);
        json.number(change.sequence());
        if (change.before() == null) {
            json.raw(shared.onlyAfter);
        } else {
            json.raw(shared.before);
            writeColumns(change.before(), shared);
            json.raw('}');
            json.raw(AFTER);
        }
        byte[] operation = OPERATIONS[change.operation().ordinal()];
        if (change.after() == null) {
            json.raw(NULL);
            json.raw(operation, 1, operation.length - 1);
            json.raw(frame.tail);
        } else {
            boolean whole = writeColumns(change.after(), shared);
            json.raw(operation);
            writeTail(whole ? List.of() : change.unchanged());
        }
    }

    private void writeTail(List<String> unchanged) {
        if (unchanged.isEmpty()) {
            json.raw(frame.tail);
        } else {
            json.raw(frame.tail, 0, frame.tail.length - END.length);
            writeUnchanged(unchanged);
            json.raw(END);
        }
    }

    private Names namesOf(Table next) {
        if (next != table) {
            table = next;
            names = next.prepared(NAMES);
        }
        return names;
    }

    /** Writes the columns that a row has as an object. */
    void write(Row row) {
        writeColumns(row, namesOf(row.table()));
        json.raw('}');
    }

    /**
     * Writes the columns that a row has as an object, but for the bracket that ends it. Returns whether the row has all columns.
     */
    private boolean writeColumns(Row row, Names shared) {
        int columns = row.tuple().size();
        int written = 0;
        for (int i = 0; i < columns; i++) {
            if (row.has(i)) {
                writeColumn(row, i, written == 0 ? shared.first : shared.others, shared.codecs);
                written++;
            }
        }
        if (written == 0) {
            json.raw('{');
        }
        return written == columns;
    }

    /** Writes the key of a row, which the row {@linkplain Row#hasKey has}, as an object. */
    void writeKey(Row row) {
        Names shared = namesOf(row.table());
        byte[][] names = shared.first;
        for (int i = 0; i < row.tuple().size(); i++) {
            if (row.table().columns().get(i).key()) {
                writeColumn(row, i, names, shared.codecs);
                names = shared.others;
            }
        }
        json.raw('}');
    }

    private void writeColumn(Row row, int index, byte[][] names, Codec[] codecs) {
        json.raw(names[index]);
        Tuple tuple = row.tuple();
        if (tuple.hasData(index)) {
            codecs[index].writeJson(tuple.array(), tuple.offset(index), tuple.length(index), json);
        } else {
            json.raw(NULL);
        }
    }

    private void writeUnchanged(List<String> columns) {
        json.raw(UNCHANGED);
        char separator = '[';
        for (String column : columns) {
            json.raw(separator);
            json.string(column);
            separator = ',';
        }
        json.raw(']');
    }

    private static Names names(Table table) {
        JsonWriter json = new JsonWriter(LIKELY_LINE_BYTES);
        member(json, ',', "namespace");
        value(json, table.namespace());
        member(json, ',', "name");
        value(json, table.name());
        json.raw(BEFORE);
        byte[] before = json.toByteArray();
        json.raw(NULL);
        json.raw(AFTER);
        Codec[] codecs = table.columns().stream().map(Column::codec).toArray(Codec[]::new);
        return new Names(before, json.toByteArray(), members('{', table), members(',', table), codecs);
    }

    private static byte[][] members(char prefix, Table table) {
        return table.columns().stream()
                .map(column -> member(prefix, column.name()))
                .toArray(byte[][]::new);
    }

    private static byte[][] operations() {
        Operation[] operations = Operation.values();
        byte[][] members = new byte[operations.length][];
        for (Operation operation : operations) {
            JsonWriter json = new JsonWriter(LIKELY_LINE_BYTES);
            json.raw('}');
            member(json, ',', "operation");
            value(json, operation.toString());
            members[operation.ordinal()] = json.toByteArray();
        }
        return members;
    }

    private static byte[] member(char prefix, String name) {
        JsonWriter json = new JsonWriter(name.length() + 4);
        member(json, prefix, name);
        return json.toByteArray();
    }

    private static void member(JsonWriter json, char prefix, String name) {
        json.raw(prefix);
        json.string(name);
        json.raw(':');
    }

    private static void value(JsonWriter json, String value) {
        if (value == null) {
            json.raw(NULL);
        } else {
            json.string(value);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
