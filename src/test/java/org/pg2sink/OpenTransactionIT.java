package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transaction that wrote to a table before the table was published, and commits after: the stream has none of it. */
class OpenTransactionIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String TOKEN = "a-token-of-the-test";

    @TempDir
    private Path directory;

    private int port;

    @Test
    void theImportWaitsForTheTransactionAndSaysSoWhileOtherTablesGoOn() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table other (id bigint primary key, msg text)");
        Installation installation = new Installation(directory, database).set("pg2sink.imports", "true");
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        installation
                .set("pg2sink.admin", "true")
                .set("pg2sink.admin.port", String.valueOf(port))
                .set("pg2sink.admin.token", TOKEN);
        try (Pg2sinkProcess process = installation.start().awaitLog("imported public.other, 0 rows")) {
            database.execute(
                    "create table example (id bigint primary key, msg text)",
                    "insert into example values (1, 'before')");
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("insert into example values (2, 'open')");
                post("/tables/public/example/add");
                process.awaitLog("the import of public.example waits for transactions that were running");

                database.execute("insert into other values (1, 'streamed')");
                post("/tables/public/other/resync");
                process.awaitLog("imported public.other, 1 rows");
                assertThat(process.log()).doesNotContain("imported public.example");
                connection.commit();
            }
            process.awaitLog("imported public.example, 2 rows");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            ImportedFile.read(installation.file("example")).content())
                    .containsOnlyKeys("1", "2"));
            process.stop();
        }
    }

    private void post(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = new AdminRequests(port, TOKEN).post(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
