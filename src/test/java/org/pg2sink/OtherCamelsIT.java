package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The shipped routes, with an import and the sinks file, Kafka and SQL, on the releases of Camel that {@code src/it/camel}
 * names. They run once on each, in a JVM of its own; the tests look at what they left.
 */
@ParameterizedClass(name = "Camel {0}")
@ValueSource(strings = {"4.14.0", "4.17.0", "4.18.0", "4.22.0"})
@Tag("slow")
class OtherCamelsIT {

    @TempDir
    private static Path directories;

    private static KafkaServer broker;
    private static Installation installation;
    private static TestDatabase copy;
    private static String log;

    @Parameter
    private String version;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = TestServers.get().startKafka(Files.createDirectory(directories.resolve("broker")));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeParameterizedClassInvocation
    static void run(String version) throws Exception {
        CamelRelease camel = new CamelRelease(version);
        Path directory = Files.createDirectory(directories.resolve(version));
        TestDatabase database = TestServer.newDatabase();
        database.execute(
                "create table example (id bigserial primary key, msg text)",
                "insert into example (msg) values ('was there')");
        copy = TestServer.newDatabase();
        installation = new Installation(directory, database)
                // the client tells its settings, and as an error what is wrong, as shipped
                .jvm("-Dorg.slf4j.simpleLogger.log.org.apache.kafka.clients.NetworkClient=error")
                .jvm("-Dorg.slf4j.simpleLogger.log.org.apache.kafka.clients.producer.ProducerConfig=info")
                .set("pg2sink.imports", "true")
                .set("pg2sink.sinks", "direct:file,direct:kafka,direct:sql")
                .set("pg2sink.kafka.brokers", broker.address())
                .set("pg2sink.kafka.topic", version + ".{namespace}.{table}")
                .set("pg2sink.kafka.schemas", version + ".schemas")
                .set("pg2sink.kafka.headers", "true")
                .set("pg2sink.sql.url", copy.url());
        FittedFiles.fit(camel, directory);
        try (Pg2sinkProcess process = installation.start(camel.classPath()).awaitStreaming()) {
            process.awaitLog("imported public.example, 1 row");
            database.execute("insert into example (msg) values ('hello'), ('again')");
            installation.awaitAllConfirmed();
            process.stop();
            log = process.log();
        }
    }

    @Test
    void aRecordHasItsTopicKeyTimeAndHeaders() throws Exception {
        KafkaTopics topics = new KafkaTopics(broker.address());
        List<ConsumerRecord<String, String>> records = topics.read(version + ".public.example").stream()
                .filter(each ->
                        KafkaTopics.headers(each).get("pg2sink.operation").equals("insert"))
                .toList();
        assertThat(records).extracting(ConsumerRecord::key).containsExactly("{\"id\":\"2\"}", "{\"id\":\"3\"}");
        Map<String, String> headers = KafkaTopics.headers(records.get(0));
        assertThat(headers).containsEntry("pg2sink.table", "example").containsEntry("pg2sink.sequence", "1");
        assertThat(headers).allSatisfy((name, value) -> assertThat(name).startsWith("pg2sink."));
        assertThat(records.get(0).timestamp())
                .as("the time of the commit")
                .isEqualTo(OffsetDateTime.parse(headers.get("pg2sink.timestamp"))
                        .toInstant()
                        .toEpochMilli());
        assertThat(topics.read(version + ".schemas")).isNotEmpty();
        assertThat(topics.names()).filteredOn(name -> name.startsWith(version)).hasSize(2);
    }

    @Test
    void anImportedRowHasTheKeyOfItsRow() {
        assertThat(new KafkaTopics(broker.address()).read(version + ".public.example"))
                .filteredOn(each ->
                        KafkaTopics.headers(each).get("pg2sink.operation").equals("import"))
                .extracting(ConsumerRecord::key)
                .containsExactly("{\"id\":\"1\"}");
    }

    @Test
    void recordsAreSentAtOnce() {
        assertThat(log).contains("linger.ms = 0");
    }

    @Test
    void theFileHasWhatWasThereAndWhatChanged() throws IOException {
        assertThat(Files.readAllLines(installation.file("example")))
                .filteredOn(line -> line.contains("\"msg\":"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("was there", "\"operation\":\"import\""),
                        line -> assertThat(line).contains("hello", "\"operation\":\"insert\""),
                        line -> assertThat(line).contains("again", "\"operation\":\"insert\""));
    }

    @Test
    void theCopyHasTheRows() {
        assertThat(copy.query("select id || msg from example order by id"))
                .containsExactly("1was there", "2hello", "3again");
    }

    @Test
    void nothingIsWrittenToTheLogThatShouldWorry() {
        assertThat(log).doesNotContain("WARN", "ERROR", "Exception");
    }
}
