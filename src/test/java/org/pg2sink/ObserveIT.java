package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the shipped files tell a supervisor and Prometheus. */
class ObserveIT {

    private static final String DASHBOARD = "docker/grafana/dashboards/pg2sink.json";
    private static final String ALERTS = "docker/prometheus/alerts.yml";
    private static final Pattern NAME = Pattern.compile("\\b[a-z][a-z0-9_]*\\b(?! *\\()");

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;
    private int port;

    @BeforeEach
    void install() throws IOException {
        database = TestServer.newDatabase();
        installation = new Installation(directory, database);
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
                        .contains("pg2sink_lag_bytes{", "pg2sink_in_flight{", "pg2sink_failures_total{")
                        .contains("camel_exchanges_total{");
                assertThat(get("health").statusCode()).isEqualTo(200);
            });
            assertThat(process.log()).doesNotContain("Exception");
        }
    }

    @Test
    void livenessAndReadinessAreToldApart() throws Exception {
        installation.set("pg2sink.observe", "true");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(get("health/ready").statusCode()).isEqualTo(200));
            String details = "?data=true&exposureLevel=full";
            assertThat(get("health/live" + details).body())
                    .contains("pg2sink-liveness-stream")
                    .doesNotContain("consumer:stream");
            assertThat(get("health/ready" + details).body())
                    .contains("consumer:stream")
                    .doesNotContain("pg2sink-liveness-stream");
        }
    }

    @Test
    void eachMetricOfTheDashboardAndOfTheAlertsIsThere() throws Exception {
        TreeSet<String> metrics = metrics(dashboardQueries());
        metrics.addAll(metrics(alertQueries()));
        metrics.remove("up"); // which Prometheus itself adds
        assertThat(metrics).hasSizeGreaterThan(20);
        installation.set("pg2sink.observe", "true");
        database.execute("create table example (id int primary key)");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into example values (1)"); // a table that nothing was delivered of has no series
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                            get("metrics").body().lines().map(line -> line.replaceFirst("[{ ].*", "")))
                    .containsAll(metrics));
            Promtool.check(
                    get("metrics")
                            .body()
                            .lines()
                            .filter(line -> line.contains("pg2sink_"))
                            .collect(Collectors.joining("\n", "", "\n")),
                    "check",
                    "metrics");
        }
    }

    @Test
    void prometheusAcceptsTheConfigurationAndTheAlertsFireOnWhatTheyAreFor() throws Exception {
        Promtool.check("", "check", "config", "docker/prometheus/prometheus.yml");
        Promtool.check("", "test", "rules", "src/test/resources/prometheus/alerts-test.yml");
    }

    @Test
    void eachAlertSaysWhatToDo() throws IOException {
        assertThat(alerts()).isNotEmpty().allSatisfy(alert -> assertThat(
                        alert.get("annotations").fieldNames())
                .toIterable()
                .contains("summary", "action"));
    }

    private static List<JsonNode> alerts() throws IOException {
        Object file = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(Path.of(ALERTS)));
        return DeliveredFile.JSON.valueToTree(file).findValues("rules").stream()
                .flatMap(rules -> StreamSupport.stream(rules.spliterator(), false))
                .toList();
    }

    private static List<String> alertQueries() throws IOException {
        return alerts().stream().map(alert -> alert.get("expr").asText()).toList();
    }

    private static List<String> dashboardQueries() throws IOException {
        return DeliveredFile.JSON.readTree(Files.readString(Path.of(DASHBOARD))).findValuesAsText("expr");
    }

    /** The names in queries that are neither functions nor keywords nor labels. */
    private static TreeSet<String> metrics(List<String> queries) {
        return queries.stream()
                .map(query -> query.replaceAll("\\{[^}]*}|\\[[^]]*]|\\b(by|on) *\\([^)]*\\)|\\b(and|or|unless)\\b", ""))
                .flatMap(query -> NAME.matcher(query).results().map(MatchResult::group))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void prometheusIsToldTheFormatOfTheMetrics() throws Exception {
        installation.set("pg2sink.observe", "true");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            // version 3 does not read what has no content type that it knows
            assertThat(get("metrics").headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
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
