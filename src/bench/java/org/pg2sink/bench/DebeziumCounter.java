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

    private DebeziumCounter() {}

    public static void main(String[] arguments) throws Exception {
        CountingMain counter = new CountingMain(arguments);
        Properties properties = DebeziumOptions.streaming(counter.port());
        if (!arguments[2].equals("stream")) {
            properties.setProperty("snapshot.mode", "initial_only");
        }
        try (DebeziumEngine<ChangeEvent<String, String>> engine = DebeziumEngine.create(Json.class)
                .using(properties)
                .notifying(
                        (List<ChangeEvent<String, String>> events,
                                DebeziumEngine.RecordCommitter<ChangeEvent<String, String>> committer) -> {
                            counter.begin();
                            for (ChangeEvent<String, String> event : events) {
                                if (counter.isLive()) {
                                    counter.arrived(DebeziumOptions.committed(event.value()));
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
}
