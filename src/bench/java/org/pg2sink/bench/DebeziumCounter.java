package org.pg2sink.bench;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.util.List;
import java.util.Properties;

/**
 * Debezium's engine, which makes JSON without schemas, as pg2sink does. The argument says whether it streams or takes a
 * snapshot. The clock starts with its first batch.
 *
 * @see <a href="https://debezium.io/documentation/reference/stable/development/engine.html">Debezium Engine</a>
 */
final class DebeziumCounter {

    private static final String TIME = "\"ts_us\":";

    private DebeziumCounter() {}

    public static void main(String[] arguments) throws Exception {
        CountingMain counter = new CountingMain(arguments);
        boolean streaming = arguments[2].equals("stream");
        Properties properties = new Properties();
        properties.setProperty("name", "bench");
        properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        properties.setProperty("offset.flush.interval.ms", "1000");
        properties.setProperty("key.converter.schemas.enable", "false");
        properties.setProperty("value.converter.schemas.enable", "false");
        properties.setProperty("snapshot.mode", streaming ? "no_data" : "initial_only");
        DebeziumOptions.of(counter.port()).forEach(properties::setProperty);
        boolean[] begun = new boolean[1];
        try (DebeziumEngine<ChangeEvent<String, String>> engine = DebeziumEngine.create(Json.class)
                .using(properties)
                .notifying(
                        (List<ChangeEvent<String, String>> events,
                                DebeziumEngine.RecordCommitter<ChangeEvent<String, String>> committer) -> {
                            if (!begun[0]) {
                                begun[0] = true;
                                counter.begin();
                            }
                            for (ChangeEvent<String, String> event : events) {
                                if (counter.isLive()) {
                                    counter.arrived(committed(event.value()));
                                }
                                committer.markProcessed(event);
                            }
                            counter.count(events.size());
                            committer.markBatchFinished();
                        })
                .build()) {
            engine.run();
            CountingMain.sleep();
        }
    }

    /** What a document says of its source comes first. */
    private static long committed(String json) {
        int start = json.indexOf(TIME) + TIME.length();
        return Long.parseLong(json, start, json.indexOf(',', start), 10);
    }
}
