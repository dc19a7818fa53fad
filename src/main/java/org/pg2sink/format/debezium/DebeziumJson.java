package org.pg2sink.format.debezium;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.format.EntryFormat;
import org.pg2sink.format.FormatOptions;
import org.pg2sink.format.JsonLineStream;
import org.pg2sink.format.KeyedRecord;
import org.pg2sink.types.JsonWriter;

/**
 * Writes changes as Debezium's PostgreSQL connector does, in the JSON of Kafka Connect's JsonConverter. A file holds the
 * values, one a line. Where it differs from Debezium, docs/coming-from-debezium.md says so.
 *
 * @see <a href="https://debezium.io/documentation/reference/3.4/connectors/postgresql.html#postgresql-events">Data change
 *     events</a>
 */
public final class DebeziumJson implements EntryFormat {

    /** Names of headers that go with the two halves of an update that changes the key. */
    private static final String NEW_KEY = "__debezium.newkey";

    private static final String OLD_KEY = "__debezium.oldkey";

    private final DebeziumOptions options;
    private final Table.Preparation<DebeziumTable> preparation;

    /** @param given Debezium's options, listed in docs/coming-from-debezium.md */
    public DebeziumJson(FormatOptions given) {
        this.options = DebeziumOptions.of(given);
        DebeziumTypes types = new DebeziumTypes(options);
        this.preparation = table -> new DebeziumTable(table, options, types);
    }

    @Override
    public String extension() {
        return "jsonl";
    }

    @Override
    public String mediaType() {
        return "application/x-ndjson";
    }

    @Override
    public boolean isAppendable() {
        return true;
    }

    @Override
    public String topic() {
        return options.prefix() + ".{namespace}.{table}";
    }

    /** An update that changes the key has two lines. */
    @Override
    public InputStream file(List<? extends Entry> entries) {
        return new JsonLineStream(entries, json -> entry -> {
            if (entry instanceof Modification change && isTold(change)) {
                if (changesKey(change)) {
                    writeLine(removal(change), json);
                    writeLine(creation(change), json);
                } else {
                    writeLine(change, json);
                }
            }
        });
    }

    private void writeLine(Modification change, JsonWriter json) {
        of(change.table()).writeValue(change, json);
        json.raw('\n');
    }

    @Override
    public List<KeyedRecord> records(String topic, Entry entry) {
        if (!(entry instanceof Modification change) || !isTold(change)) {
            return List.of();
        }
        List<KeyedRecord> records = new ArrayList<>(1);
        if (changesKey(change)) {
            byte[] oldKey = key(change.table(), change.before());
            byte[] newKey = key(change.table(), change.after());
            addRemoval(oldKey, removal(change), headers(NEW_KEY, newKey), records);
            records.add(new KeyedRecord(newKey, value(creation(change)), headers(OLD_KEY, oldKey)));
        } else if (change.operation() == Operation.DELETE) {
            addRemoval(key(change.table(), change.before()), change, Map.of(), records);
        } else if (change.operation() == Operation.MESSAGE) {
            records.add(new KeyedRecord(messageKey(change), value(change)));
        } else {
            records.add(new KeyedRecord(key(change.table(), change.after()), value(change)));
        }
        return records;
    }

    private void addRemoval(byte[] key, Modification change, Map<String, String> headers, List<KeyedRecord> records) {
        records.add(new KeyedRecord(key, value(change), headers));
        if (options.tombstones()) {
            records.add(new KeyedRecord(key, null, headers));
        }
    }

    private static Map<String, String> headers(String name, byte[] key) {
        return Map.of(name, new String(key, StandardCharsets.UTF_8));
    }

    private boolean isTold(Modification change) {
        return switch (change.operation()) {
            case TRUNCATE -> options.truncates();
            case IMPORT_BEGIN, IMPORT_END -> false; // Debezium has nothing of the kind
            default -> true;
        };
    }

    private static boolean changesKey(Modification change) {
        Row before = change.before();
        Row after = change.after();
        return before != null && after != null && before.hasKey() && after.hasKey() && !after.hasKeyOf(before);
    }

    private static Modification removal(Modification change) {
        return new Modification(
                change.transaction(), change.sequence(), Operation.DELETE, change.table(), change.before(), null);
    }

    private static Modification creation(Modification change) {
        return new Modification(
                change.transaction(), change.sequence(), Operation.INSERT, change.table(), null, change.after());
    }

    /** Returns the key of a row; null if there is no row, or it has none. */
    private byte[] key(Table table, Row row) {
        if (row == null || !row.hasKey()) {
            return null;
        }
        DebeziumTable prepared = of(table);
        JsonWriter json = new JsonWriter(prepared.likelyKeyBytes());
        prepared.writeKey(row, json);
        return json.toByteArray();
    }

    private byte[] messageKey(Modification change) {
        DebeziumTable prepared = of(change.table());
        JsonWriter json = new JsonWriter(prepared.likelyKeyBytes());
        prepared.writeMessageKey(json);
        return json.toByteArray();
    }

    private byte[] value(Modification change) {
        DebeziumTable prepared = of(change.table());
        JsonWriter json = new JsonWriter(prepared.likelyValueBytes());
        prepared.writeValue(change, json);
        return json.toByteArray();
    }

    private DebeziumTable of(Table table) {
        return table.prepared(preparation);
    }
}
