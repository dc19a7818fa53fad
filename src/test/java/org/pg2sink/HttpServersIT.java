package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The HTTP servers of administration and of health and metrics, in each combination, as a user switches them on. */
class HttpServersIT {

    private static final int NONE = -1;
    private static final String TOKEN = "s3cret-Token";

    @TempDir
    private Path directory;

    private Path temporary;
    private Installation installation;

    @BeforeEach
    void install() throws IOException {
        installation = new Installation(directory, TestServer.newDatabase());
        temporary = Files.createDirectory(directory.resolve("tmp"));
        installation.jvm("-Djava.io.tmpdir=" + temporary).jvm("-XX:-UsePerfData");
    }

    @ParameterizedTest
    @CsvSource({
        "false, false, false",
        "true, false, false",
        "false, true, false",
        "true, true, false",
        "true, true, true"
    })
    void eachAnswersOnItsPortAndAKillLeavesNothingBehind(boolean admin, boolean observe, boolean samePort)
            throws Exception {
        int adminPort = freePort();
        int observePort = samePort ? adminPort : freePort();
        installation
                .set("pg2sink.admin", Boolean.toString(admin))
                .set("pg2sink.admin.port", Integer.toString(adminPort))
                .set("pg2sink.admin.token", TOKEN)
                .set("pg2sink.observe", Boolean.toString(observe))
                .set("pg2sink.observe.port", Integer.toString(observePort));

        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            assertThat(status(adminPort, "/pg2sink/status")).isEqualTo(admin ? 200 : NONE);
            assertThat(status(observePort, "/observe/health")).isEqualTo(observe ? 200 : NONE);
            assertThat(process.log()).doesNotContain("Exception");
            process.kill();
        }

        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void aSharedPortThatIsForThisMachineOnlyIsNotTakenForAnOpenOne() throws Exception {
        String port = Integer.toString(freePort());
        installation
                .set("pg2sink.admin", "true")
                .set("pg2sink.admin.port", port)
                .set("pg2sink.observe", "true")
                .set("pg2sink.observe.port", port)
                .set("pg2sink.observe.host", "0.0.0.0");
        try (Pg2sinkProcess process = installation.start()) {
            process.awaitFailure();
            assertThat(process.log())
                    .startsWith("pg2sink cannot start: pg2sink.admin.port and pg2sink.observe.port are the same");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static int status(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Authorization", "Bearer " + TOKEN)
                .build();
        try {
            return HttpClient.newHttpClient()
                    .send(request, BodyHandlers.discarding())
                    .statusCode();
        } catch (ConnectException e) {
            return NONE;
        }
    }
}
