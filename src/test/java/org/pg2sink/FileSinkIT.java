package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shipped routes write and print, run as a user runs them. */
class FileSinkIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String TIME = "\\{\"timestamp\":\"2[-0-9]{9}T[0-9:]{8}\\.[0-9]{6}\\+00:00\",";
    private static final String SCHEMA_LINE = TIME + "\"schema\":\\{\"namespace\":\"public.example\","
            + "\"type\":\"record\",\"name\":\"value\",\"fields\":\\["
            + "\\{\"name\":\"id\",\"type\":\\[\"long\",\"null\"\\],\"default\":null\\},"
            + "\\{\"name\":\"msg\",\"type\":\\[\"string\",\"null\"\\],\"default\":null\\}\\]\\}\\}";

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;

    @BeforeEach
    void install() throws IOException {
        database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        installation = new Installation(directory, database);
    }

    @Test
    void aFileHoldsTheDocumentedLinesAndACleanStopRepeatsNone() throws Exception {
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example (msg) values ('hello world')");
            database.transaction("update example set msg = 'é \"\\' || chr(10)", "update example set id = 7");
            awaitConfirmed();
            process.stop();
        }
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("delete from example");
            awaitConfirmed();
            process.stop();
        }

        List<String> lines = fileOf("example");
        assertThat(lines).hasSize(6);
        assertThat(lines.get(0)).matches(SCHEMA_LINE);
        assertThat(lines.get(1)).matches(line(1, "null", "\\{\"id\":\"1\",\"msg\":\"hello world\"\\}", "insert"));
        assertThat(lines.get(2))
                .matches(line(1, "null", "\\{\"id\":\"1\",\"msg\":\"é \\\\\"\\\\\\\\\\\\n\"\\}", "update"));
        assertThat(lines.get(3))
                .matches(line(2, "\\{\"id\":\"1\"\\}", "\\{\"id\":\"7\",\"msg\":\"é .*\"\\}", "update"));
        assertThat(lines.get(4)).as("first in the second run").matches(SCHEMA_LINE);
        assertThat(lines.get(5)).matches(line(1, "\\{\"id\":\"7\"\\}", "null", "delete"));
    }

    private static String line(int sequence, String before, String after, String operation) {
        return TIME + "\"sequence\":" + sequence + ",\"namespace\":\"public\",\"name\":\"example\",\"before\":" + before
                + ",\"after\":" + after + ",\"operation\":\"" + operation
                + "\",\"lsn\":\"[0-9A-F]+/[0-9A-F]+\",\"xid\":[0-9]+,\"timeline\":\"1\"\\}";
    }

    @Test
    void theConsoleCanTakeTheFilesPlace() throws Exception {
        installation.set("pg2sink.sinks", "direct:console");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example (msg) values ('hello world')");
            awaitConfirmed();
            process.stop();

            assertThat(process.output()).hasSize(2);
            assertThat(process.output().get(0)).matches(SCHEMA_LINE);
            assertThat(process.output().get(1))
                    .matches(line(1, "null", "\\{\"id\":\"1\",\"msg\":\"hello world\"\\}", "insert"));
        }
        assertThat(installation.out()).doesNotExist();
    }

    @Test
    void twoSinksGetTheSame() throws Exception {
        installation.set("pg2sink.sinks", "direct:file, direct:console");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example (msg) select 'line ' || i from generate_series(1, 2500) i");
            awaitConfirmed();
            process.stop();

            assertThat(process.output()).hasSize(2501).isEqualTo(fileOf("example"));
        }
    }

    @Test
    void withoutConfirmingEachRunShowsTheSameAndTheSlotStays() throws Exception {
        installation.set("pg2sink.sinks", "direct:console").set("pg2sink.confirm", "false");
        List<String> first;
        String confirmed;
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            confirmed = installation.confirmed();
            database.execute("insert into example (msg) values ('a'), ('b')");
            awaitUntil(() -> process.output().size() == 3);
            first = process.output();
            process.stop();
        }
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            awaitUntil(() -> process.output().size() == 3);
            process.stop();

            assertThat(process.output()).isEqualTo(first);
        }
        assertThat(installation.confirmed()).isEqualTo(confirmed);
    }

    @Test
    void everySchemaThatIsNamedIsDeliveredWhateverItsName() throws Exception {
        List<String> schemas = List.of(
                "sales",
                "Sales",
                "two words",
                "o'brien",
                "a\"b",
                "${body}",
                "50%",
                "a%20b",
                "a+b",
                "a&b=c",
                "a?b#c",
                "订单",
                "RAW(a)");
        for (String schema : schemas) {
            database.execute(
                    "create schema " + quoted(schema),
                    "create table " + quoted(schema) + ".orders (id int primary key)");
        }
        installation.set("pg2sink.schemas", " public ," + String.join(", ", schemas));
        installation.set("pg2sink.sinks", "direct:console");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            for (String schema : schemas) {
                database.execute("insert into " + quoted(schema) + ".orders values (1)");
            }
            awaitConfirmed();
            process.stop();

            for (String schema : schemas) {
                assertThat(process.output())
                        .as(schema)
                        .anyMatch(line -> line.contains(
                                "\"namespace\":\"" + schema.replace("\"", "\\\"") + "\",\"name\":\"orders\""));
            }
        }
    }

    private static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    @Test
    void aSchemaThatIsNotNamedIsNotDelivered() throws Exception {
        database.execute("create schema sales", "create table sales.orders (id int primary key)");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute(
                    "alter publication " + installation.subscription() + " add table sales.orders",
                    "insert into sales.orders values (1)",
                    "insert into example (msg) values ('the last')");
            awaitConfirmed();
            process.stop();
        }
        try (var files = Files.newDirectoryStream(installation.out(), "*.jsonl")) {
            assertThat(files).containsExactly(installation.file("example"));
        }
    }

    @Test
    void aFileThatIsRotatedWhileItGrowsBeginsWithItsSchemaAgain() throws Exception {
        Path file = installation.file("example");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example (msg) values ('first')");
            awaitConfirmed();
            Files.move(file, directory.resolve("rotated.jsonl"));
            database.execute("insert into example (msg) values ('moved')");
            awaitConfirmed();
            assertThat(fileOf("example")).hasSize(2).first(STRING).matches(SCHEMA_LINE);

            Files.copy(file, directory.resolve("copied.jsonl"));
            Files.writeString(file, "");
            database.execute("insert into example (msg) values ('truncated')");
            awaitConfirmed();
            assertThat(fileOf("example")).hasSize(2).first(STRING).matches(SCHEMA_LINE);

            Files.delete(file);
            database.execute(
                    "alter table example add more int", "insert into example (msg) values ('another version')");
            awaitConfirmed();
            assertThat(fileOf("example")).hasSize(2).first(STRING).contains("\"name\":\"more\"");
            process.stop();
        }
    }

    @Test
    void whatStandsInTheWayOfAFileIsSaidAtOnceAndTheRestCatchesUpOnceItIsGone() throws Exception {
        Files.createDirectories(installation.out());
        Path file = installation.file("example");
        Path absent = directory.resolve("absent/example.jsonl");
        Files.createSymbolicLink(file, absent);
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example (msg) values ('a')");
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(process.log())
                    .contains("public.example.jsonl is a link to " + absent + ", which does not exist"));
            Files.createDirectory(absent.getParent());
            Files.createFile(absent);
            awaitConfirmed();
            process.stop();
        }
        assertThat(absent).content().contains("\"msg\":\"a\"");
    }

    @Test
    void theDirectoryIsTakenAsItIsWritten() throws Exception {
        installation.set("pg2sink.file.directory", "50% a%20b");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example (msg) values ('a')");
            awaitConfirmed();
            process.stop();
        }
        assertThat(directory.resolve("50% a%20b/public.example.jsonl")).isNotEmptyFile();
        assertThat(directory)
                .isDirectoryNotContaining(path -> path.getFileName().toString().matches("50% a.?b"));
    }

    @Test
    void everyKeyCanBeSetInTheEnvironment() throws Exception {
        installation.settingsInEnvironment().set("pg2sink.file.directory", "elsewhere/files");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example (msg) values ('a')");
            awaitConfirmed();
            process.stop();
        }
        assertThat(directory.resolve("elsewhere/files/public.example.jsonl")).isNotEmptyFile();
    }

    @Test
    void noLocaleChangesWhatIsWritten() throws Exception {
        database.execute("create table \"Größe\" (\"größe\" text)", "alter table \"Größe\" replica identity full");
        installation.environment("LC_ALL", "C").set("pg2sink.sinks", "direct:file,direct:console");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into \"Größe\" values ('订单 \uD83D\uDC18')");
            awaitConfirmed();
            process.stop();

            assertThat(process.output()).hasSize(2).isEqualTo(fileOf("Gr%C3%B6%C3%9Fe"));
            assertThat(process.output().get(1)).contains("\"name\":\"Größe\"", "{\"größe\":\"订单 \uD83D\uDC18\"}");
        }
    }

    /** Stands for a Java that jlink made without the module jdk.unsupported. */
    @Test
    void aJavaThatKnowsNoWayPastTheCacheOfFilesWritesLargeBatchesThroughIt() throws Exception {
        installation.jvm("--limit-modules=java.se");
        try (Pg2sinkProcess process = installation.start(ProcessClassPath.get()).awaitStreaming()) {
            database.execute(
                    "insert into example (msg) select repeat(md5(i::text), 100) from generate_series(1, 2000) i");
            awaitConfirmed();
            process.stop();
        }

        assertThat(fileOf("example")).hasSize(2001);
    }

    @Test
    void aSinkThatFailsGetsAllOnceItIsMended() throws Exception {
        Files.writeString(installation.out(), "a file is in the way of the directory");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            String before = database.value("select pg_current_wal_insert_lsn()");
            database.execute("insert into example (msg) values ('a')");
            process.awaitLog("The route failed to deliver a change");
            database.execute("insert into example (msg) values ('b')");
            assertThat(database.value("select '" + installation.confirmed() + "'::pg_lsn <= '" + before + "'::pg_lsn"))
                    .isEqualTo("t");

            Files.delete(installation.out());
            awaitConfirmed();
            process.stop();
        }
        assertThat(fileOf("example")).hasSize(3);
    }

    private List<String> fileOf(String table) throws IOException {
        return Files.readAllLines(installation.file(table));
    }

    private void awaitConfirmed() {
        String end = database.value("select pg_current_wal_insert_lsn()");
        awaitUntil(() -> installation.hasConfirmed(end));
    }

    private static void awaitUntil(Callable<Boolean> condition) {
        await().atMost(PATIENCE).until(condition);
    }
}
