package org.pg2sink.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** How Debezium's connector is set in all of its contenders: for speed, and with no more to do than pg2sink has. */
final class DebeziumOptions {

    private static final String TIME = "\"ts_us\":";

    private DebeziumOptions() {}

    static Map<String, String> of(String port) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("topic.prefix", "bench");
        options.put("database.hostname", "localhost");
        options.put("database.port", port);
        options.put("database.user", "postgres");
        options.put("database.password", "none");
        options.put("database.dbname", "postgres");
        options.put("plugin.name", "pgoutput");
        options.put("slot.name", BenchServer.NAME);
        options.put("publication.name", BenchServer.NAME);
        options.put("publication.autocreate.mode", "disabled");
        options.put("schema.include.list", "public");
        options.put("tombstones.on.delete", "false");
        options.put("max.batch.size", "8192");
        options.put("max.queue.size", "32768");
        options.put("poll.interval.ms", "5");
        options.put("snapshot.fetch.size", "10000");
        return options;
    }

    /** Of the engine that streams, which makes JSON without schemas. */
    static Properties streaming(String port) {
        Properties properties = new Properties();
        properties.setProperty("name", "bench");
        properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        properties.setProperty("offset.flush.interval.ms", "1000");
        properties.setProperty("key.converter.schemas.enable", "false");
        properties.setProperty("value.converter.schemas.enable", "false");
        properties.setProperty("snapshot.mode", "no_data");
        of(port).forEach(properties::setProperty);
        return properties;
    }

    /** When a row was committed: what a document says of its source comes first. */
    static long committed(String json) {
        int start = json.indexOf(TIME) + TIME.length();
        return Long.parseLong(json, start, json.indexOf(',', start), 10);
    }
}
