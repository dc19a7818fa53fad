package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consumers of one group that share the partitions of the topics, as docs/scaling.md has them. */
class KafkaConsumersIT {

    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path data;

    /** What the consumers write to: the rows by table and key. */
    private final Map<String, Map<String, JsonNode>> rows = new ConcurrentHashMap<>();

    private final Map<String, String> last = new ConcurrentHashMap<>();
    private volatile boolean closing;

    @Test
    void aGroupOfConsumersHasExactlyTheTablesAlsoIfOneJoinsLater() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        WriteLoad.createTables(database);
        try (KafkaServer broker = TestServers.get().startKafka(data);
                ShippedRoutes routes = new ShippedRoutes(database)) {
            KafkaTopics topics = new KafkaTopics(broker.address());
            for (String table : WriteLoad.TABLES) {
                topics.create("public." + table, PARTITIONS, Map.of());
                rows.put(table, new ConcurrentHashMap<>());
            }
            routes.set("pg2sink.sinks", "direct:kafka")
                    .set("pg2sink.kafka.brokers", broker.address())
                    .start();
            ExecutorService consumers = Executors.newCachedThreadPool();
            Future<Set<Integer>> first = consumers.submit(() -> consume(broker.address()));
            Future<Set<Integer>> second;
            try (WriteLoad load = WriteLoad.start(database, 2, 1)) {
                await().atMost(PATIENCE).until(() -> !last.isEmpty());
                second = consumers.submit(() -> consume(broker.address()));
                await().pollDelay(Duration.ofSeconds(4)).until(() -> true);
            }
            routes.awaitAllConfirmed();

            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(first).isNotDone();
                assertThat(second).isNotDone();
                for (String table : WriteLoad.TABLES) {
                    assertThat(rows.get(table)).isEqualTo(table(database, table));
                }
            });
            closing = true;
            assertThat(first.get()).isNotEmpty();
            assertThat(second.get()).isNotEmpty();
            consumers.shutdown();
        }
    }

    /** Applies what it gets until the test ends, and returns the partitions from which it got something. */
    private Set<Integer> consume(String brokers) throws IOException {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", brokers,
                "group.id", "copy",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        Map<Integer, Integer> counts = new HashMap<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(
                    WriteLoad.TABLES.stream().map(table -> "public." + table).toList());
            while (!closing) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    counts.merge(record.partition(), 1, Integer::sum);
                    apply(record);
                }
                commit(consumer);
            }
        }
        return counts.keySet();
    }

    private static void commit(KafkaConsumer<String, String> consumer) {
        try {
            consumer.commitSync();
        } catch (RebalanceInProgressException e) {
            // what was not committed comes again, perhaps to another consumer
        }
    }

    /** Applies a change unless it, or a later one of its key, was applied before. */
    private void apply(ConsumerRecord<String, String> record) throws IOException {
        JsonNode change = DeliveredFile.JSON.readTree(record.value());
        String table = change.get("name").asText();
        String place = String.format(
                Locale.ROOT,
                "%20s %10d",
                change.get("lsn").asText(),
                change.get("sequence").asInt());
        String before = last.get(table + record.key());
        if (before != null && before.compareTo(place) >= 0) {
            return;
        }
        last.put(table + record.key(), place);
        JsonNode after = change.get("after");
        if (after.isNull() || !record.key().equals(key(table, after))) {
            rows.get(table).remove(record.key());
        } else {
            JsonNode old = rows.get(table).get(record.key());
            rows.get(table).put(record.key(), merged(old, after));
        }
    }

    /** Returns the row as it is now; large values that did not change are not in the change. */
    private static JsonNode merged(JsonNode old, JsonNode after) {
        if (old == null) {
            return after;
        }
        ObjectNode row = old.deepCopy();
        row.setAll((ObjectNode) after);
        return row;
    }

    private static Map<String, JsonNode> table(TestDatabase database, String table) throws IOException {
        Map<String, JsonNode> content = new HashMap<>();
        WriteLoad.content(database, table).values().forEach(row -> content.put(key(table, row), row));
        return content;
    }

    private static String key(String table, JsonNode row) {
        return table.equals("keyed")
                ? "{\"a\":" + row.get("a") + ",\"b\":" + row.get("b") + "}"
                : "{\"id\":" + row.get("id") + "}";
    }
}
