package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped files, run with Camel JBang as a user runs them after {@code mvn install}. */
@Tag("slow")
class JBangIT {

    private static final Duration PATIENCE = Duration.ofSeconds(180);

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
    void camelRunStreamsAndStopsCleanly() throws Exception {
        try (Pg2sinkProcess process = installation.runWithCamelJBang().awaitStreaming()) {
            database.execute("insert into example (msg) values ('hello')");
            awaitInFile("\"msg\":\"hello\"");
            process.stop();
            assertThat(process.log()).doesNotContain("ERROR", "WARN");
        }
    }

    @Test
    void aMisspelledKeyIsToldInOneSentence() throws Exception {
        installation.set("pg2sink.batch.siz", "10");
        try (Pg2sinkProcess process = installation.runWithCamelJBang()) {
            process.awaitFailure();
            assertThat(process.log())
                    .endsWith(
                            "pg2sink cannot start: There is no setting pg2sink.batch.siz: is pg2sink.batch.size meant?\n")
                    .doesNotContain("\tat ", "ERROR", "WARN");
        }
    }

    @Test
    void aSinkThatDoesNotExistIsToldInASentenceAtTheEnd() throws Exception {
        installation.set("pg2sink.sinks", "direct:nosuch");
        try (Pg2sinkProcess process = installation.runWithCamelJBang()) {
            process.awaitFailure();
            assertThat(process.log())
                    .endsWith(
                            "pg2sink cannot start: pg2sink.sinks names direct:nosuch, but no route begins with it: name one"
                                    + " that does, or add such a route\n");
        }
        assertThat(database.query("select 1 from pg_publication")).isEmpty();
    }

    @Test
    void anUrlThatIsRefusedEndsIt() throws Exception {
        installation.set("pg2sink.url", database.url().replace("/test_", "/nowhere_"));
        try (Pg2sinkProcess process = installation.runWithCamelJBang()) {
            process.awaitFailure();
            assertThat(process.log()).doesNotContain("\tat ");
            assertThat(process.log().lines().filter(line -> line.contains("There is no such database")))
                    .hasSize(1);
        }
    }

    @Test
    void anEditedRouteIsReloadedAndNoChangeIsMissed() throws Exception {
        installation.set("pg2sink.imports", "false");
        try (Pg2sinkProcess process = installation.runWithCamelJBang("--dev").awaitStreaming()) {
            database.execute("insert into example (msg) values ('before')");
            awaitInFile("\"msg\":\"before\"");

            edit("file", "edited");
            process.awaitLog("Routes reloaded");
            database.execute("insert into example (msg) values ('after')");
            process.awaitLog(": edited");
            awaitInFile("\"msg\":\"after\"");
            process.stop();
        }
    }

    @Test
    void anEditOfOneSinkLeavesTheOthersThatAreMadeOfKameletsGoingOn() throws Exception {
        TestDatabase copy = TestServer.newDatabase();
        TestDatabase second = TestServer.newDatabase();
        installation
                .set("pg2sink.imports", "false")
                .set("pg2sink.sinks", "direct:sql,kamelet:pg2sink-file-sink/archive,kamelet:pg2sink-sql-sink/second")
                .set("pg2sink.sql.url", copy.url())
                .set("camel.kamelet.pg2sink-file-sink.archive.directory", "archive")
                .set("camel.kamelet.pg2sink-sql-sink.second.url", second.url());
        Path archived = directory.resolve("archive/public.example.jsonl");
        try (Pg2sinkProcess process = installation.runWithCamelJBang("--dev").awaitStreaming()) {
            database.execute("insert into example (msg) values ('before')");
            awaitIn(archived, "\"msg\":\"before\"");

            edit("sql", "edited");
            process.awaitLog("Routes reloaded");
            database.execute("insert into example (msg) values ('after')");
            process.awaitLog(": edited");
            awaitIn(archived, "\"msg\":\"after\"");
            await().atMost(PATIENCE).until(() -> messages(second).equals(List.of("before", "after")));
            assertThat(messages(copy)).isEqualTo(List.of("before", "after"));

            edit("sql", "changed");
            await().atMost(PATIENCE).until(() -> process.log().split("Routes reloaded", -1).length == 3);
            database.execute("insert into example (msg) values ('later')");
            process.awaitLog(": changed");
            awaitIn(archived, "\"msg\":\"later\"");
            process.stop();
        }
    }

    private static List<String> messages(TestDatabase copy) {
        return copy.query("select msg from example order by id");
    }

    /** Has a shipped sink log a word with each batch. */
    private void edit(String sink, String logged) throws IOException {
        Path route = directory.resolve("routes/" + sink + ".camel.yaml");
        Files.writeString(
                route, Files.readString(route).replaceFirst("( +)- to:\n", "$1- log: " + logged + "\n$1- to:\n"));
    }

    private void awaitInFile(String text) {
        awaitIn(installation.file("example"), text);
    }

    private static void awaitIn(Path file, String text) {
        await().atMost(PATIENCE)
                .until(() -> Files.exists(file) && Files.readString(file).contains(text));
    }
}
