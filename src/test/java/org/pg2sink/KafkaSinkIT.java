package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.component.Pg2sinkComponent;

/** What the shipped Kafka route sends to a real broker. */
class KafkaSinkIT {

    @TempDir
    private static Path data;

    private static KafkaServer broker;
    private static KafkaTopics topics;
    private static int tests;

    private TestDatabase database;
    private ShippedRoutes routes;
    /** Each test has topics of its own. */
    private String prefix;

    @BeforeAll
    static void startBroker() {
        broker = TestServers.get().startKafka(data);
        topics = new KafkaTopics(broker.address());
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void configure() {
        prefix = "test" + ++tests + ".";
        database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        routes = new ShippedRoutes(database)
                .set("pg2sink.sinks", "direct:kafka")
                .set("pg2sink.kafka.brokers", broker.address())
                .set("pg2sink.kafka.topic", prefix + "{namespace}.{table}")
                .set("pg2sink.kafka.schemas", prefix + "schemas");
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    @Test
    void theShortestRouteSendsADocumentAChange() throws Exception {
        String subscription = "shop_" + database.value("select current_database()");
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getComponent("pg2sink", Pg2sinkComponent.class)
                    .getConfiguration()
                    .setUrl(database.url());
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("pg2sink:" + subscription + "?tables=example")
                            .to("kafka:" + prefix + "orders?brokers=" + broker.address());
                }
            });
            context.start();
            await().until(() -> database.value(
                            "select count(*) from pg_replication_slots where active and slot_name = '" + subscription
                                    + "'")
                    .equals("1"));
            database.execute(
                    "insert into example (msg) values ('hello world')",
                    "update example set msg = 'again' where id = 1");
            String end = database.value("select pg_current_wal_insert_lsn()");
            await().atMost(ShippedRoutes.PATIENCE).until(() -> database.value("select confirmed_flush_lsn >= '" + end
                            + "' from pg_replication_slots where slot_name = '" + subscription + "'")
                    .equals("t"));
        }
        database.execute("select pg_drop_replication_slot('" + subscription + "')");

        assertThat(topics.read(prefix + "orders"))
                .extracting(record -> record.value().replaceAll(".*\"operation\":\"(\\w+)\".*\\s*", "$1"))
                .containsExactly("insert", "update");
    }

    @Test
    void aRecordHasTheKeyOfItsRowAndTheDocumentedJson() {
        routes.start();
        database.execute("insert into example (msg) values ('hello world'), ('é')");
        routes.awaitAllConfirmed();

        List<ConsumerRecord<String, String>> records = topics.read(prefix + "public.example");
        assertThat(records).extracting(ConsumerRecord::key).containsExactly("{\"id\":\"1\"}", "{\"id\":\"2\"}");
        assertThat(records.get(0).value())
                .matches(
                        "\\{\"timestamp\":\"2[^\"]*\",\"sequence\":1,\"namespace\":\"public\",\"name\":\"example\","
                                + "\"before\":null,\"after\":\\{\"id\":\"1\",\"msg\":\"hello world\"\\},"
                                + "\"operation\":\"insert\",\"lsn\":\"[0-9A-F]+/[0-9A-F]+\",\"xid\":[0-9]+,\"timeline\":\"1\"\\}");
        assertThat(records.get(1).value()).contains("\"after\":{\"id\":\"2\",\"msg\":\"é\"}");
    }

    @Test
    void aRecordHasTheTimeOfItsCommitAndOneHeaderWhichNamesItsSchema() throws IOException {
        routes.start();
        database.execute("insert into example (msg) values ('one'), ('two')");
        routes.awaitAllConfirmed();

        List<ConsumerRecord<String, String>> records = topics.read(prefix + "public.example");
        assertThat(records).extracting(ConsumerRecord::key).containsExactly("{\"id\":\"1\"}", "{\"id\":\"2\"}");
        assertThat(records).allSatisfy(record -> {
            assertThat(KafkaTopics.headers(record)).containsOnlyKeys("pg2sink.schemaFingerprint");
            String committed =
                    DeliveredFile.JSON.readTree(record.value()).get("timestamp").asText();
            assertThat(record.timestamp())
                    .isEqualTo(OffsetDateTime.parse(committed).toInstant().toEpochMilli());
        });
    }

    @Test
    void theHeadersTellWhatTheChangeIsIfTheyAreAskedFor() throws IOException {
        routes.set("pg2sink.kafka.headers", "true").start();
        database.execute("insert into example (msg) values ('hello world')");
        routes.awaitAllConfirmed();

        ConsumerRecord<String, String> record =
                topics.read(prefix + "public.example").get(0);
        JsonNode json = DeliveredFile.JSON.readTree(record.value());
        String fingerprint =
                KafkaTopics.headers(topics.read(prefix + "schemas").get(0)).get("pg2sink.schemaFingerprint");
        assertThat(KafkaTopics.headers(record))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "pg2sink.kind", "modification",
                        "pg2sink.namespace", "public",
                        "pg2sink.table", "example",
                        "pg2sink.operation", "insert",
                        "pg2sink.timestamp", json.get("timestamp").asText(),
                        "pg2sink.sequence", "1",
                        "pg2sink.lsn", json.get("lsn").asText(),
                        "pg2sink.xid", json.get("xid").asText(),
                        "pg2sink.timeline", "1",
                        "pg2sink.schemaFingerprint", fingerprint));
        assertThat(record.timestamp())
                .as("the time of the commit")
                .isEqualTo(OffsetDateTime.parse(json.get("timestamp").asText())
                        .toInstant()
                        .toEpochMilli());
    }

    @Test
    void schemasHaveATopicOfTheirOwnWhereEachVersionOfATableIsAKey() {
        routes.start();
        database.execute("insert into example (msg) values ('a')");
        routes.awaitAllConfirmed();
        database.execute("alter table example add more int", "insert into example (msg, more) values ('b', 1)");
        routes.awaitAllConfirmed();

        List<ConsumerRecord<String, String>> schemas = topics.read(prefix + "schemas");
        List<ConsumerRecord<String, String>> changes = topics.read(prefix + "public.example");
        assertThat(schemas).hasSize(2);
        for (int i = 0; i < 2; i++) {
            assertThat(schemas.get(i).key())
                    .isEqualTo(
                            "{\"schemaFingerprint\":\"%s\"}",
                            KafkaTopics.headers(changes.get(i)).get("pg2sink.schemaFingerprint"));
        }
        assertThat(schemas.get(1).value()).contains("\"namespace\":\"public.example\"", "\"name\":\"more\"");
        assertThat(schemas).allSatisfy(schema -> assertThat(KafkaTopics.headers(schema))
                .containsOnlyKeys("pg2sink.schemaFingerprint"));
    }

    @Test
    void aKeyThatAnUpdateTakesAwayGetsTheUpdateToo() {
        routes.start();
        database.execute("insert into example (msg) values ('a')", "update example set id = 7");
        routes.awaitAllConfirmed();

        List<ConsumerRecord<String, String>> records = topics.read(prefix + "public.example");
        assertThat(records)
                .extracting(ConsumerRecord::key)
                .containsExactly("{\"id\":\"1\"}", "{\"id\":\"1\"}", "{\"id\":\"7\"}");
        assertThat(records.get(1).value()).isEqualTo(records.get(2).value()).contains("\"operation\":\"update\"");
    }

    @Test
    void whatConcernsNoSingleRowHasAnEmptyKey() {
        database.execute("create table keyless (n int)", "alter table keyless replica identity full");
        routes.start();
        database.execute("truncate example", "insert into keyless values (1)", "delete from keyless");
        routes.awaitAllConfirmed();

        assertThat(topics.read(prefix + "public.example"))
                .extracting(ConsumerRecord::key)
                .containsExactly("{}");
        assertThat(topics.read(prefix + "public.keyless"))
                .extracting(ConsumerRecord::key)
                .containsExactly("{}", "{}");
    }

    @Test
    void withTombstonesACompactedTopicForgetsWhatWasDeleted() throws Exception {
        routes.set("pg2sink.kafka.tombstones", "true");
        topics.create(prefix + "public.example", 1, Map.of("cleanup.policy", "compact"));
        routes.start();
        database.execute(
                "insert into example (msg) values ('a')",
                "update example set id = 7",
                "delete from example",
                "truncate example");
        routes.awaitAllConfirmed();

        assertThat(topics.read(prefix + "public.example"))
                .extracting(record -> record.key() + " " + (record.value() == null ? "tombstone" : "change"))
                .containsExactly(
                        "{\"id\":\"1\"} change",
                        "{\"id\":\"1\"} change",
                        "{\"id\":\"1\"} tombstone",
                        "{\"id\":\"7\"} change",
                        "{\"id\":\"7\"} change",
                        "{\"id\":\"7\"} tombstone",
                        "{} change");
    }

    @Test
    void theChangesOfAKeyStayInOrderInAnyNumberOfPartitions() throws Exception {
        WriteLoad.createTables(database);
        for (String table : WriteLoad.TABLES) {
            topics.create(prefix + "public." + table, 5, Map.of());
        }
        routes.start();
        try (WriteLoad load = WriteLoad.start(database, 2, 1)) {
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
        }
        routes.awaitAllConfirmed();

        for (String table : WriteLoad.TABLES) {
            List<ConsumerRecord<String, String>> records = topics.read(prefix + "public." + table);
            Map<String, String> last = new HashMap<>();
            Map<String, JsonNode> rows = new HashMap<>();
            for (ConsumerRecord<String, String> record : records) {
                JsonNode change = DeliveredFile.JSON.readTree(record.value());
                String place = String.format(
                        "%20s %10d",
                        change.get("lsn").asText(), change.get("sequence").asInt());
                String before = last.put(record.key(), place);
                assertThat(before == null || before.compareTo(place) < 0)
                        .as("%s: %s after %s", record.key(), place, before)
                        .isTrue();
                if (record.key().equals(keyOf(change.get("after"), table))) {
                    rows.put(record.key(), change.get("after"));
                } else {
                    rows.remove(record.key());
                }
            }
            assertThat(rows.size())
                    .as("rows of %s", table)
                    .isEqualTo(Integer.parseInt(database.value("select count(*) from " + table)));
            assertThat(records.stream().map(ConsumerRecord::partition).distinct())
                    .hasSizeGreaterThan(1);
        }
    }

    private static String keyOf(JsonNode row, String table) {
        if (row.isNull()) {
            return null;
        }
        return table.equals("keyed")
                ? "{\"a\":" + row.get("a") + ",\"b\":" + row.get("b") + "}"
                : "{\"id\":" + row.get("id") + "}";
    }

    @Test
    void theRecordsOfABatchDoNotWaitForEachOther() throws Exception {
        routes.start();
        database.execute("insert into example (msg) select 'line' from generate_series(1, 10000)");
        routes.awaitAllConfirmed();

        MBeanServer metrics = ManagementFactory.getPlatformMBeanServer();
        ObjectName producer = metrics.queryNames(
                        new ObjectName("kafka.producer:type=producer-metrics,client-id=*"), null)
                .iterator()
                .next();
        assertThat((Double) metrics.getAttribute(producer, "records-per-request-avg"))
                .isGreaterThan(20.0);
    }

    @Test
    void aRecordThatIsRefusedFailsTheBatchUntilTheBrokerTakesIt() throws Exception {
        topics.create(prefix + "public.example", 1, Map.of("max.message.bytes", "1000"));
        routes.start();
        database.execute("insert into example (msg) values ('small')");
        routes.awaitAllConfirmed();
        database.execute(
                "insert into example (msg) select string_agg(md5(i::text), '') from generate_series(1, 1000) i");
        String end = database.value("select pg_current_wal_insert_lsn()");
        await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() > 0);
        assertThat(routes.hasConfirmed(end)).isFalse();

        topics.set(prefix + "public.example", "max.message.bytes", "1000000");
        routes.awaitAllConfirmed();
        assertThat(topics.read(prefix + "public.example"))
                .extracting(ConsumerRecord::key)
                .containsExactly("{\"id\":\"1\"}", "{\"id\":\"2\"}");
    }

    @Test
    void whatABrokerMissesWhileItIsAwayItGetsWhenItIsBack() {
        routes.start();
        database.execute("insert into example (msg) values ('before')");
        routes.awaitAllConfirmed();
        broker.stop();
        String end;
        try {
            database.execute("insert into example (msg) select 'meanwhile' from generate_series(1, 10)");
            end = database.value("select pg_current_wal_insert_lsn()");
            await().during(Duration.ofSeconds(1)).until(() -> !routes.hasConfirmed(end));
        } finally {
            broker.start();
        }
        routes.awaitAllConfirmed();

        List<String> ids = new ArrayList<>();
        topics.read(prefix + "public.example").forEach(record -> ids.add(record.key()));
        assertThat(ids.stream().distinct()).hasSize(11);
    }

    @Test
    void rowsThatWereThereBeforeAreImported() {
        database.execute("insert into example (msg) select 'early' from generate_series(1, 100)");
        routes.set("pg2sink.imports", "true")
                .set("pg2sink.kafka.headers", "true")
                .start();

        await().atMost(ShippedRoutes.PATIENCE)
                .until(() -> topics.names().contains(prefix + "public.example")
                        && topics.read(prefix + "public.example").size() == 102);
        assertThat(topics.read(prefix + "public.example"))
                .extracting(record -> KafkaTopics.headers(record).get("pg2sink.operation"))
                .startsWith("import_begin", "import")
                .endsWith("import", "import_end");
    }

    @Test
    void namesThatATopicCannotHaveAreEscapedSoThatNoTwoTablesShareOne() throws Exception {
        List<String> names = List.of(
                "two words",
                "two_u0020words",
                "a.b",
                "订单",
                "\uD83D\uDE00",
                "\uD83D\uDE01",
                "_ud83d_ude00",
                "x".repeat(63),
                "y?".repeat(31),
                "\uD83D\uDE00".repeat(15));
        for (String name : names) {
            database.execute("create table \"" + name + "\" (id int primary key)");
        }
        routes.start();
        for (String name : names) {
            database.execute("insert into \"" + name + "\" values (1)");
        }
        routes.awaitAllConfirmed();

        List<String> made = topics.names().stream()
                .filter(topic -> topic.startsWith(prefix + "public"))
                .toList();
        assertThat(made).hasSize(names.size()).contains(prefix + "public.two_u0020words", prefix + "public.a_u002eb");
        assertThat(made).allSatisfy(topic -> assertThat(topics.read(topic)).hasSize(1));
    }

    @Test
    void theLastRecordOfAKeyThatIsShiftedIsThatOfTheRowThatHasIt() throws IOException {
        database.execute(
                "create table shifted (n int primary key deferrable, v text)",
                "alter table shifted replica identity full");
        routes.set("pg2sink.kafka.tombstones", "true")
                .set("pg2sink.batch.size", "2")
                .start();
        database.execute(
                "insert into shifted values (1, 'a'), (2, 'b'), (3, 'c')",
                "update shifted set n = n + 1",
                "delete from shifted where n = 4");
        routes.awaitAllConfirmed();

        Map<String, String> last = new HashMap<>();
        for (ConsumerRecord<String, String> record : topics.read(prefix + "public.shifted")) {
            JsonNode value = record.value() == null ? null : DeliveredFile.JSON.readTree(record.value());
            last.put(record.key(), value == null ? null : value.at("/after/v").asText());
        }
        assertThat(last)
                .containsEntry("{\"n\":1}", null)
                .containsEntry("{\"n\":2}", "a")
                .containsEntry("{\"n\":3}", "b")
                .containsEntry("{\"n\":4}", null);
    }
}
