package org.pg2sink.format.debezium;

import static org.pg2sink.format.debezium.DebeziumType.ConnectSchema.named;
import static org.pg2sink.format.debezium.DebeziumType.ConnectSchema.plain;
import static org.pg2sink.format.debezium.DebeziumType.string;

import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Table;

/**
 * Makes the Connect schemas of a table's keys and values, as the JsonConverter writes them. The protocol does not say which
 * columns are NOT NULL or have a default: all but the key are optional, and none has a default.
 */
final class DebeziumSchemas {

    private static final Pattern ODD = Pattern.compile("[^A-Za-z0-9._-]");

    private static final String ALLOWED_SNAPSHOTS =
            "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental";

    private static final String SOURCE = struct(
            fields(
                    plain("string").json(false, "version"),
                    plain("string").json(false, "connector"),
                    plain("string").json(false, "name"),
                    plain("int64").json(false, "ts_ms"),
                    named("string", "io.debezium.data.Enum")
                            .with("\"allowed\":\"" + ALLOWED_SNAPSHOTS + "\"")
                            .withDefault("\"false\"")
                            .json(true, "snapshot"),
                    plain("string").json(false, "db"),
                    plain("string").json(true, "sequence"),
                    plain("int64").json(true, "ts_us"),
                    plain("int64").json(true, "ts_ns"),
                    plain("string").json(false, "schema"),
                    plain("string").json(false, "table"),
                    plain("int64").json(true, "txId"),
                    plain("int64").json(true, "lsn"),
                    plain("int64").json(true, "xmin")),
            false,
            "\"io.debezium.connector.postgresql.Source\",\"version\":1,\"field\":\"source\"");

    private static final String TRANSACTION = struct(
            fields(
                    plain("string").json(false, "id"),
                    plain("int64").json(false, "total_order"),
                    plain("int64").json(false, "data_collection_order")),
            true,
            "\"event.block\",\"version\":1,\"field\":\"transaction\"");

    private final Table table;
    private final DebeziumType[] types;
    private final DebeziumOptions options;
    private final String name;

    DebeziumSchemas(Table table, DebeziumType[] types, DebeziumOptions options) {
        this.table = table;
        this.types = types;
        this.options = options;
        this.name = ODD.matcher(options.prefix() + "." + table.namespace() + "." + table.name())
                .replaceAll("_");
    }

    String key() {
        StringJoiner fields = new StringJoiner(",");
        List<Column> columns = table.columns();
        for (int i = 0; i < types.length; i++) {
            if (columns.get(i).key() && types[i] != null) {
                fields.add(types[i].schema().json(false, columns.get(i).name()));
            }
        }
        return struct(fields.toString(), false, string(name + ".Key"));
    }

    String value() {
        StringJoiner fields = new StringJoiner(",");
        List<Column> columns = table.columns();
        for (int i = 0; i < types.length; i++) {
            if (types[i] != null) {
                boolean optional = !columns.get(i).key();
                fields.add(types[i].schema().json(optional, columns.get(i).name()));
            }
        }
        String row = string(name + ".Value");
        String envelope = fields(
                struct(fields.toString(), true, row + ",\"field\":\"before\""),
                struct(fields.toString(), true, row + ",\"field\":\"after\""),
                SOURCE,
                TRANSACTION,
                plain("string").json(false, "op"),
                plain("int64").json(true, "ts_ms"),
                plain("int64").json(true, "ts_us"),
                plain("int64").json(true, "ts_ns"));
        return struct(envelope, false, string(name + ".Envelope") + ",\"version\":2");
    }

    /** Returns the schema of the key of a logical message. */
    static String messageKey() {
        return struct(
                plain("string").json(true, "prefix"),
                false,
                "\"io.debezium.connector.postgresql.MessageKey\",\"version\":1");
    }

    /** Returns the schema of a logical message. */
    String message() {
        String block = fields(
                plain("string").json(true, "prefix"),
                new DebeziumBytes(options).schema().json(true, "content"));
        String envelope = fields(
                plain("string").json(false, "op"),
                plain("int64").json(true, "ts_ms"),
                SOURCE,
                TRANSACTION,
                struct(
                        block,
                        false,
                        "\"io.debezium.connector.postgresql.Message\",\"version\":1,\"field\":\"message\""));
        return struct(envelope, false, "\"io.debezium.connector.postgresql.MessageValue\",\"version\":1");
    }

    private static String fields(String... fields) {
        return String.join(",", fields);
    }

    /** @param name the name as JSON, and the members after it */
    private static String struct(String fields, boolean optional, String name) {
        return "{\"type\":\"struct\",\"fields\":[" + fields + "],\"optional\":" + optional + ",\"name\":" + name + "}";
    }
}
