package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.apicurio.registry.serde.avro.AvroKafkaDeserializer;
import io.apicurio.registry.serde.config.SerdeConfig;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shipped Kafka route sends as Avro, to a real broker and a real schema registry, read by the registry's own deserializer. */
class KafkaAvroSinkIT {

    @TempDir
    private static Path data;

    @TempDir
    private static Path registryData;

    private static KafkaServer broker;
    private static KafkaTopics topics;
    private static SchemaRegistry registry;
    private static int tests;

    private TestDatabase database;
    private ShippedRoutes routes;
    /** Each test has topics of its own, and so artifacts of its own. */
    private String prefix;

    private String topic;

    @BeforeAll
    static void startServers() throws Exception {
        broker = TestServers.get().startKafka(data);
        topics = new KafkaTopics(broker.address());
        registry = SchemaRegistry.start(registryData);
    }

    @AfterAll
    static void stopServers() {
        registry.close();
        broker.close();
    }

    @BeforeEach
    void configure() {
        prefix = "avro" + ++tests + ".";
        topic = prefix + "public.example";
        database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        routes = new ShippedRoutes(database)
                .set("pg2sink.sinks", "direct:kafka")
                .set("pg2sink.kafka.brokers", broker.address())
                .set("pg2sink.kafka.topic", prefix + "{namespace}.{table}")
                .set("pg2sink.kafka.schemas", prefix + "schemas")
                .set("pg2sink.kafka.format", "avro")
                .set("pg2sink.kafka.registry", registry.url());
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    @Test
    void keyAndValueAreReadByTheRegistrysOwnDeserializer() {
        routes.start();
        database.execute("insert into example (msg) values ('hello world'), ('é')");
        routes.awaitAllConfirmed();

        List<ConsumerRecord<GenericRecord, GenericRecord>> records = read(topic);
        assertThat(records).extracting(record -> record.key().toString()).containsExactly("{\"id\": 1}", "{\"id\": 2}");
        GenericRecord value = records.get(0).value();
        assertThat(value.getSchema().getFullName()).isEqualTo("public.example.modification");
        assertThat(value.get("operation")).hasToString("insert");
        assertThat(value.get("after")).hasToString("{\"id\": 1, \"msg\": \"hello world\"}");
        assertThat(records.get(1).value().get("after")).hasToString("{\"id\": 2, \"msg\": \"é\"}");
    }

    @Test
    void aRecordHasOneHeader() {
        routes.start();
        database.execute("insert into example (msg) values ('hello world')");
        routes.awaitAllConfirmed();

        assertThat(KafkaTopics.headers(read(topic).get(0))).containsOnlyKeys("pg2sink.schemaFingerprint");
    }

    @Test
    void theHeadersAreThoseOfJson() {
        routes.set("pg2sink.kafka.headers", "true").start();
        database.execute("insert into example (msg) values ('hello world')");
        routes.awaitAllConfirmed();

        ConsumerRecord<GenericRecord, GenericRecord> record = read(topic).get(0);
        assertThat(KafkaTopics.headers(record))
                .containsEntry("pg2sink.operation", "insert")
                .containsEntry("pg2sink.lsn", record.value().get("lsn").toString());
    }

    @Test
    void theIdInARecordIsTheOneThatOtherClientsAskFor() {
        routes.start();
        database.execute("insert into example (msg) values ('hello world')");
        routes.awaitAllConfirmed();

        ConsumerRecord<byte[], byte[]> record = topics.read(
                        topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .get(0);
        ByteBuffer value = ByteBuffer.wrap(record.value());
        assertThat(value.get()).isZero();
        JsonNode answer = registry.get("/apis/ccompat/v7/schemas/ids/" + value.getInt());
        assertThat(new Schema.Parser().parse(answer.get("schema").asText()).getFullName())
                .isEqualTo("public.example.modification");
    }

    @Test
    void aTableThatChangesGetsVersionsThatTheRegistryFindsCompatibleBothWays() {
        routes.start();
        database.execute("insert into example (msg) values ('a')");
        routes.awaitAllConfirmed();
        registry.post(
                "/apis/registry/v3/groups/default/artifacts/" + topic + "-value/rules",
                "{\"ruleType\":\"COMPATIBILITY\",\"config\":\"FULL_TRANSITIVE\"}");
        database.execute(
                "alter table example add more int",
                "insert into example (msg, more) values ('b', 1)",
                "alter table example drop msg",
                "insert into example (more) values (2)");
        routes.awaitAllConfirmed();

        assertThat(read(topic))
                .extracting(record -> record.value().get("after").toString())
                .containsExactly(
                        "{\"id\": 1, \"msg\": \"a\"}",
                        "{\"id\": 2, \"msg\": \"b\", \"more\": 1}",
                        "{\"id\": 3, \"more\": 2}");
        assertThat(versions("default", topic + "-value")).isEqualTo(3);
        assertThat(versions("default", topic + "-key")).isEqualTo(1);
    }

    @Test
    void theRegistryIsAskedForASchemaOnce() {
        long before = registry.registrations();
        routes.set("pg2sink.batch.size", "100").start();
        database.execute("insert into example (msg) select 'line' from generate_series(1, 10000)");
        routes.awaitAllConfirmed();

        assertThat(read(topic)).hasSize(10_000);
        assertThat(versions("default", topic + "-value")).isEqualTo(1);
        assertThat(registry.registrations() - before)
                .as("one for keys, one for values")
                .isEqualTo(2);
    }

    @Test
    void withTombstonesADeletedKeyGetsOneOfTheSameBytes() {
        routes.set("pg2sink.kafka.tombstones", "true").start();
        database.execute("insert into example (msg) values ('a')", "update example set id = 7", "delete from example");
        routes.awaitAllConfirmed();

        assertThat(read(topic))
                .extracting(record -> record.key() + " " + (record.value() == null ? "tombstone" : "change"))
                .containsExactly(
                        "{\"id\": 1} change",
                        "{\"id\": 1} change",
                        "{\"id\": 1} tombstone",
                        "{\"id\": 7} change",
                        "{\"id\": 7} change",
                        "{\"id\": 7} tombstone");
    }

    @Test
    void whatConcernsNoSingleRowHasAKeyOfNulls() {
        database.execute("create table keyless (n int)", "alter table keyless replica identity full");
        routes.start();
        database.execute("truncate example", "insert into keyless values (1)");
        routes.awaitAllConfirmed();

        assertThat(read(topic)).extracting(record -> record.key().toString()).containsExactly("{\"id\": null}");
        assertThat(read(prefix + "public.keyless"))
                .extracting(record -> record.key().toString())
                .containsExactly("{}");
    }

    @Test
    void theSchemasHaveNoTopic() throws Exception {
        routes.start();
        database.execute("insert into example (msg) values ('a')");
        routes.awaitAllConfirmed();

        assertThat(topics.names()).contains(topic).doesNotContain(prefix + "schemas");
    }

    @Test
    void settingsOfTheSerializerAreThoseOfApplicationProperties() {
        routes.set("apicurio.registry.artifact.group-id", "sales").start();
        database.execute("insert into example (msg) values ('a')");
        routes.awaitAllConfirmed();

        assertThat(versions("sales", topic + "-value")).isEqualTo(1);
    }

    @Test
    void aSchemaThatNobodyRegisteredStopsTheStreamIfNoneIsToBe() {
        routes.set("apicurio.registry.auto-register", "false").start();
        database.execute("insert into example (msg) values ('a')");
        String end = database.value("select pg_current_wal_insert_lsn()");

        await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() > 0);
        assertThat(routes.problem()).contains("gave no id for public.example.modification");
        assertThat(routes.hasConfirmed(end)).isFalse();
    }

    @Test
    void whatNeedsTheRegistryWhileItIsAwayWaitsUntilItIsBack() {
        routes.start();
        database.execute("insert into example (msg) values ('before')");
        routes.awaitAllConfirmed();
        registry.stop();
        String end;
        try {
            database.execute("insert into example (msg) values ('of a schema that is known')");
            routes.awaitAllConfirmed();
            database.execute("alter table example add more int", "insert into example (msg) values ('of a new one')");
            end = database.value("select pg_current_wal_insert_lsn()");
            await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() > 0);
            assertThat(routes.hasConfirmed(end)).isFalse();
            assertThat(routes.problem())
                    .contains(
                            "The schema registry (pg2sink.kafka.registry) gave no id for public.example.modification");
        } finally {
            registry.start();
        }
        routes.awaitAllConfirmed();

        assertThat(read(topic))
                .extracting(record ->
                        ((GenericRecord) record.value().get("after")).get("msg").toString())
                .containsExactly("before", "of a schema that is known", "of a new one");
    }

    private static int versions(String group, String artifact) {
        return registry.get("/apis/registry/v3/groups/" + group + "/artifacts/" + artifact + "/versions")
                .get("count")
                .asInt();
    }

    private static List<ConsumerRecord<GenericRecord, GenericRecord>> read(String topic) {
        AvroKafkaDeserializer<GenericRecord> keys = new AvroKafkaDeserializer<>();
        AvroKafkaDeserializer<GenericRecord> values = new AvroKafkaDeserializer<>();
        keys.configure(Map.of(SerdeConfig.REGISTRY_URL, registry.url()), true);
        values.configure(Map.of(SerdeConfig.REGISTRY_URL, registry.url()), false);
        return topics.read(topic, keys, values);
    }
}
