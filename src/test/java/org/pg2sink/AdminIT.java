package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped administration over HTTP and the shipped imports, run as a user runs them. */
class AdminIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private TestDatabase database;
    private Installation installation;
    private int port;

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
        installation.set("pg2sink.admin.port", String.valueOf(port)).set("pg2sink.imports", "true");
    }

    @Test
    void oneCommandWatchesResyncsRemovesAndAddsATable() throws Exception {
        installation.set("pg2sink.admin", "true");
        try (Pg2sinkProcess process = installation.start().awaitLog("imported public.example, 3 rows")) {
            assertThat(get("/imports").body()).contains("\"table\" : \"example\"", "\"state\" : \"completed\"");
            assertThat(get("/status").body()).contains("\"state\" : \"STREAMING\"");
            assertThat(get("/check").body())
                    .contains("\"check\" : \"wal_retention\"", "\"sql\" : \"ALTER SYSTEM SET max_slot_wal_keep_size")
                    .doesNotContain("\"error\"", "\"warning\"");

            database.execute("insert into example (msg) values ('row 4')");
            assertThat(post("/tables/public/example/resync").body()).contains("resyncing");
            process.awaitLog("imported public.example, 4 rows");

            assertThat(post("/tables/public/example/remove").statusCode()).isEqualTo(200);
            assertThat(get("/tables").body()).contains("\"published\" : false");
            assertThat(post("/tables/public/example/add").statusCode()).isEqualTo(200);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(get("/imports").body()).contains("\"state\" : \"completed\""));
            assertThat(rowsInFile()).hasSize(12); // 3 imported, 1 streamed, 4 imported twice
        }
    }

    @Test
    void whatCannotBeDoneIsAnsweredWithASentence() throws Exception {
        installation.set("pg2sink.admin", "true");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            HttpResponse<String> unknown = post("/tables/public/nothing/remove");
            assertThat(unknown.statusCode()).isEqualTo(400);
            assertThat(unknown.body())
                    .startsWith("There is no table public.nothing")
                    .doesNotContain("Exception");
            assertThat(post("/tables/public/example/shred").body()).contains("resync");
            assertThat(get("/nothing").body()).contains("/pg2sink/status");
            assertThat(process.log()).doesNotContain("Exception");
        }
    }

    @Test
    void aFormOfAnotherSiteRemovesNoTable() throws Exception {
        installation.set("pg2sink.admin", "true");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            String remove = "POST /pg2sink/tables/public/example/remove";
            assertThat(raw(remove, "Host: localhost:" + port, "Origin: http://evil.example"))
                    .startsWith("HTTP/1.1 403 ")
                    .contains("Refused: the request comes from another web site");
            assertThat(raw(remove, "Host: evil.example:" + port)).startsWith("HTTP/1.1 403 ");
            assertThat(raw("GET /pg2sink/tables", "Host: evil.example:" + port))
                    .startsWith("HTTP/1.1 403 ")
                    .doesNotContain("\"example\"");
            assertThat(raw("GET /pg2sink/tables", "Host: localhost:" + port))
                    .startsWith("HTTP/1.1 200 ")
                    .contains("\"published\" : true");
        }
    }

    /** Sends what the HTTP client of Java does not let a test send. */
    private String raw(String request, String... headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName("localhost"), port)) {
            String lines = request + " HTTP/1.1\r\n" + String.join("\r\n", headers)
                    + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(lines.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
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

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    private HttpResponse<String> post(String path) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody()).build());
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + "/pg2sink" + path);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, BodyHandlers.ofString());
    }
}
