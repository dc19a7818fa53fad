package org.pg2sink.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pg2sink.TestDatabase;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Table;
import org.pg2sink.format.EntryFormat;
import org.pg2sink.format.EntryFormats;
import org.pg2sink.format.KeyedRecord;
import org.pg2sink.sinks.PlainName;

/**
 * The records that Debezium or pg2sink makes of the {@link DebeziumWorkload}, each as an object with the members topic, key,
 * headers and value. As a file they have one line each, after a line that says where they come from.
 */
public final class DebeziumRecords {

    /** Where the fixtures are. */
    public static final Path FIXTURES = Path.of("src/test/resources/debezium");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SAME = "same";
    private static final String MESSAGES = DebeziumWorkload.PREFIX + ".message";

    private DebeziumRecords() {}

    /**
     * Options under which the workload is compared.
     *
     * @param name the name of the fixture
     * @param options Debezium's options
     * @param tables the tables whose records are compared, as a regular expression of their topics
     */
    public record Setting(String name, Map<String, String> options, String tables) {

        static Setting of(String name, String tables, String... options) {
            Map<String, String> pairs = new LinkedHashMap<>();
            for (String option : options) {
                String[] parts = option.split("=");
                pairs.put(parts[0], parts[1]);
            }
            return new Setting(name, pairs, tables);
        }

        /** Whether records of that topic are compared. */
        public boolean covers(String topic) {
            return topic.matches(tables);
        }
    }

    /** All settings. */
    public static final List<Setting> SETTINGS = List.of(
            Setting.of("schemas", ".*", "skipped.operations=none"),
            Setting.of("no-schemas", ".*", "schemas.enable=false", "tombstones.on.delete=false"),
            Setting.of(
                    "double",
                    ".*(numbers|texts|times|arrays|bits|others|wide|message)",
                    "decimal.handling.mode=double",
                    "time.precision.mode=connect",
                    "interval.handling.mode=string",
                    "hstore.handling.mode=map",
                    "binary.handling.mode=base64",
                    "include.unknown.datatypes=true"),
            Setting.of(
                    "string",
                    ".*(numbers|times|arrays|bits|wide|message)",
                    "decimal.handling.mode=string",
                    "time.precision.mode=adaptive_time_microseconds",
                    "binary.handling.mode=hex"),
            Setting.of(
                    "isostring",
                    ".*(times|arrays|bits|wide|message)",
                    "time.precision.mode=isostring",
                    "binary.handling.mode=base64-url-safe",
                    "unavailable.value.placeholder=gone"),
            Setting.of("microseconds", ".*(times|arrays)", "time.precision.mode=microseconds"),
            Setting.of("nanoseconds", ".*(times|arrays)", "time.precision.mode=nanoseconds"));

    /** The entries of the workload, which this makes, as a subscription delivers them. */
    public static final class Stream implements AutoCloseable {

        private final TestDatabase database;
        private final Subscriber subscriber;

        /** @param database an empty database */
        public Stream(TestDatabase database) {
            this.database = database;
            DebeziumWorkload.createTables(database);
            this.subscriber = Subscriber.start(database, "schemas=" + DebeziumWorkload.SCHEMAS);
        }

        /** The name of its publication, which others may read, too. */
        public String publication() {
            return subscriber.name();
        }

        /** Makes the changes of the workload and waits for them. */
        public List<Entry> change() {
            DebeziumWorkload.change(database);
            subscriber.awaitAllConfirmed();
            return subscriber.entries();
        }

        @Override
        public void close() {
            subscriber.close();
        }
    }

    /** Returns the records that pg2sink makes of entries. */
    public static List<ObjectNode> ours(List<Entry> entries, Setting setting, String database) {
        Map<String, String> options = new HashMap<>(setting.options());
        options.put("topic.prefix", DebeziumWorkload.PREFIX);
        options.put("database.dbname", database);
        List<ObjectNode> records = new ArrayList<>();
        try (EntryFormat format = EntryFormats.create("debezium", options)) {
            for (Entry entry : entries) {
                String topic = topic(format.topic(), entry.table());
                for (KeyedRecord record : format.records(topic, entry)) {
                    ObjectNode headers = JSON.createObjectNode();
                    record.headers().forEach((name, value) -> headers.set(name, parse(value)));
                    if (setting.covers(entry.table().oid() == 0 ? MESSAGES : topic)) {
                        records.add(record(topic, parse(record.key()), headers, parse(record.value())));
                    }
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException(setting.name() + ": " + e.getMessage(), e);
        }
        return records;
    }

    /** As the Kafka sink names it. */
    private static String topic(String pattern, Table table) {
        return pattern.replace("{namespace}", table.namespace() == null ? "" : PlainName.of(table.namespace()))
                .replace("{table}", PlainName.of(table.name()));
    }

    /** Makes a record; key and value may be null. */
    public static ObjectNode record(String topic, JsonNode key, JsonNode headers, JsonNode value) {
        ObjectNode record = JSON.createObjectNode();
        record.put("topic", topic);
        record.set("key", key);
        record.set("headers", headers);
        record.set("value", value);
        return record;
    }

    /** Parses JSON; null is null. */
    public static JsonNode parse(byte[] json) {
        return json == null ? null : parse(new String(json, StandardCharsets.UTF_8));
    }

    /** Parses JSON; null is null. */
    public static JsonNode parse(String json) {
        try {
            return json == null ? null : JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(json, e);
        }
    }

    /** Writes records. A schema that is the one of the record before it is left out. */
    public static void write(Path file, JsonNode header, List<ObjectNode> records) throws IOException {
        StringBuilder text = new StringBuilder().append(header).append('\n');
        Map<String, JsonNode> schemas = new HashMap<>();
        for (ObjectNode record : records) {
            ObjectNode shorter = record.deepCopy();
            if (shorter.get("value") instanceof ObjectNode value && value.has("schema")) {
                JsonNode before = schemas.put(record.get("topic").asText(), value.get("schema"));
                if (value.get("schema").equals(before)) {
                    value.put("schema", SAME);
                }
            }
            text.append(shorter).append('\n');
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** Reads records, the header first. */
    public static List<ObjectNode> read(Path file) throws IOException {
        List<ObjectNode> records = new ArrayList<>();
        Map<String, JsonNode> schemas = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            ObjectNode record = (ObjectNode) parse(line);
            if (record.get("value") instanceof ObjectNode value && value.has("schema")) {
                if (value.get("schema").asText().equals(SAME)) {
                    value.set("schema", schemas.get(record.get("topic").asText()));
                }
                schemas.put(record.get("topic").asText(), value.get("schema"));
            }
            records.add(record);
        }
        return records;
    }
}
