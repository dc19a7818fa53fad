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
    private static final byte[] END = ascii("}\n");
    private static final byte[] NULL = ascii("null");
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
     * @param tail its end
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
                            + (transaction.importRun() == null ? "" : ",\"importRun\":" + transaction.importRun())));
        }
    }

    /**
     * The names of a table and its columns, ready to be copied into the JSON.
     *
     * @param table the members of a change that name its table
     * @param columns the name of each column as the member of an object, with the comma before it
     * @param codecs the codec of each column
     */
    private record Names(byte[] table, byte[][] columns, Codec[] codecs) {}

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
        json.raw(shared.table);
        json.raw(BEFORE);
        write(change.before(), shared);
        json.raw(AFTER);
        write(change.after(), shared);
        json.raw(OPERATIONS[change.operation().ordinal()]);
        json.raw(frame.tail);
        writeUnchanged(change.unchanged());
        json.raw(END);
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
        write(row, namesOf(row.table()));
    }

    private void write(Row row, Names shared) {
        if (row == null) {
            json.raw(NULL);
            return;
        }
        json.raw('{');
        boolean first = true;
        for (int i = 0; i < row.tuple().size(); i++) {
            if (row.has(i)) {
                writeColumn(row, i, first, shared);
                first = false;
            }
        }
        json.raw('}');
    }

    /** Writes the key of a row, which the row {@linkplain Row#hasKey has}, as an object. */
    void writeKey(Row row) {
        Names shared = namesOf(row.table());
        json.raw('{');
        boolean first = true;
        for (int i = 0; i < row.tuple().size(); i++) {
            if (row.table().columns().get(i).key()) {
                writeColumn(row, i, first, shared);
                first = false;
            }
        }
        json.raw('}');
    }

    private void writeColumn(Row row, int index, boolean first, Names shared) {
        byte[] member = shared.columns[index];
        int comma = first ? 1 : 0;
        json.raw(member, comma, member.length - comma);
        Tuple tuple = row.tuple();
        if (tuple.hasData(index)) {
            shared.codecs[index].writeJson(tuple.array(), tuple.offset(index), tuple.length(index), json);
        } else {
            json.raw(NULL);
        }
    }

    private void writeUnchanged(List<String> columns) {
        if (!columns.isEmpty()) {
            json.raw(UNCHANGED);
            char separator = '[';
            for (String column : columns) {
                json.raw(separator);
                json.string(column);
                separator = ',';
            }
            json.raw(']');
        }
    }

    private static Names names(Table table) {
        JsonWriter json = new JsonWriter(LIKELY_LINE_BYTES);
        member(json, "namespace");
        value(json, table.namespace());
        member(json, "name");
        value(json, table.name());
        byte[][] columns = table.columns().stream()
                .map(Column::name)
                .map(JsonLineWriter::member)
                .toArray(byte[][]::new);
        Codec[] codecs = table.columns().stream().map(Column::codec).toArray(Codec[]::new);
        return new Names(json.toByteArray(), columns, codecs);
    }

    private static byte[][] operations() {
        Operation[] operations = Operation.values();
        byte[][] members = new byte[operations.length][];
        for (Operation operation : operations) {
            JsonWriter json = new JsonWriter(LIKELY_LINE_BYTES);
            member(json, "operation");
            value(json, operation.toString());
            members[operation.ordinal()] = json.toByteArray();
        }
        return members;
    }

    private static byte[] member(String name) {
        JsonWriter json = new JsonWriter(name.length() + 4);
        member(json, name);
        return json.toByteArray();
    }

    private static void member(JsonWriter json, String name) {
        json.raw(',');
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
