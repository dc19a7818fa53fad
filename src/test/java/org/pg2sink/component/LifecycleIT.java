package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.console.DevConsole;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRepository;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.util.json.JsonObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Modification;

/** Starting, suspending, resuming and stopping, as Camel does it. */
@Tag("core")
class LifecycleIT {

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
    }

    @Test
    void whileSuspendedNothingIsDeliveredAndTheConnectionStays() throws Exception {
        try (Subscriber subscriber = Subscriber.start(database, "batching=true")) {
            database.execute("insert into example (msg) values ('a')");
            subscriber.awaitModifications(1);
            String walsender = subscriber.slot("active_pid");

            subscriber.context().getRouteController().suspendRoute("stream");
            database.execute("insert into example (msg) values ('b')");
            await().pollDelay(500, TimeUnit.MILLISECONDS).until(() -> true);
            assertThat(subscriber.modifications()).hasSize(1);
            assertThat(subscriber.slot("active_pid")).isEqualTo(walsender);

            subscriber.context().getRouteController().resumeRoute("stream");
            assertThat(subscriber.awaitModifications(2)).hasSize(2);
            subscriber.awaitAllConfirmed();
        }
    }

    @Test
    void aLongBatchTimeoutDoesNotHoldUpStopping() throws Exception {
        try (Subscriber subscriber = Subscriber.start(database, "batching=true&batchTimeout=600000")) {
            database.execute("insert into example (msg) values ('a')");
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> subscriber.consumer().getPendingExchangesSize() == 1);
            long begin = System.nanoTime();
            subscriber.context().getRouteController().stopRoute("stream");
            assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin))
                    .isLessThan(8);
            assertThat(subscriber.modifications()).hasSize(1);
        }
    }

    @Test
    void aStoppedRouteStartsAgainWhereItWas() throws Exception {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into example (msg) values ('a')");
            subscriber.awaitModifications(1);
            subscriber.context().getRouteController().stopRoute("stream");
            database.execute("insert into example (msg) values ('b')");
            subscriber.context().getRouteController().startRoute("stream");
            assertThat(subscriber.awaitModifications(2))
                    .extracting(change -> change.after().value(1))
                    .containsExactly("a", "b");
        }
    }

    @Test
    void stoppingDeliversWhatIsInFlightAndConfirmsIt() throws Exception {
        CountDownLatch inFlight = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Subscriber subscriber = Subscriber.route(
                        database,
                        "batching=true",
                        stream -> stream.process(exchange -> {
                            inFlight.countDown();
                            release.await();
                        }))
                .awaitStreaming();
        database.execute("insert into example (msg) values ('a')");
        inFlight.await();

        Thread stopping = new Thread(subscriber::close);
        stopping.start();
        await().until(() -> subscriber
                        .context()
                        .getRouteController()
                        .getRouteStatus("stream")
                        .isSuspending()
                || subscriber
                        .context()
                        .getRouteController()
                        .getRouteStatus("stream")
                        .isSuspended()
                || subscriber.context().isStopping());
        release.countDown();
        stopping.join();

        try (Subscriber again = Subscriber.start(database, "")) {
            database.execute("insert into example (msg) values ('b')");
            assertThat(again.awaitModifications(1))
                    .extracting(change -> change.after().value(1))
                    .containsExactly("b");
        }
    }

    @Test
    void withoutConfirmationTheSlotNeverMoves() {
        Subscriber.start(database, "").close();
        String before = database.value("select confirmed_flush_lsn from pg_replication_slots where slot_name = '"
                + Subscriber.nameFor(database) + "'");
        database.execute("insert into example (msg) values ('a')");
        for (int i = 0; i < 2; i++) {
            try (Subscriber subscriber = Subscriber.start(database, "confirm=false")) {
                assertThat(subscriber.awaitModifications(1)).hasSize(1);
            }
            assertThat(database.value("select confirmed_flush_lsn from pg_replication_slots where slot_name = '"
                            + Subscriber.nameFor(database) + "'"))
                    .isEqualTo(before);
        }
    }

    @Test
    void theHealthCheckTellsHowTheStreamIsDoing() {
        try (Subscriber subscriber = Subscriber.route(
                        database,
                        "",
                        stream -> stream.process(exchange -> {
                            if (exchange.getMessage().getBody() instanceof Modification) {
                                throw new IllegalStateException("the sink is down");
                            }
                        }))
                .awaitStreaming()) {
            assertThat(health(subscriber).getState()).isEqualTo(HealthCheck.State.UP);

            database.execute("insert into example (msg) values ('a')");
            await().atMost(Subscriber.PATIENCE).until(() -> health(subscriber).getState() == HealthCheck.State.DOWN);
            assertThat(health(subscriber).getMessage())
                    .hasValueSatisfying(text -> assertThat(text).contains("the sink is down"));
            Map<String, Object> details = health(subscriber).getDetails();
            assertThat(details).containsEntry("state", "RETRYING").containsKeys("confirmedLsn", "lagBytes", "failures");
        }
    }

    @Test
    void theDevConsoleShowsTheSubscription() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            DevConsole console = PluginHelper.getDevConsoleResolver(
                            subscriber.context().getCamelContextExtension())
                    .resolveDevConsole("pg2sink");
            assertThat(console.call(DevConsole.MediaType.TEXT, Map.of()).toString())
                    .startsWith(subscriber.name() + ": STREAMING since ");
            JsonObject json = (JsonObject) console.call(DevConsole.MediaType.JSON, Map.of());
            assertThat(json.toJson()).contains("\"subscription\":\"" + subscriber.name() + "\"");
        }
    }

    @Test
    void aFailureIsOverOnlyWhenTheChangeThatFailedHasPassed() {
        AtomicBoolean failing = new AtomicBoolean(true);
        try (Subscriber subscriber = Subscriber.route(
                        database,
                        "",
                        stream -> stream.process(exchange -> {
                            if (failing.get()) {
                                throw new IllegalStateException("the sink is down");
                            }
                        }))
                .awaitStreaming()) {
            database.execute("insert into example (msg) values ('a')");
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> subscriber.consumer().getFailures() > 0);
            await().atMost(Subscriber.PATIENCE)
                    .failFast(
                            "healthy in between",
                            () -> subscriber.status().state().isHealthy())
                    .until(() -> subscriber.consumer().getFailures() >= 4);

            failing.set(false);
            subscriber.awaitStreaming();
            subscriber.awaitAllConfirmed();
        }
    }

    @Test
    void aBridgedErrorHandlerHearsOfConnectionProblems() {
        List<String> heard = new CopyOnWriteArrayList<>();
        String name = Subscriber.nameFor(database);
        try (Subscriber subscriber = Subscriber.route(
                database,
                "bridgeErrorHandler=true&url=jdbc:postgresql://localhost:1/nowhere",
                stream -> stream.onException(Exception.class)
                        .handled(true)
                        .process(exchange -> heard.add(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)
                                .getMessage()))
                        .end()
                        .process(exchange -> {}))) {
            await().atMost(Subscriber.PATIENCE).until(() -> !heard.isEmpty());
            assertThat(heard.get(0)).contains("Cannot connect to localhost:1/nowhere");
            assertThat(subscriber.name()).isEqualTo(name);
        }
    }

    private static HealthCheck.Result health(Subscriber subscriber) {
        HealthCheckRepository consumers = HealthCheckHelper.getHealthCheckRepository(subscriber.context(), "consumers");
        HealthCheck check = consumers.stream().findFirst().orElseThrow();
        return check.call();
    }

    @Test
    void whereTheApplicationHasMicrometerTheStreamIsMeasured() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        AtomicBoolean failing = new AtomicBoolean(true);
        try (Subscriber subscriber = Subscriber.route(database, "", stream -> {
                    stream.getCamelContext().getRegistry().bind("metricsRegistry", registry);
                    stream.process(exchange -> {
                        if (failing.get()) {
                            throw new IllegalStateException("the sink is down");
                        }
                    });
                })
                .awaitStreaming()) {
            String subscription = subscriber.name();
            database.execute("insert into example (msg) values ('a')");
            await().atMost(Subscriber.PATIENCE)
                    .until(() ->
                            registry.get("pg2sink.failures").functionCounter().count() > 0);
            assertThat(registry.get("pg2sink.streaming")
                            .tag("subscription", subscription)
                            .gauge()
                            .value())
                    .isZero();
            assertThat(registry.get("pg2sink.lag.bytes").gauge().value()).isPositive();

            failing.set(false);
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> registry.get("pg2sink.streaming").gauge().value() == 1);
        }
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void anExchangeCarriesTheDocumentedHeaders() {
        List<Map<String, Object>> headers = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (Subscriber subscriber = Subscriber.route(
                        database,
                        "",
                        stream -> stream.process(
                                exchange -> headers.add(exchange.getMessage().getHeaders())))
                .awaitStreaming()) {
            database.execute("insert into example (msg) values ('a')");
            await().atMost(Subscriber.PATIENCE).until(() -> headers.size() == 2);

            assertThat(headers.get(0))
                    .containsEntry("CamelPg2sinkKind", "schema")
                    .containsEntry("CamelPg2sinkNamespace", "public")
                    .containsEntry("CamelPg2sinkTable", "example")
                    .containsKeys("CamelPg2sinkTimestamp", "CamelPg2sinkSchemaFingerprint", "CamelMessageTimestamp")
                    .doesNotContainKeys("CamelPg2sinkOperation", "CamelPg2sinkKey");
            assertThat(headers.get(1))
                    .containsEntry("CamelPg2sinkKind", "modification")
                    .containsEntry("CamelPg2sinkOperation", "insert")
                    .containsEntry("CamelPg2sinkSequence", 1L)
                    .containsEntry("CamelPg2sinkKey", "{\"id\":\"1\"}")
                    .containsKeys("CamelPg2sinkLsn", "CamelPg2sinkXid", "CamelPg2sinkTimestamp");
        }
    }

    @Test
    void aBatchIsOfOneTableAndItsHeadersAreWhatAllEntriesShare() {
        database.execute("create table other (id int primary key)");
        List<Batch> batches = new java.util.concurrent.CopyOnWriteArrayList<>();
        List<Map<String, Object>> headers = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (Subscriber subscriber = Subscriber.route(
                        database,
                        "batching=true&batchTimeout=500",
                        stream -> stream.process(exchange -> {
                            batches.add(exchange.getMessage().getBody(Batch.class));
                            headers.add(exchange.getMessage().getHeaders());
                        }))
                .awaitStreaming()) {
            database.transaction(
                    "insert into example (msg) values ('a')",
                    "insert into other values (1)",
                    "insert into example (msg) values ('b')");

            await().atMost(Subscriber.PATIENCE).until(() -> batches.size() == 2);
            assertThat(batches).extracting(batch -> batch.table().name()).containsExactly("example", "other");
            assertThat(batches.get(0)).hasSize(3);
            assertThat(headers.get(0))
                    .containsEntry("CamelPg2sinkTable", "example")
                    .containsKey("CamelPg2sinkTimestamp");
            for (String unshared : List.of("CamelPg2sinkKind", "CamelPg2sinkSequence", "CamelPg2sinkKey")) {
                assertThatThrownBy(() -> headers.get(0).get(unshared)).hasMessageContaining("do not share the header");
            }
        }
    }
}
