package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A real Apicurio registry in a Java virtual machine of its own; it keeps its data and its port when it is started again. */
final class SchemaRegistry implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path directory;
    private final Path log;
    private final int port = freePort();
    private Process process;

    private SchemaRegistry(Path directory) {
        this.directory = directory;
        this.log = directory.resolve("registry.log");
    }

    static SchemaRegistry start(Path directory) {
        SchemaRegistry registry = new SchemaRegistry(directory);
        registry.start();
        return registry;
    }

    /** Starts it again. */
    void start() {
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-Dquarkus.http.host=localhost",
                            "-Dquarkus.http.port=" + port,
                            "-Dapicurio.datasource.url=jdbc:h2:file:" + directory.resolve("registry"),
                            "-jar",
                            System.getProperty("pg2sink.test.registry"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .untilAsserted(() -> {
                    assertThat(process.isAlive()).as(this::log).isTrue();
                    get("/apis/registry/v3/system/info");
                });
    }

    void stop() {
        process.destroy();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where its clients find its API. */
    String url() {
        return "http://localhost:" + port + "/apis/registry/v3";
    }

    /** What it answers to a request. */
    JsonNode get(String path) {
        return send(path, HttpRequest.newBuilder().GET());
    }

    void post(String path, String json) {
        send(
                path,
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json)));
    }

    private JsonNode send(String path, HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(
                    request.uri(URI.create("http://localhost:" + port + path)).build(), BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isLessThan(300);
            return response.body().isEmpty() ? null : DeliveredFile.JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How often it was asked to register a schema. */
    long registrations() {
        return log().lines()
                .filter(line -> line.contains("method=\"POST\"") && line.contains("/artifacts"))
                .count();
    }

    private String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
