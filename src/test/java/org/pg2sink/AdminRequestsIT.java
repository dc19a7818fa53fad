package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shipped administration lets pass, and how it answers what it does not: one pg2sink for all tests. */
class AdminRequestsIT {

    private static final String TOKEN = "s3cret-Token";

    @TempDir
    private static Path directory;

    private static TestDatabase database;
    private static Pg2sinkProcess process;
    private static AdminRequests admin;

    @BeforeAll
    static void start() throws IOException {
        database = TestServer.newDatabase();
        database.execute(
                "create table example (id bigserial primary key, msg text)",
                "create table \"Odd / 100% \"\"ü+?\"\"\" (id int primary key)");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        admin = new AdminRequests(port, TOKEN);
        process = new Installation(directory, database)
                .set("pg2sink.admin", "true")
                .set("pg2sink.admin.port", String.valueOf(port))
                .set("pg2sink.admin.token", TOKEN)
                .set("pg2sink.imports", "true")
                .start()
                .awaitLog("imported public.example");
    }

    @AfterAll
    static void stop() {
        process.close();
    }

    @Test
    void whatCannotBeDoneIsAnsweredWithItsStatusAndASentence() throws Exception {
        assertError(admin.post("/tables/public/nothing/remove"), 404, "There is no table public.nothing");
        assertError(admin.post("/imports/public/nothing/pause"), 404, "There is no import of public.nothing");
        assertError(admin.post("/imports/public/example/resume"), 409, "only a paused import can be resumed");
        assertError(
                admin.post("/tables/public/example/shred"), 404, "There is no /pg2sink/tables/public/example/shred");
        assertError(admin.get("/nothing"), 404, "/pg2sink/openapi.json");
        assertError(admin.get("/page/../admin.token"), 404, "There is no /pg2sink/admin.token");
        assertError(admin.get("/page/openapi.json"), 404, "There is no /pg2sink/page/openapi.json");
        HttpResponse<String> get = admin.get("/tables/public/example/remove");
        assertError(get, 405, "takes only POST");
        assertThat(get.headers().firstValue("Allow")).contains("POST");
        assertError(admin.post("/status"), 405, "takes only GET");
        assertThat(process.log()).doesNotContain("Exception");
    }

    @Test
    void whoDoesNotKnowTheTokenGetsNothing() throws Exception {
        String host = "Host: localhost:" + admin.port();
        for (String request : List.of(
                "GET /pg2sink/status",
                "GET /pg2sink/openapi.json",
                "GET /pg2sink/nothing",
                "POST /pg2sink/tables/public/example/remove",
                "POST /pg2sink/stream/pause")) {
            assertThat(admin.raw(request, host))
                    .startsWith("HTTP/1.1 401 ")
                    .containsIgnoringCase("WWW-Authenticate: Bearer")
                    .contains("{\"error\":\"A token is needed");
            for (String wrong : List.of(
                    "Bearer wrong", "Bearer", "Bearer " + TOKEN + "x", "Bearer s3cret", "Basic " + TOKEN, TOKEN)) {
                assertThat(admin.raw(request, host, "Authorization: " + wrong))
                        .startsWith("HTTP/1.1 401 ")
                        .doesNotContain("\"example\"", TOKEN);
            }
        }
        for (String name : List.of("Authorization", "authorization", "%41uthorization")) {
            assertThat(admin.raw("GET /pg2sink/status?" + name + "=Bearer%20" + TOKEN, host))
                    .startsWith("HTTP/1.1 401 ")
                    .doesNotContain(TOKEN);
        }
        assertThat(admin.raw("GET /pg2sink/status?x=1", host, "authorization: bearer " + TOKEN))
                .startsWith("HTTP/1.1 200 ");
        assertThat(admin.raw("GET /pg2sink/status", host, "authorization: bearer " + TOKEN))
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("content-type: application/json")
                .doesNotContain(TOKEN);
        assertThat(process.log()).doesNotContain("Exception", TOKEN);
    }

    @Test
    void thePageIsShownWithoutATokenAndMayDoLittle() throws Exception {
        AdminRequests anybody = new AdminRequests(admin.port(), "");
        for (String file : List.of("", "/", "/page/page.css", "/page/page.js")) {
            HttpResponse<String> answer = anybody.get(file);
            assertThat(answer.statusCode()).as(file).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(answer.body()).doesNotContain("http://", "https://", "example");
        }
        assertThat(admin.raw("GET /pg2sink", "Host: evil.example")).startsWith("HTTP/1.1 403 ");
    }

    @Test
    void aLargeBodyOrOneWithoutAnEndIsNotRead() throws Exception {
        String host = "Host: localhost:" + admin.port();
        String token = "Authorization: Bearer " + TOKEN;
        String sentence = "{\"error\":\"Refused: the body is longer than 65536 bytes";
        for (String request : List.of("POST /pg2sink/tables/public/example/resync", "GET /pg2sink/status")) {
            assertThat(admin.begun(request, host, token, "Content-Length: 10000000000"))
                    .startsWith("HTTP/1.1 413 ")
                    .contains(sentence);
            assertThat(admin.begun(request, host, token, "Transfer-Encoding: chunked"))
                    .startsWith("HTTP/1.1 413 ")
                    .contains(sentence);
        }
        HttpResponse<String> small = admin.send(admin.request("/tables/public/example/resync")
                .POST(BodyPublishers.ofString("{}"))
                .build());
        assertThat(small.statusCode()).isEqualTo(200);
    }

    @Test
    void aTableOfAnyNameIsReached() throws Exception {
        HttpResponse<String> removed = admin.post("/tables/public/Odd%20%2F%20100%25%20%22%C3%BC%2B%3F%22/remove");
        assertThat(removed.body()).contains("Odd / 100% \\\"ü+?\\\"", "removed");
        assertThat(database.query("select tablename from pg_publication_tables"))
                .containsExactly("example");
    }

    @Test
    void theOpenApiDocumentNamesJustWhatThereIs() throws Exception {
        HttpResponse<String> answer = admin.get("/openapi.json");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode document = DeliveredFile.JSON.readTree(answer.body());
        Set<String> documented = new TreeSet<>();
        document.get("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> documented.add(method + " " + path.getKey())));
        Set<String> routed = new TreeSet<>();
        Matcher line = Pattern.compile("(?m)^    (get|post):$|^      - path: (\\S+)$")
                .matcher(Files.readString(Path.of("routes/admin.camel.yaml")));
        String method = "";
        while (line.find()) {
            if (line.group(1) != null) {
                method = line.group(1);
            } else {
                routed.add(method + " /pg2sink" + line.group(2));
            }
        }
        assertThat(documented).isEqualTo(routed).hasSize(14);
    }

    @Test
    void aFormOfAnotherSiteRemovesNoTable() throws Exception {
        String token = "Authorization: Bearer " + TOKEN;
        String remove = "POST /pg2sink/tables/public/example/remove";
        assertThat(admin.raw(remove, token, "Host: localhost:" + admin.port(), "Origin: http://evil.example"))
                .startsWith("HTTP/1.1 403 ")
                .contains("Refused: the request comes from another web site");
        assertThat(admin.raw(remove, token, "Host: evil.example:" + admin.port()))
                .startsWith("HTTP/1.1 403 ");
        assertThat(admin.raw("GET /pg2sink/tables", token, "Host: evil.example:" + admin.port()))
                .startsWith("HTTP/1.1 403 ")
                .doesNotContain("\"example\"");
        assertThat(admin.raw("GET /pg2sink/tables", token, "Host: localhost:" + admin.port()))
                .startsWith("HTTP/1.1 200 ")
                .contains("\"published\" : true");
    }

    private static void assertError(HttpResponse<String> answer, int status, String sentence) throws IOException {
        assertThat(answer.body()).contains(sentence).doesNotContain("Exception", "\tat ");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(DeliveredFile.JSON.readTree(answer.body()).get("error").isTextual())
                .isTrue();
    }
}
