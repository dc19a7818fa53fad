package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped administration over HTTP and the shipped imports, run as a user runs them. */
class AdminIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String TOKEN = "s3cret-Token";

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;
    private int port;
    private AdminRequests admin;

    @BeforeEach
    void install() throws IOException {
        database = TestServer.newDatabase();
        database.execute(
                "create table example (id bigserial primary key, msg text)",
                "insert into example (msg) select 'row ' || g from generate_series(1, 3) g");
        installation = new Installation(directory, database);
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        admin = new AdminRequests(port, TOKEN);
        installation
                .set("pg2sink.admin.port", String.valueOf(port))
                .set("pg2sink.admin.token", TOKEN)
                .set("pg2sink.imports", "true");
    }

    @Test
    void oneCommandWatchesResyncsRemovesAndAddsATable() throws Exception {
        installation.set("pg2sink.admin", "true");
        try (Pg2sinkProcess process = installation.start().awaitLog("imported public.example, 3 rows")) {
            assertThat(admin.get("/imports").body()).contains("\"table\" : \"example\"", "\"state\" : \"completed\"");
            assertThat(admin.get("/status").body()).contains("\"state\" : \"STREAMING\"");
            assertThat(admin.get("/check").body())
                    .contains("\"check\" : \"wal_retention\"", "\"sql\" : \"ALTER SYSTEM SET max_slot_wal_keep_size")
                    .doesNotContain("\"error\"", "\"warning\"");

            database.execute("insert into example (msg) values ('row 4')");
            assertThat(admin.post("/tables/public/example/resync").body()).contains("resyncing");
            process.awaitLog("imported public.example, 4 rows");

            assertThat(admin.post("/tables/public/example/remove").statusCode()).isEqualTo(200);
            assertThat(admin.get("/tables").body()).contains("\"published\" : false");
            assertThat(admin.post("/tables/public/example/add").statusCode()).isEqualTo(200);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(admin.get("/imports").body()).contains("\"state\" : \"completed\""));
            assertThat(rowsInFile()).hasSize(12); // 3 imported, 1 streamed, 4 imported twice
        }
    }

    @Test
    void aCopyIsComparedAndMended() throws Exception {
        TestDatabase copy = TestServer.newDatabase();
        installation
                .set("pg2sink.admin", "true")
                .set("pg2sink.sinks", "direct:sql")
                .set("pg2sink.sql.url", copy.url());
        try (Pg2sinkProcess process = installation.start().awaitLog("imported public.example, 3 rows")) {
            copy.execute("delete from example where id = 2");
            assertThat(admin.post("/tables/public/example/verify").body())
                    .contains("\"missing\" : 1", "\"repaired\" : 0");
            assertThat(copy.rows("example")).hasSize(2);
            assertThat(admin.post("/tables/public/example/repair").body())
                    .contains("\"missing\" : 1", "\"repaired\" : 1");
            assertThat(copy.rows("example")).isEqualTo(database.rows("example"));
            assertThat(process.log()).doesNotContain("Exception");
        }
    }

    @Test
    void aTokenIsMadeAtTheFirstStartShownOnceAndKeptForItsOwnerAlone() throws Exception {
        installation.set("pg2sink.admin", "true").set("pg2sink.admin.token", "");
        Path file = directory.resolve("admin.token");
        String made;
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            made = Files.readString(file).strip();
            assertThat(made).matches("[0-9a-f]{64}");
            // on standard error, but not by the logger, so that what collects logs does not get it
            assertThat(process.log().lines().filter(line -> line.contains(made)))
                    .singleElement()
                    .asString()
                    .startsWith("The token of the administration is " + made);
            assertThat(process.log()).contains("AdminToken - Made the token of the administration, and kept it in ");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(new AdminRequests(port, made).get("/status").statusCode())
                    .isEqualTo(200);
            assertThat(new AdminRequests(port, "").get("/status").statusCode()).isEqualTo(401);
            process.stop();
        }
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            assertThat(process.log()).doesNotContain(made);
            assertThat(new AdminRequests(port, made).get("/status").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void theStreamIsPausedAndResumed() throws Exception {
        installation.set("pg2sink.admin", "true");
        try (Pg2sinkProcess process = installation.start().awaitLog("imported public.example")) {
            assertThat(admin.get("/status").body()).contains("\"paused\" : false");
            assertThat(admin.post("/stream/pause").body()).contains("\"paused\" : true");
            database.execute("insert into example (msg) values ('row 4')");
            await().during(Duration.ofMillis(500)).atMost(PATIENCE).untilAsserted(() -> assertThat(rowsInFile())
                    .hasSize(3));
            assertThat(admin.post("/stream/pause").body()).contains("\"paused\" : true");
            assertThat(admin.post("/stream/resume").body()).contains("\"paused\" : false");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(rowsInFile()).hasSize(4));
        }
    }

    @Test
    void withoutBeingSwitchedOnItListensNowhere() throws Exception {
        try (Pg2sinkProcess process = installation.start().awaitLog("imported public.example")) {
            assertThat(isOpen()).isFalse();
            process.stop();
        }
    }

    @Test
    void importsCanBeSwitchedOff() throws Exception {
        installation.set("pg2sink.imports", "false");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example (msg) values ('row 4')");
            await().atMost(PATIENCE)
                    .until(() -> Files.exists(installation.file("example"))
                            && !rowsInFile().isEmpty());
            process.stop();

            assertThat(rowsInFile()).singleElement().asString().contains("row 4");
            assertThat(database.query("select 1 from pg_namespace where nspname = 'pg2sink'"))
                    .isEmpty();
        }
    }

    @Test
    void withoutASinkNothingCountsAsImported() throws Exception {
        installation.set("pg2sink.sinks", "");
        try (Pg2sinkProcess process = installation.start()) {
            process.awaitFailure();
            assertThat(process.log()).contains("pg2sink.sinks names no endpoint");
            assertThat(database.query("select 1 from pg_namespace where nspname = 'pg2sink'"))
                    .isEmpty();
        }
    }

    private List<String> rowsInFile() throws IOException {
        return Files.readAllLines(installation.file("example")).stream()
                .filter(line ->
                        line.contains("\"operation\"") && !line.matches(".*\"operation\":\"import_(begin|end)\".*"))
                .toList();
    }

    private boolean isOpen() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
