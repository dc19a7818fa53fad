package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The application of {@code src/it/camel/app}, which has routes of its own and nothing of pg2sink but its jar, on several
 * releases of Camel. It runs once on each; the tests look at what it left.
 */
@ParameterizedClass(name = "Camel {0}")
@ValueSource(strings = {"4.14.0", "4.17.0", "4.18.0", "4.22.0"})
class OwnRoutesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path APPLICATION = Path.of("src/it/camel/app");

    @TempDir
    private static Path directories;

    private static KafkaServer broker;
    private static Path directory;
    private static TestDatabase other;
    private static List<String> health;
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
        directory = Files.createDirectory(directories.resolve(version));
        copyApplication(camel);
        TestDatabase database = TestServer.newDatabase();
        database.execute(
                "create table example (id bigint primary key, msg text)",
                "insert into example values (1, 'was there')");
        other = TestServer.newDatabase();
        other.execute("create table audit (id bigint, msg text)");
        try (Pg2sinkProcess process = start(camel, database)) {
            awaitIn("out/changes.jsonl", "\"operation\":\"import_end\"", process);
            database.execute("insert into example values (2, 'hello')", "insert into example values (3, 'again')");
            String end = database.value("select pg_current_wal_insert_lsn()");
            await().atMost(PATIENCE).until(() -> database.value("select bool_and(confirmed_flush_lsn >= '" + end
                            + "') from pg_replication_slots where database = current_database()")
                    .equals("t"));
            // the last line, so that all of the file is there
            health = await().atMost(PATIENCE).until(OwnRoutesIT::readHealth, lines -> lines.contains("route:sql UP"));
            process.stop();
            log = process.log();
        }
    }

    /** Copies its files, and compiles what is Java among them. */
    private static void copyApplication(CamelRelease camel) throws IOException {
        Path copy = directory.resolve("app");
        try (Stream<Path> files = Files.walk(APPLICATION)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(APPLICATION.relativize(file)));
            }
        }
        String source = copy.resolve("HealthReport.java").toString();
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-cp", camel.classPath(), source))
                .isZero();
    }

    private static Pg2sinkProcess start(CamelRelease camel, TestDatabase database) throws IOException {
        String classPath = directory.resolve("app") + File.pathSeparator + camel.classPath();
        List<String> command = List.of(
                Installation.java(),
                "-XX:TieredStopAtLevel=1",
                "-Ddatabase=" + database.url(),
                "-Dsubscription=own_" + database.value("select current_database()"),
                "-Dbrokers=" + broker.address(),
                "-Dtopic=own-" + camel.version(),
                "-Dother=" + other.url(),
                "-cp",
                classPath,
                "org.apache.camel.main.Main");
        return new Installation(directory, database).start(command);
    }

    @Test
    void aRouteGetsWhatWasThereAndWhatChanges() throws IOException {
        assertThat(Files.readAllLines(directory.resolve("out/changes.jsonl")))
                .filteredOn(line -> line.contains("\"msg\":"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("was there", "\"operation\":\"import\""),
                        line -> assertThat(line).contains("hello", "\"operation\":\"insert\""),
                        line -> assertThat(line).contains("again", "\"operation\":\"insert\""));
    }

    @Test
    void theKeyOfARowIsTheKeyOfItsRecord() {
        assertThat(new KafkaTopics(broker.address()).read("own-" + version))
                .extracting(ConsumerRecord::key)
                .containsExactlyInAnyOrder("{\"id\":\"1\"}", "{\"id\":\"2\"}", "{\"id\":\"3\"}");
    }

    @Test
    void batchesBecomeFilesInAvro() throws IOException {
        List<String> messages = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve("out/avro"))) {
            for (Path file : files.toList()) {
                try (var reader = new DataFileReader<GenericRecord>(file.toFile(), new GenericDatumReader<>())) {
                    reader.forEach(change -> messages.add(((GenericRecord) change.get("after")).get("msg") + ""));
                }
            }
        }
        assertThat(messages).containsExactlyInAnyOrder("hello", "again");
    }

    @Test
    void theColumnsOfARowAreParametersOfAStatement() {
        assertThat(other.query("select id || msg from audit order by id")).containsExactly("2hello", "3again");
    }

    @Test
    void allChecksAreUp() {
        assertThat(health).contains("context UP").allMatch(line -> line.endsWith(" UP"));
    }

    @Test
    void nothingIsWrittenToTheLogThatShouldWorry() {
        assertThat(log).doesNotContain("WARN", "ERROR", "Exception");
    }

    private static List<String> readHealth() throws IOException {
        return Files.readAllLines(directory.resolve("out/health.txt"));
    }

    private static void awaitIn(String file, String text, Pg2sinkProcess process) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(directory.resolve(file))
                .as(process::log)
                .content()
                .contains(text));
    }
}
