package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A second sink of a kind, made of the kamelet of the shipped one as docs/adding-a-sink.md says. */
class SecondSinkIT {

    @TempDir
    private Path directory;

    private TestDatabase database;

    @BeforeEach
    void createTable() {
        database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
    }

    private ShippedRoutes routes(String sinks) {
        return new ShippedRoutes(database)
                .set("pg2sink.sinks", sinks)
                .set("pg2sink.file.directory", directory.resolve("out").toString());
    }

    @Test
    void filesInAnotherDirectoryHaveTheSameLines() throws Exception {
        Installation installation = new Installation(directory, database);
        Files.writeString(directory.resolve("application.properties"), """

                pg2sink.sinks = direct:file,kamelet:pg2sink-file-sink/archive
                camel.kamelet.pg2sink-file-sink.archive.directory = archive
                """, StandardOpenOption.APPEND);
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example (msg) values ('hello world')");
            installation.awaitAllConfirmed();
            process.stop();
            assertThat(process.log()).doesNotContain("ERROR", "WARN");
        }

        String shipped = Files.readString(installation.file("example"));
        assertThat(shipped).contains("\"msg\":\"hello world\"");
        assertThat(directory.resolve("archive/public.example.jsonl")).hasContent(shipped.strip());
    }

    @Test
    void aRouteOfOnesOwnHasItAsAStep() throws Exception {
        Installation installation =
                new Installation(directory, database).set("pg2sink.sinks", "direct:file,direct:archive");
        Files.writeString(directory.resolve("routes/archive.camel.yaml"), """
                - route:
                    id: archive
                    errorHandler:
                      noErrorHandler: {}
                    from:
                      uri: direct:archive
                      steps:
                        - toD: kamelet:pg2sink-file-sink?directory=archive
                """);
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example (msg) values ('hello world')");
            installation.awaitAllConfirmed();
            process.stop();
        }

        String shipped = Files.readString(installation.file("example"));
        assertThat(directory.resolve("archive/public.example.jsonl")).hasContent(shipped.strip());
    }

    @Test
    void anotherBrokerGetsTheRecordsInTopicsOfItsOwn() throws Exception {
        try (KafkaServer first = TestServers.get().startKafka(directory.resolve("first"));
                KafkaServer second = TestServers.get().startKafka(directory.resolve("second"));
                ShippedRoutes routes = routes("direct:kafka,kamelet:pg2sink-kafka-sink/audit")
                        .set("pg2sink.kafka.brokers", first.address())
                        .set("camel.kamelet.pg2sink-kafka-sink.audit.brokers", second.address())
                        .set("camel.kamelet.pg2sink-kafka-sink.audit.topic", "audit.{namespace}-{table}")) {
            routes.start();
            database.execute("insert into example (msg) values ('hello world')");
            routes.awaitAllConfirmed();

            KafkaTopics topics = new KafkaTopics(first.address());
            KafkaTopics audited = new KafkaTopics(second.address());
            assertThat(topics.names()).containsExactlyInAnyOrder("public.example", "pg2sink-schemas");
            assertThat(audited.names()).containsExactlyInAnyOrder("audit.public-example", "pg2sink-schemas");
            assertThat(audited.read("audit.public-example"))
                    .extracting(ConsumerRecord::value)
                    .isEqualTo(topics.read("public.example").stream()
                            .map(ConsumerRecord::value)
                            .toList());
        }
    }

    @Test
    void anotherBucketGetsObjectsInAnotherFormat() {
        try (S3Store store = TestServers.get().startS3();
                S3Client client = S3Client.builder()
                        .endpointOverride(store.endpoint())
                        .region(Region.US_EAST_1)
                        .forcePathStyle(true)
                        .credentialsProvider(StaticCredentialsProvider.create(
                                AwsBasicCredentials.create(S3Store.ACCESS_KEY, S3Store.SECRET_KEY)))
                        .build();
                ShippedRoutes routes = routes("direct:s3,kamelet:pg2sink-s3-sink/avro")
                        .set("pg2sink.s3.bucket", "first")
                        .set("pg2sink.s3.endpoint", store.endpoint().toString())
                        .set("pg2sink.s3.access.key", S3Store.ACCESS_KEY)
                        .set("pg2sink.s3.secret.key", S3Store.SECRET_KEY)
                        .set("camel.kamelet.pg2sink-s3-sink.avro.bucket", "second")
                        .set("camel.kamelet.pg2sink-s3-sink.avro.prefix", "avro/")
                        .set("camel.kamelet.pg2sink-s3-sink.avro.format", "avro")) {
            client.createBucket(bucket -> bucket.bucket("first"));
            client.createBucket(bucket -> bucket.bucket("second"));
            routes.start();
            database.execute("insert into example (msg) values ('hello world')");
            routes.awaitAllConfirmed();

            List<String> keys = keys(client, "first");
            assertThat(keys).hasSize(1);
            assertThat(keys(client, "second"))
                    .containsExactly("avro/" + keys.get(0).replace(".jsonl.gz", ".avro"));
        }
    }

    private static List<String> keys(S3Client client, String bucket) {
        return client.listObjectsV2(list -> list.bucket(bucket)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    @Test
    void anotherDatabaseIsACopyOfItsOwn() {
        TestDatabase first = TestServer.newDatabase();
        TestDatabase second = TestServer.newDatabase();
        try (ShippedRoutes routes = routes("direct:sql,kamelet:pg2sink-sql-sink/second")
                .set("pg2sink.sql.url", first.url())
                .set("camel.kamelet.pg2sink-sql-sink.second.url", second.url())) {
            routes.start();
            database.execute(
                    "insert into example (msg) select 'line ' || i from generate_series(1, 10) i",
                    "delete from example where id = 3");
            routes.awaitAllConfirmed();

            String rows = "select e::text from example e order by id";
            assertThat(first.query(rows)).hasSize(9).isEqualTo(database.query(rows));
            assertThat(second.query(rows)).isEqualTo(database.query(rows));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:sql", "kamelet:pg2sink-sql-sink/second"})
    void whenItFailsItIsTriedThreeMoreTimesAsTheShippedOneIs(String sink) throws Exception {
        TestDatabase second = TestServer.newDatabase();
        second.execute("create table example (id bigint primary key, msg text constraint polite check (msg <> 'no'))");
        Installation installation = new Installation(directory, database)
                .set("pg2sink.sinks", "direct:file," + sink)
                .set("pg2sink.sql.url", second.url())
                .set("camel.kamelet.pg2sink-sql-sink.second.url", second.url());
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example (msg) values ('no')");
            String end = database.value("select pg_current_wal_insert_lsn()");
            process.awaitLog("Exhausted after delivery attempt: 4 ").awaitLog("The route failed to deliver a change");
            assertThat(process.log()).contains("polite");
            assertThat(installation.hasConfirmed(end)).isFalse();

            second.execute("alter table example drop constraint polite");
            await().atMost(ShippedRoutes.PATIENCE).until(() -> installation.hasConfirmed(end));
            process.stop();
        }
        assertThat(second.query("select msg from example")).containsExactly("no");
    }
}
