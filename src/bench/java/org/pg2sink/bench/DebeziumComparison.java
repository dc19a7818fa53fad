package org.pg2sink.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.debezium.Module;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.Header;
import io.debezium.engine.format.Json;
import io.debezium.engine.format.KeyValueHeaderChangeEventFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TimeZone;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Entry;
import org.pg2sink.component.DebeziumDifferences;
import org.pg2sink.component.DebeziumRecords;
import org.pg2sink.component.DebeziumRecords.Setting;
import org.pg2sink.component.DebeziumWorkload;

/**
 * Compares what Debezium's engine and pg2sink make of the same changes, record by record and under several settings:
 * {@code mvn -Pbench verify -Dbenchmark=org.pg2sink.bench.DebeziumComparison}. It fails if anything differs that is not
 * among the {@link DebeziumDifferences}, and leaves Debezium's records in {@code target/debezium}: after an update of
 * Debezium, copy them to {@link DebeziumRecords#FIXTURES}.
 */
public final class DebeziumComparison {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path RECORDED = Path.of("target/debezium");
    private static final int PATIENCE_SECONDS = 120;
    private static final String LAST_TOPIC = DebeziumWorkload.PREFIX + ".public." + DebeziumWorkload.LAST_TABLE;

    private DebeziumComparison() {}

    public static void main(String[] arguments) throws Exception {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC")); // Debezium reads arrays of times in the zone of the JVM
        TestDatabase database = TestServer.newDatabase();
        String name = database.value("select current_database()");
        int differences = 0;
        try (DebeziumRecords.Stream stream = new DebeziumRecords.Stream(database)) {
            for (Setting setting : DebeziumRecords.SETTINGS) {
                database.query("select pg_create_logical_replication_slot('" + slot(setting) + "', 'pgoutput')");
            }
            List<Entry> entries = stream.change();
            for (Setting setting : DebeziumRecords.SETTINGS) {
                List<ObjectNode> theirs = record(database, stream.publication(), setting);
                write(database, setting, theirs);
                List<ObjectNode> ours = DebeziumRecords.ours(entries, setting, name);
                differences += compare(setting, theirs, ours);
            }
        }
        System.out.println(differences + " differences");
        System.exit(differences == 0 ? 0 : 1); // Debezium leaves threads behind
    }

    private static String slot(Setting setting) {
        return "debezium_" + setting.name().replace('-', '_');
    }

    private static void write(TestDatabase database, Setting setting, List<ObjectNode> records) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        header.put("debezium", Module.version());
        header.put("postgres", database.value("show server_version"));
        header.put("database", database.value("select current_database()"));
        header.set("options", JSON.valueToTree(setting.options()));
        DebeziumRecords.write(RECORDED.resolve(setting.name() + ".jsonl"), header, records);
    }

    private static int compare(Setting setting, List<ObjectNode> theirs, List<ObjectNode> ours) {
        int differences = 0;
        for (int i = 0; i < Math.max(theirs.size(), ours.size()); i++) {
            ObjectNode their = i < theirs.size() ? theirs.get(i) : JSON.createObjectNode();
            ObjectNode our = i < ours.size() ? ours.get(i) : JSON.createObjectNode();
            if (i < theirs.size() && i < ours.size()) {
                DebeziumDifferences.takeOut(their, our, true);
            }
            if (!their.toString().equals(our.toString())) {
                differences++;
                System.out.println(setting.name() + " " + i + "\n  Debezium " + their + "\n  pg2sink  " + our);
            }
        }
        System.out.println(setting.name() + ": " + theirs.size() + " records, " + differences + " of them differ");
        return differences;
    }

    /** Runs the engine until the last record of the workload. */
    private static List<ObjectNode> record(TestDatabase database, String publication, Setting setting)
            throws Exception {
        List<ObjectNode> records = new ArrayList<>();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        try (DebeziumEngine<ChangeEvent<String, String>> engine = DebeziumEngine.create(
                        KeyValueHeaderChangeEventFormat.of(Json.class, Json.class, Json.class))
                .using(properties(database, publication, setting))
                .using((success, message, error) -> {
                    if (!success) {
                        ended.completeExceptionally(new IllegalStateException(message, error));
                    }
                })
                .notifying((events, committer) -> {
                    for (ChangeEvent<String, String> event : events) {
                        if (setting.covers(event.destination())) {
                            records.add(node(event));
                        }
                        committer.markProcessed(event);
                        if (event.destination().equals(LAST_TOPIC)) {
                            ended.complete(null);
                        }
                    }
                    committer.markBatchFinished();
                })
                .build()) {
            ExecutorService executor = Executors.newSingleThreadExecutor();
            executor.execute(engine);
            ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            executor.shutdown();
        }
        return records;
    }

    private static Properties properties(TestDatabase database, String publication, Setting setting) {
        Properties properties = new Properties();
        properties.setProperty("name", setting.name());
        properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        properties.setProperty("snapshot.mode", "no_data");
        properties.setProperty("topic.prefix", DebeziumWorkload.PREFIX);
        properties.setProperty("database.hostname", "localhost");
        properties.setProperty("database.port", database.value("select inet_server_port()"));
        properties.setProperty("database.user", "postgres");
        properties.setProperty("database.password", "none");
        properties.setProperty("database.dbname", database.value("select current_database()"));
        properties.setProperty("plugin.name", "pgoutput");
        properties.setProperty("slot.name", slot(setting));
        properties.setProperty("publication.name", publication);
        properties.setProperty("publication.autocreate.mode", "disabled");
        properties.setProperty("schema.include.list", DebeziumWorkload.SCHEMAS);
        setting.options().forEach((option, value) -> {
            if (option.equals("schemas.enable")) {
                properties.setProperty("key.converter.schemas.enable", value);
                properties.setProperty("value.converter.schemas.enable", value);
                properties.setProperty("header.converter.schemas.enable", value);
            } else {
                properties.setProperty(option, value);
            }
        });
        return properties;
    }

    private static ObjectNode node(ChangeEvent<String, String> event) {
        ObjectNode headers = JSON.createObjectNode();
        for (Header<?> header : event.headers()) {
            if (!header.getKey().startsWith("__debezium.context.")) { // different in each run
                headers.set(header.getKey(), DebeziumRecords.parse((String) header.getValue()));
            }
        }
        JsonNode key = DebeziumRecords.parse(event.key());
        return DebeziumRecords.record(event.destination(), key, headers, DebeziumRecords.parse(event.value()));
    }
}
