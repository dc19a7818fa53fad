package org.pg2sink.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/** How Debezium's connector is set in both of its contenders: for speed, and with no more to do than pg2sink has. */
final class DebeziumOptions {

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
}
