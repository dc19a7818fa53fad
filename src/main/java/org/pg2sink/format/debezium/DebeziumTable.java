package org.pg2sink.format.debezium;

import static org.pg2sink.format.debezium.DebeziumType.string;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.types.JsonWriter;

/** Writes the keys and values of one table. It holds the bytes that all of them share. Immutable, for any thread. */
final class DebeziumTable {

    /** The version of Debezium whose documents these are. */
    static final String VERSION = "3.4.0.Final";

    private static final int LIKELY_KEY_BYTES = 64;
    private static final int LIKELY_VALUE_BYTES = 1024;

    private static final byte[] NULL = utf8("null");
    private static final byte[] BEFORE = utf8("\"before\":");
    private static final byte[] AFTER = utf8(",\"after\":");
    private static final byte[] SOURCE = utf8(",\"source\":");
    private static final byte[] TS_MS = utf8(",\"ts_ms\":");
    private static final byte[] TS_US = utf8(",\"ts_us\":");
    private static final byte[] TS_NS = utf8(",\"ts_ns\":");
    private static final byte[] TX_ID = utf8(",\"txId\":");
    private static final byte[] LSN = utf8(",\"lsn\":");
    private static final byte[] SOURCE_END = utf8(",\"xmin\":null}");
    private static final byte[] TRANSACTION = utf8(",\"transaction\":null");
    private static final byte[] SEQUENCE_MIDDLE = utf8("\\\",\\\"");
    private static final byte[] SEQUENCE_END = utf8("\\\"]\"");
    private static final byte[][] OPERATIONS = operations();
    private static final long MICROS = 1_000_000;

    private final DebeziumBytes messages;
    private final boolean schemas;
    private final List<Column> columns;
    /** Null where the column is left out. */
    private final DebeziumType[] types;
    /** The name of each column as a member of an object, with the comma before it. */
    private final byte[][] members;

    private final byte[] keyStart;
    private final byte[] valueStart;
    private final byte[] sourceStart;
    private final byte[] snapshot;
    private final byte[] incremental;
    private final byte[] sourceTable;
    private final byte[] messagePrefix;

    DebeziumTable(Table table, DebeziumOptions options, DebeziumTypes all) {
        this.messages = new DebeziumBytes(options);
        this.schemas = options.schemas();
        this.columns = table.columns();
        this.types = columns.stream().map(all::of).toArray(DebeziumType[]::new);
        this.members = columns.stream()
                .map(column -> utf8("," + string(column.name()) + ":"))
                .toArray(byte[][]::new);
        DebeziumSchemas described = new DebeziumSchemas(table, types, options);
        boolean isMessage = table.oid() == 0;
        this.keyStart = start(isMessage ? DebeziumSchemas.messageKey() : described.key());
        this.valueStart = start(isMessage ? described.message() : described.value());
        this.sourceStart = utf8("{\"version\":\"" + VERSION + "\",\"connector\":\"postgresql\",\"name\":"
                + string(options.prefix()) + ",\"ts_ms\":");
        String database = ",\"db\":" + string(options.database()) + ",\"sequence\":\"[\\\"";
        this.snapshot = utf8(",\"snapshot\":\"false\"" + database);
        this.incremental = utf8(",\"snapshot\":\"incremental\"" + database);
        this.sourceTable = utf8(",\"schema\":" + string(isMessage ? "" : table.namespace()) + ",\"table\":"
                + string(isMessage ? "" : table.name()));
        this.messagePrefix = utf8(string(table.name()));
    }

    private byte[] start(String schema) {
        return schemas ? utf8("{\"schema\":" + schema + ",\"payload\":") : new byte[0];
    }

    /** Returns an estimate, for a buffer that rarely grows. */
    int likelyKeyBytes() {
        return keyStart.length + LIKELY_KEY_BYTES;
    }

    /** Returns an estimate, for a buffer that rarely grows. */
    int likelyValueBytes() {
        return valueStart.length + LIKELY_VALUE_BYTES;
    }

    private void end(JsonWriter json) {
        if (schemas) {
            json.raw('}');
        }
    }

    /** Writes the key of a row, which the row {@linkplain Row#hasKey has}. */
    void writeKey(Row row, JsonWriter json) {
        json.raw(keyStart);
        char separator = '{';
        for (int i = 0; i < types.length; i++) {
            if (columns.get(i).key() && types[i] != null) {
                json.raw(separator);
                separator = ',';
                json.raw(members[i], 1, members[i].length - 1);
                writeColumn(row, i, json);
            }
        }
        if (separator == '{') {
            json.raw('{');
        }
        json.raw('}');
        end(json);
    }

    /** Writes the key of a logical message. */
    void writeMessageKey(JsonWriter json) {
        json.raw(keyStart);
        json.raw(utf8("{\"prefix\":"));
        json.raw(messagePrefix);
        json.raw('}');
        end(json);
    }

    void writeValue(Modification change, JsonWriter json) {
        json.raw(valueStart);
        json.raw('{');
        if (change.operation() == Operation.MESSAGE) {
            writeMessage(change, json);
        } else {
            json.raw(BEFORE);
            writeRow(change.before(), json);
            json.raw(AFTER);
            writeRow(change.after(), json);
            json.raw(SOURCE);
            writeSource(change, json);
            json.raw(TRANSACTION);
            json.raw(',');
            json.raw(OPERATIONS[change.operation().ordinal()]);
            writeTimes(Instant.now(), json);
        }
        json.raw('}');
        end(json);
    }

    private void writeMessage(Modification change, JsonWriter json) {
        json.raw(OPERATIONS[change.operation().ordinal()]);
        json.raw(TS_MS);
        json.number(System.currentTimeMillis());
        json.raw(SOURCE);
        writeSource(change, json);
        json.raw(TRANSACTION);
        json.raw(utf8(",\"message\":{\"prefix\":"));
        json.raw(messagePrefix);
        json.raw(utf8(",\"content\":"));
        messages.write(content(change.after().tuple()), json);
        json.raw('}');
    }

    /** Takes content that was no UTF-8 in the form of {@code bytea}. */
    private static byte[] content(Tuple tuple) {
        byte[] text = tuple.array();
        int offset = tuple.offset(0);
        int length = tuple.length(0);
        return DebeziumBytes.isHex(text, offset, length)
                ? DebeziumBytes.parseHex(text, offset + 2, length - 2)
                : Arrays.copyOfRange(text, offset, offset + length);
    }

    private void writeRow(Row row, JsonWriter json) {
        if (row == null) {
            json.raw(NULL);
            return;
        }
        int comma = 1;
        json.raw('{');
        for (int i = 0; i < types.length; i++) {
            if (types[i] != null) {
                json.raw(members[i], comma, members[i].length - comma);
                comma = 0;
                writeColumn(row, i, json);
            }
        }
        json.raw('}');
    }

    private void writeColumn(Row row, int index, JsonWriter json) {
        Tuple tuple = row.tuple();
        if (tuple.hasData(index)) {
            types[index].writer().write(tuple.array(), tuple.offset(index), tuple.length(index), json);
        } else if (tuple.is(index, Absent.UNCHANGED)) {
            types[index].writeUnavailable(json);
        } else {
            json.raw(NULL);
        }
    }

    /**
     * The protocol gives no change an LSN of its own. So {@code lsn} is that of the commit, and {@code sequence} has the
     * number of the change in its transaction in second place.
     */
    private void writeSource(Modification change, JsonWriter json) {
        Transaction transaction = change.transaction();
        OffsetDateTime commitTime = transaction.commitTime();
        long micros = commitTime.toEpochSecond() * MICROS + commitTime.getNano() / 1000;
        boolean imported = change.operation() == Operation.IMPORT;
        json.raw(sourceStart);
        json.number(Math.floorDiv(micros, 1000L));
        json.raw(imported ? incremental : snapshot);
        json.number(transaction.lsn().value());
        json.raw(SEQUENCE_MIDDLE);
        json.number(change.sequence());
        json.raw(SEQUENCE_END);
        json.raw(TS_US);
        json.number(micros);
        json.raw(TS_NS);
        json.number(micros * 1000);
        json.raw(sourceTable);
        json.raw(TX_ID);
        if (imported || transaction.xid() == 0) {
            json.raw(NULL);
        } else {
            json.number(transaction.xid());
        }
        json.raw(LSN);
        if (imported) {
            json.raw(NULL);
        } else {
            json.number(transaction.lsn().value());
        }
        json.raw(SOURCE_END);
    }

    private static byte[][] operations() {
        Operation[] operations = Operation.values();
        byte[][] members = new byte[operations.length][];
        for (Operation operation : operations) {
            members[operation.ordinal()] = utf8("\"op\":\"" + code(operation) + "\"");
        }
        return members;
    }

    private static char code(Operation operation) {
        return switch (operation) {
            case INSERT -> 'c';
            case UPDATE -> 'u';
            case DELETE -> 'd';
            case TRUNCATE -> 't';
            case IMPORT -> 'r';
            case MESSAGE -> 'm';
            case IMPORT_BEGIN, IMPORT_END -> '-'; // no record tells of them
        };
    }

    private static void writeTimes(Instant now, JsonWriter json) {
        long micros = now.getEpochSecond() * MICROS + now.getNano() / 1000;
        json.raw(TS_MS);
        json.number(micros / 1000);
        json.raw(TS_US);
        json.number(micros);
        json.raw(TS_NS);
        json.number(now.getEpochSecond() * 1_000_000_000 + now.getNano());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
