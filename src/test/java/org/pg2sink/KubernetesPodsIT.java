package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes with the environment and the route of an overlay's pods, asked what their probes ask. */
@Tag("slow")
class KubernetesPodsIT {

    private static final Path OVERLAY = KubernetesFiles.FOLDER.resolve("overlays/orders");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;
    private Container container;

    private record Pod(Pg2sinkProcess process, int port) implements AutoCloseable {
        @Override
        public void close() {
            process.close();
        }
    }

    @BeforeEach
    void install() throws IOException {
        database = TestServer.newDatabase();
        database.execute("create schema sales", "create table sales.orders (id int primary key)");
        installation = new Installation(directory, database)
                .settingsInEnvironment()
                .set("pg2sink.sinks", "direct:audit") // there is no Kafka here
                .set("pg2sink.imports", "true");
        KubernetesSettings.of(OVERLAY).forEach(installation::environment);
        Files.copy(
                OVERLAY.resolve("routes/audit.camel.yaml"),
                directory.resolve("routes").resolve("audit.camel.yaml"));
        Path file = KubernetesFiles.FOLDER.resolve("base/deployment.yaml");
        Deployment deployment =
                (Deployment) KubernetesFiles.read(Files.readString(file)).get(0);
        container = deployment.getSpec().getTemplate().getSpec().getContainers().get(0);
    }

    @Test
    void thePodThatStandsByIsLiveAndReadyAndTakesOver() throws Exception {
        try (Pod first = start()) {
            first.process.awaitStreaming();
            try (Pod second = start()) {
                second.process.awaitLog("is in use");
                for (Pod pod : new Pod[] {first, second}) {
                    awaitStatus(pod, container.getStartupProbe(), 200);
                    awaitStatus(pod, container.getLivenessProbe(), 200);
                    awaitStatus(pod, container.getReadinessProbe(), 200);
                }
                first.process.kill();
                database.execute("insert into sales.orders values (1)");
                second.process.awaitLog("entries of sales.orders");
                assertThat(status(second, container.getReadinessProbe())).isEqualTo(200);
                second.process.stop();
            }
        }
    }

    @Test
    void aPodThatDoesNotReachTheServerIsNotReadyButLive() throws Exception {
        installation.set("pg2sink.url", "jdbc:postgresql://localhost:1/shop?user=pg2sink");
        try (Pod pod = start()) {
            pod.process.awaitLog("Cannot connect to localhost:1/shop");
            awaitStatus(pod, container.getReadinessProbe(), 503);
            awaitStatus(pod, container.getLivenessProbe(), 200);
        }
    }

    private Pod start() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        installation.environment("PG2SINK_OBSERVE_PORT", String.valueOf(port));
        return new Pod(installation.start(), port);
    }

    private static void awaitStatus(Pod pod, Probe probe, int status) {
        await().atMost(PATIENCE)
                .ignoreExceptions() // until the port is open
                .untilAsserted(() -> assertThat(status(pod, probe)).isEqualTo(status));
    }

    /** Asks as the kubelet does, by the address of the pod. */
    private static int status(Pod pod, Probe probe) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + pod.port + probe.getHttpGet().getPath());
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                .statusCode();
    }
}
