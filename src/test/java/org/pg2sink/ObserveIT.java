package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shipped files tell a supervisor and Prometheus. */
class ObserveIT {

    @TempDir
    private Path directory;

    private Installation installation;
    private int port;

    @BeforeEach
    void install() throws IOException {
        installation = new Installation(directory, TestServer.newDatabase());
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        installation.set("pg2sink.observe.port", String.valueOf(port));
    }

    @Test
    void healthAndMetricsAreThereOnDemand() throws Exception {
        installation.set("pg2sink.observe", "true");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(get("metrics").body())
                        .contains("pg2sink_streaming{subscription=\"" + installation.subscription() + "\"} 1.0")
                        .contains("pg2sink_lag_bytes{", "pg2sink_unfinished{", "pg2sink_failures_total{")
                        .contains("camel_exchanges_total{");
                assertThat(get("health").statusCode()).isEqualTo(200);
            });
            assertThat(process.log()).doesNotContain("Exception");
        }
    }

    @Test
    void withoutBeingSwitchedOnItListensNowhere() throws Exception {
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            assertThatThrownBy(() -> get("health")).isInstanceOf(ConnectException.class);
            process.stop();
        }
    }

    private HttpResponse<String> get(String what) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + port + "/observe/" + what);
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
