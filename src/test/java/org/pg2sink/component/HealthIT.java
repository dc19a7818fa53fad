package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.spi.ExceptionHandler;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.PrivateServer;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** Liveness tells whether a restart would help, readiness all else, and each says what to do. */
@Tag("core")
class HealthIT {

    private TestDatabase database;

    @TempDir
    private Path directory;

    @BeforeEach
    void createTable() {
        database = TestServer.newDatabase();
        database.execute("create table example (id int primary key, msg text)");
    }

    /** An exception handler that fails itself, in a way that nobody catches. */
    static final class BrokenHandler implements ExceptionHandler {
        @Override
        public void handleException(Throwable exception) {
            throw new StackOverflowError("of the handler");
        }

        @Override
        public void handleException(String message, Throwable exception) {
            handleException(exception);
        }

        @Override
        public void handleException(String message, Exchange exchange, Throwable exception) {
            handleException(exception);
        }
    }

    @Test
    void aStreamThatWorksIsLiveAndReady() {
        try (Subscriber subscriber = Subscriber.start(database, "batching=true")) {
            assertThat(live(subscriber).getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(ready(subscriber).getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(check(subscriber, HealthCheck::isLiveness).isReadiness()).isFalse();
            assertThat(check(subscriber, HealthCheck::isReadiness).isLiveness()).isFalse();
        }
    }

    @Test
    void aThreadThatDiedIsNotLive() {
        try (Subscriber subscriber = Subscriber.route(
                database,
                "batching=true&exceptionHandler=#brokenHandler&url=jdbc:postgresql://localhost:1/nowhere",
                stream -> {
                    stream.getCamelContext().getRegistry().bind("brokenHandler", new BrokenHandler());
                    stream.process(exchange -> {});
                })) {
            await().atMost(Subscriber.PATIENCE).until(() -> live(subscriber).getState() == HealthCheck.State.DOWN);
            assertThat(live(subscriber).getMessage().orElseThrow())
                    .contains("the thread that streams has ended (java.lang.StackOverflowError: of the handler)")
                    .endsWith("Restart the process.");
        }
    }

    @Test
    void aSinkThatFailsIsNotReadyButLive() {
        try (Subscriber subscriber = Subscriber.route(
                        database,
                        "batching=true",
                        stream -> stream.process(exchange -> {
                            throw new IllegalStateException("the sink is down");
                        }))
                .awaitStreaming()) {
            database.execute("insert into example values (1, 'x')");
            awaitNotReady(subscriber, "the sink is down");
            assertThat(ready(subscriber).getMessage().orElseThrow()).contains("tried again by itself");
            assertThat(live(subscriber).getState()).isEqualTo(HealthCheck.State.UP);
        }
    }

    @Test
    void aServerThatIsAwayIsNotReadyButLive() {
        try (PrivateServer server = PrivateServer.start(directory.resolve("data"), Map.of())) {
            TestDatabase away = server.database();
            away.execute("create table example (id int primary key)");
            try (Subscriber subscriber = Subscriber.start(away, "batching=true")) {
                server.stop();
                awaitNotReady(subscriber, "localhost:");
                assertThat(live(subscriber).getState()).isEqualTo(HealthCheck.State.UP);
                server.startAgain(Map.of());
                await().atMost(Subscriber.PATIENCE)
                        .until(() -> ready(subscriber).getState() == HealthCheck.State.UP);
            }
        }
    }

    @Test
    void aLagOverTheLimitIsNotReadyUntilItIsMadeUpFor() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Subscriber subscriber = Subscriber.route(
                                database,
                                "batching=true&maxLag=1s",
                                stream -> stream.process(exchange -> release.await()))
                        .awaitStreaming();
                AutoCloseable first = release::countDown) {
            await().atMost(Subscriber.PATIENCE).until(() -> ready(subscriber).getState() == HealthCheck.State.UP);
            database.execute("insert into example values (1, 'x')");
            awaitNotReady(subscriber, "more than maxLag allows (1 s)");
            release.countDown();
            await().atMost(Subscriber.PATIENCE).until(() -> ready(subscriber).getState() == HealthCheck.State.UP);
        }
    }

    @Test
    void aLostSlotIsNotReadyAndTheReasonIsTold() {
        try (PrivateServer server = PrivateServer.start(
                directory.resolve("data"),
                Map.of("max_slot_wal_keep_size", "1MB", "min_wal_size", "32MB", "max_wal_size", "32MB"))) {
            TestDatabase limited = server.database();
            limited.execute("create table example (id int primary key, msg text)");
            try (Subscriber subscriber = Subscriber.start(limited, "batching=true")) {
                subscriber.awaitAllConfirmed();
                subscriber.close();
            }
            limited.execute(
                    "insert into example select i, repeat('x', 2000) from generate_series(1, 40000) i", "checkpoint");
            for (int i = 0; i < 3; i++) {
                limited.value("select pg_switch_wal()");
                limited.execute("checkpoint");
            }
            try (Subscriber subscriber = Subscriber.streaming(limited, Subscriber.nameFor(limited), "batching=true")) {
                awaitNotReady(subscriber, "is lost (");
                assertThat(ready(subscriber).getMessage().orElseThrow()).contains("pg_drop_replication_slot");
                await().atMost(Subscriber.PATIENCE).until(() -> "lost"
                        .equals(ready(subscriber).getDetails().get("walStatus")));
                assertThat(live(subscriber).getState()).isEqualTo(HealthCheck.State.UP);
            }
        }
    }

    @Test
    void anImportThatEndedIsNotReadyAndNamesTheTable() {
        database.execute("insert into example values (1, 'x')");
        try (Subscriber subscriber = Subscriber.importing(database, "")) {
            subscriber.awaitImport("example", "completed");
            assertThat(ready(subscriber).getState()).isEqualTo(HealthCheck.State.UP);
            database.execute("update pg2sink.import_jobs set state = 'failed', error = 'The key changed.'");
            awaitNotReady(subscriber, "The import of public.example has ended: The key changed. Mend that and resync");
            subscriber.ask("resyncTable", "public", "example");
            await().atMost(Subscriber.PATIENCE).until(() -> ready(subscriber).getState() == HealthCheck.State.UP);
        }
    }

    @Test
    void anImportThatEndedNoLongerCountsOnceImportsAreSwitchedOff() {
        database.execute("insert into example values (1, 'x')");
        try (Subscriber subscriber = Subscriber.importing(database, "")) {
            subscriber.awaitImport("example", "completed");
            database.execute("update pg2sink.import_jobs set state = 'failed', error = 'The key changed.'");
        }
        try (Subscriber subscriber = Subscriber.start(database, "batching=true")) {
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> ready(subscriber).getDetails().get("walStatus") != null);
            assertThat(ready(subscriber).getState()).isEqualTo(HealthCheck.State.UP);
        }
    }

    @Test
    void anImportThatFailsAgainAndAgainIsNotReady() {
        database.execute("insert into example values (1, 'x')");
        try (Subscriber subscriber = Subscriber.importing(database, Subscriber.nameFor(database), "", "", exchange -> {
            throw new IllegalStateException("the sink refuses rows");
        })) {
            subscriber.awaitStreaming();
            await().atMost(Subscriber.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> subscriber.job("example", "error_count > 0").equals("t"));
            assertThat(ready(subscriber).getState()).isEqualTo(HealthCheck.State.UP);
            database.execute("update pg2sink.import_jobs set error_count = 3, due_at = now()");
            awaitNotReady(subscriber, "The import of public.example failed ");
            assertThat(ready(subscriber).getMessage().orElseThrow()).contains("the sink refuses rows");
        }
    }

    @Test
    void healthCanBeSwitchedOff() {
        try (Subscriber subscriber = Subscriber.start(database, "batching=true")) {
            Pg2sinkComponent component = subscriber.context().getComponent("pg2sink", Pg2sinkComponent.class);
            component.setHealthCheckConsumerEnabled(false);
            subscriber.context().getRouteController().stopRoute("stream");
            subscriber.context().getRouteController().startRoute("stream");
            assertThat(HealthCheckHelper.getHealthCheckRegistry(subscriber.context()).stream()
                            .filter(it -> it.getId().startsWith("pg2sink-liveness")))
                    .isEmpty();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitNotReady(Subscriber subscriber, String message) {
        await().atMost(Subscriber.PATIENCE).untilAsserted(() -> {
            assertThat(ready(subscriber).getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(ready(subscriber).getMessage())
                    .hasValueSatisfying(text -> assertThat(text).contains(message));
        });
    }

    private static HealthCheck.Result live(Subscriber subscriber) {
        return check(subscriber, HealthCheck::isLiveness).callLiveness();
    }

    private static HealthCheck.Result ready(Subscriber subscriber) {
        return check(subscriber, HealthCheck::isReadiness).callReadiness();
    }

    /** The check of the stream of that kind, from wherever Camel looks for checks. */
    private static HealthCheck check(Subscriber subscriber, Predicate<HealthCheck> kind) {
        HealthCheckHelper.getHealthCheckRepository(subscriber.context(), "consumers"); // which is loaded on demand
        return HealthCheckHelper.getHealthCheckRegistry(subscriber.context()).stream()
                .filter(it -> it.getId().equals("pg2sink-liveness-stream")
                        || it.getId().equals("consumer:stream"))
                .filter(kind)
                .findFirst()
                .orElseThrow();
    }
}
