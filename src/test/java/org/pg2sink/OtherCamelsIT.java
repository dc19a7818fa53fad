package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jar and the shipped Kafka route on the releases of Camel that {@code src/it/camel} names, each in a JVM of its own. */
class OtherCamelsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Set<String> ROUTES =
            Set.of("stream.camel.yaml", "sinks.camel.yaml", "delivery.camel.yaml", "kafka.camel.yaml");

    @TempDir
    private static Path data;

    private static KafkaServer broker;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startBroker() {
        broker = TestServers.get().startKafka(data);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.17.0", "4.18.0", "4.22.0"})
    void aRecordHasItsTopicKeyTimeAndHeaders(String camel) throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        Installation installation = install(camel, database);
        try (Pg2sinkProcess process = start(installation, camel).awaitStreaming()) {
            database.execute("insert into example (msg) values ('hello'), ('again')");
            awaitConfirmed(installation, database);
            process.stop();
        }

        KafkaTopics topics = new KafkaTopics(broker.address());
        List<ConsumerRecord<String, String>> records = topics.read(camel + ".public.example");
        assertThat(records).extracting(ConsumerRecord::key).containsExactly("{\"id\":\"1\"}", "{\"id\":\"2\"}");
        Map<String, String> headers = KafkaTopics.headers(records.get(0));
        assertThat(headers).containsEntry("pg2sink.table", "example").containsEntry("pg2sink.operation", "insert");
        assertThat(records.get(0).timestamp())
                .as("the time of the commit")
                .isEqualTo(OffsetDateTime.parse(headers.get("pg2sink.timestamp"))
                        .toInstant()
                        .toEpochMilli());
        assertThat(topics.read(camel + ".schemas")).hasSize(1);
        assertThat(topics.names()).filteredOn(name -> name.startsWith(camel)).hasSize(2);
    }

    @Test
    void aRecordWithoutATopicIsRefusedAndNotConfirmed() throws Exception {
        String camel = "4.17.0";
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        Installation installation = install(camel, database);
        Files.writeString(
                directory.resolve("routes/kafka.camel.yaml"),
                asRoute().replaceFirst("(?s)        - process:.*?(?=        - to:)", ""));
        try (Pg2sinkProcess process = start(installation, camel).awaitStreaming()) {
            String confirmed = installation.confirmed();
            database.execute("insert into example (msg) values ('lost its header')");
            process.awaitLog("The route failed to deliver a change");
            assertThat(process.log()).contains("every-record-names-its-own!");
            assertThat(installation.confirmed()).isEqualTo(confirmed);
        }
    }

    private Installation install(String camel, TestDatabase database) throws IOException {
        Installation installation = new Installation(directory, database)
                .jvm("-XX:TieredStopAtLevel=1")
                .set("pg2sink.sinks", "direct:kafka")
                .set("pg2sink.kafka.brokers", broker.address())
                .set("pg2sink.kafka.topic", camel + ".{namespace}.{table}")
                .set("pg2sink.kafka.schemas", camel + ".schemas");
        boolean kamelets = classPath(camel).contains("camel-kamelet-");
        try (Stream<Path> routes = Files.list(directory.resolve("routes"))) {
            for (Path route : routes.toList()) {
                if (!ROUTES.contains(route.getFileName().toString())) {
                    Files.delete(route);
                }
            }
        }
        if (!kamelets) {
            Files.writeString(directory.resolve("routes/kafka.camel.yaml"), asRoute());
        }
        // of what is absent nothing can be set
        String absent =
                "camel\\.(server|management|metrics" + (kamelets ? "" : "|kamelet|component\\.kamelet") + ")\\..*";
        Path properties = directory.resolve("application.properties");
        List<String> lines = new ArrayList<>(Files.readAllLines(properties));
        lines.removeIf(line -> line.matches(absent));
        Files.write(properties, lines);
        return installation;
    }

    /** Returns the kamelet as a route of the same steps. */
    private static String asRoute() throws IOException {
        String kamelet = Files.readString(KameletFile.path("pg2sink-kafka-sink"));
        String template = kamelet.substring(kamelet.indexOf("    beans:\n"))
                .replaceFirst("    beans:", "- beans:")
                .replaceFirst("    from:", "- route:\n    from:")
                .replace("\"kamelet:source\"", "direct:kafka")
                .replace("{{kafkaRecords}}", "kafkaRecords")
                .replace("{{formatOptions}}", "{{format.options}}");
        return template.replace("{{", "{{pg2sink.kafka.");
    }

    private static Pg2sinkProcess start(Installation installation, String camel) throws IOException {
        return installation.start(System.getProperty("pg2sink.test.jar") + File.pathSeparator + classPath(camel));
    }

    private static String classPath(String camel) throws IOException {
        return Files.readString(Path.of("target/it/camel", camel, "classpath.txt"));
    }

    private static void awaitConfirmed(Installation installation, TestDatabase database) {
        String end = database.value("select pg_current_wal_insert_lsn()");
        await().atMost(PATIENCE).until(() -> installation.hasConfirmed(end));
    }
}
