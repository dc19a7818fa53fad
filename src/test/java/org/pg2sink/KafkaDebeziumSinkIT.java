package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shipped Kafka route sends to a real broker in Debezium's format. */
class KafkaDebeziumSinkIT {

    @TempDir
    private static Path data;

    private static KafkaServer broker;

    @BeforeAll
    static void startBroker() {
        broker = TestServers.get().startKafka(data);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void recordsAreThoseOfDebezium() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        try (ShippedRoutes routes = new ShippedRoutes(database)) {
            routes.set("pg2sink.sinks", "direct:kafka")
                    .set("pg2sink.kafka.brokers", broker.address())
                    .set("pg2sink.kafka.format", "debezium")
                    .set("pg2sink.kafka.topic", "pg2sink.{namespace}.{table}")
                    .set("pg2sink.kafka.tombstones", "true")
                    .start();
            database.execute(
                    "insert into example (msg) values ('hello world')",
                    "update example set msg = 'é'",
                    "update example set id = 7",
                    "delete from example");
            routes.awaitAllConfirmed();
        }

        KafkaTopics topics = new KafkaTopics(broker.address());
        assertThat(topics.names()).contains("pg2sink.public.example").doesNotContain("pg2sink-schemas");
        List<ConsumerRecord<String, String>> records = topics.read("pg2sink.public.example");
        assertThat(records)
                .extracting(KafkaDebeziumSinkIT::summary)
                .containsExactly(
                        "{\"id\":1} c hello world",
                        "{\"id\":1} u é",
                        "{\"id\":1} d",
                        "{\"id\":1} tombstone",
                        "{\"id\":7} c é",
                        "{\"id\":7} d",
                        "{\"id\":7} tombstone");
        assertThat(KafkaTopics.headers(records.get(2)).get("__debezium.newkey"))
                .isEqualTo(records.get(4).key());
        assertThat(KafkaTopics.headers(records.get(4)).get("__debezium.oldkey"))
                .isEqualTo(records.get(2).key());
        JsonNode source = DeliveredFile.JSON
                .readTree(records.get(0).value())
                .get("payload")
                .get("source");
        assertThat(records.get(0).timestamp()).isEqualTo(source.get("ts_ms").asLong());
    }

    private static String summary(ConsumerRecord<String, String> record) {
        try {
            String key =
                    DeliveredFile.JSON.readTree(record.key()).get("payload").toString();
            if (record.value() == null) {
                return key + " tombstone";
            }
            JsonNode value = DeliveredFile.JSON.readTree(record.value()).get("payload");
            JsonNode after = value.get("after");
            return key + " " + value.get("op").asText()
                    + (after.isNull() ? "" : " " + after.get("msg").asText());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
