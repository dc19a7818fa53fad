package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.CuttableProxy;
import org.pg2sink.PrivateServer;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Modification;
import org.pg2sink.stream.StreamState;

/** What happens when the connection, the slot or the server goes away. */
@Tag("core")
@Tag("slow")
class ReconnectIT {

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
    }

    @Test
    void aTerminatedConnectionIsOpenedAgainAndNothingIsLost() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into example (msg) values ('before')");
            subscriber.awaitModifications(1);
            subscriber.awaitAllConfirmed();

            database.execute("select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '"
                    + subscriber.name() + "'");
            database.execute("insert into example (msg) values ('after')");

            assertThat(subscriber.awaitModifications(2))
                    .extracting(change -> change.after().value(1))
                    .containsExactly("before", "after");
            await().atMost(Subscriber.PATIENCE).until(() -> subscriber.status().state() == StreamState.STREAMING);
        }
    }

    @Test
    void aCutNetworkIsNoticedByItsSilenceAndHeals() throws Exception {
        String name = database.value("select current_database()");
        database.execute("alter database " + name + " set wal_sender_timeout = '5s'");
        try (CuttableProxy proxy = new CuttableProxy(database)) {
            // the publication is looked at all the time, so the cut comes in the middle of that too
            try (Subscriber subscriber = Subscriber.start(proxy.database(), "reconcileInterval=1")) {
                database.execute("insert into example (msg) values ('before')");
                subscriber.awaitModifications(1);

                proxy.cut();
                database.execute("insert into example (msg) values ('after')");
                await().atMost(Duration.ofSeconds(90))
                        .until(() -> subscriber.modifications().size() >= 2);
                assertThat(subscriber.consumer().getFailures()).isPositive();
                assertThat(subscriber.modifications())
                        .extracting(change -> change.after().value(1))
                        .endsWith("after");
            }
        }
    }

    @Test
    void aServerRestartHeals(@TempDir Path directory) {
        try (PrivateServer server = PrivateServer.start(directory, Map.of())) {
            TestDatabase own = server.database();
            own.execute("create table example (id bigserial primary key, msg text)");
            try (Subscriber subscriber = Subscriber.start(own, "")) {
                own.execute("insert into example (msg) values ('before')");
                subscriber.awaitModifications(1);

                server.stop();
                await().atMost(Subscriber.PATIENCE)
                        .until(() ->
                                String.valueOf(subscriber.status().problem()).contains("Cannot connect to localhost"));
                assertThat(subscriber.status().state()).isEqualTo(StreamState.RETRYING);

                server.startAgain(Map.of());
                own.execute("insert into example (msg) values ('after')");
                await().atMost(Subscriber.PATIENCE).until(() -> subscriber.modifications().stream()
                        .anyMatch(change -> "after".equals(change.after().value(1))));
                subscriber.awaitAllConfirmed();
            }
        }
    }

    @Test
    void aSecondInstanceStandsByUntilTheFirstIsGone() {
        Subscriber first = Subscriber.start(database, "");
        try (Subscriber second = Subscriber.route(database, "", stream -> stream.process(exchange -> {}))) {
            await().atMost(Subscriber.PATIENCE).until(() -> second.status().state() == StreamState.STANDBY);
            assertThat(second.status().problem()).contains(second.name()).contains("in use");
            assertThat(second.status().state().isHealthy()).isTrue();

            first.close();
            second.awaitStreaming();
            database.execute("insert into example (msg) values ('a')");
            second.awaitAllConfirmed();
        }
    }

    @Test
    void afterATakeoverTheFirstInstanceDeliversNoMoreOfWhatItHadReadAhead() {
        AtomicInteger delivered = new AtomicInteger();
        AtomicBoolean slow = new AtomicBoolean(true);
        try (Subscriber first = Subscriber.route(
                        database,
                        "",
                        stream -> stream.process(exchange -> {
                            delivered.incrementAndGet();
                            if (slow.get()) {
                                new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
                            }
                        }))
                .awaitStreaming()) {
            database.execute("insert into example (msg) select 'm' || g from generate_series(1, 2000) g");
            await().atMost(Subscriber.PATIENCE).until(() -> delivered.get() > 20);
            database.query("select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '"
                    + first.name() + "'");
            try (Subscriber second = Subscriber.start(database, "")) {
                second.awaitModifications(2000);
                int deliveredByFirst = delivered.get();
                slow.set(false);
                database.execute("update example set msg = 'newest' where id = 1999");
                second.awaitModifications(2001);
                assertThat(delivered.get()).isEqualTo(deliveredByFirst).isLessThan(2000);
            }
        }
    }

    @Test
    void aPublicationThatIsDroppedStopsTheStreamWithAWordOnWhatIsLost() {
        Subscriber subscriber = Subscriber.start(database, "");
        database.execute("insert into example (msg) values ('a')");
        subscriber.awaitModifications(1);
        database.execute("drop publication " + subscriber.name(), "insert into example (msg) values ('b')");
        await().atMost(Subscriber.PATIENCE).until(() -> subscriber.status().state() == StreamState.STOPPED);
        assertThat(subscriber.status().problem()).contains("publication").contains("pg_drop_replication_slot");
        subscriber.close();

        try (Subscriber again = Subscriber.route(database, "", stream -> stream.process(exchange -> {}))) {
            await().atMost(Subscriber.PATIENCE).until(() -> again.status().state() == StreamState.STOPPED);
            assertThat(database.query("select 1 from pg_publication")).isEmpty();
        }
    }

    @Test
    void anInterruptThatAStepLeavesBehindDoesNotEndTheStream() {
        AtomicInteger delivered = new AtomicInteger();
        try (Subscriber subscriber = Subscriber.route(
                        database,
                        "",
                        stream -> stream.process(exchange -> {
                            delivered.incrementAndGet();
                            Thread.currentThread().interrupt();
                        }))
                .awaitStreaming()) {
            database.execute("insert into example (msg) values ('a')", "insert into example (msg) values ('b')");
            subscriber.awaitAllConfirmed();
            assertThat(delivered.get()).isEqualTo(3);
        }
    }

    @Test
    void aFailureIsSaidThoughAnotherExchangeStillHangs() {
        CountDownLatch hanging = new CountDownLatch(1);
        RouteBuilder sink = new RouteBuilder() {
            @Override
            public void configure() {
                from("seda:sink?concurrentConsumers=2")
                        .errorHandler(noErrorHandler())
                        .process(exchange -> {
                            if (exchange.getMessage().getBody() instanceof Modification change) {
                                if ("hangs".equals(change.after().value(1))) {
                                    hanging.await();
                                } else {
                                    throw new IllegalStateException("the sink is down");
                                }
                            }
                        });
            }
        };
        try (Subscriber subscriber = Subscriber.route(
                        database, "", stream -> stream.to("seda:sink?concurrentConsumers=2"), sink)
                .awaitStreaming()) {
            database.execute("insert into example (msg) values ('hangs'), ('fails')");
            await().atMost(Subscriber.PATIENCE).until(() -> subscriber.status().state() == StreamState.RETRYING);
            assertThat(subscriber.status().problem()).contains("the sink is down");
            hanging.countDown();
        }
    }

    @Test
    void whileSuspendedABrokenConnectionHealsAndAQuietSlotMoves() throws Exception {
        database.execute("create schema other", "create table other.t (n int)");
        try (Subscriber subscriber = Subscriber.start(database, "batching=true")) {
            subscriber.context().getRouteController().suspendRoute("stream");
            String walsender = subscriber.slot("active_pid");
            database.query("select pg_terminate_backend(" + walsender + ")");
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> subscriber.slot("active").equals("t")
                            && !subscriber.slot("active_pid").equals(walsender));
            database.execute("insert into other.t select generate_series(1, 1000)");
            subscriber.awaitAllConfirmed();
        }
    }

    @Test
    void aSlotThatIsDroppedUnderTheStreamStopsItWithAWordOnWhatIsLost() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            String slot = subscriber.name();
            database.execute("insert into example (msg) values ('a')");
            subscriber.awaitModifications(1);
            await().atMost(Subscriber.PATIENCE).ignoreExceptions().until(() -> {
                database.execute(
                        "select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '" + slot
                                + "'",
                        "select pg_drop_replication_slot('" + slot + "')");
                return true;
            });

            await().atMost(Subscriber.PATIENCE).until(() -> subscriber.status().state() == StreamState.STOPPED);
            assertThat(subscriber.status().problem())
                    .contains(slot)
                    .contains("dropped")
                    .contains("Restart pg2sink");
            assertThat(database.query("select 1 from pg_replication_slots where slot_name = '" + slot + "'"))
                    .isEmpty();
        }
    }

    @Test
    void aSlotThatLostItsWalStopsTheStreamAndSaysHowToBeginAnew(@TempDir Path directory) {
        Map<String, String> settings =
                Map.of("max_slot_wal_keep_size", "1MB", "min_wal_size", "32MB", "max_wal_size", "32MB");
        try (PrivateServer server = PrivateServer.start(directory, settings)) {
            TestDatabase own = server.database();
            own.execute("create table example (id bigserial primary key, msg text)");
            Subscriber.start(own, "").close();
            await().atMost(Subscriber.PATIENCE).until(() -> {
                own.execute(
                        "insert into example (msg) select repeat('x', 1000) from generate_series(1, 10000)",
                        "select pg_switch_wal()",
                        "checkpoint");
                return own.value("select wal_status from pg_replication_slots").equals("lost");
            });

            try (Subscriber subscriber = Subscriber.route(own, "", stream -> stream.process(exchange -> {}))) {
                await().atMost(Subscriber.PATIENCE)
                        .until(() -> subscriber.status().state() == StreamState.STOPPED);
                assertThat(subscriber.status().problem())
                        .contains("lost")
                        .contains("pg_drop_replication_slot('" + subscriber.name() + "')");
            }
        }
    }

    @Test
    void aQuietDatabaseDoesNotPileUpWal() {
        database.execute("create schema other", "create table other.t (n int)");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into other.t select generate_series(1, 1000)");
            subscriber.awaitAllConfirmed();
            assertThat(subscriber.modifications()).isEmpty();
        }
    }

    @Test
    void aSlowSinkDoesNotLetTheWalsenderTimeOut() throws Exception {
        database.execute(
                "alter database " + database.value("select current_database()") + " set wal_sender_timeout = '2s'");
        CountDownLatch slow = new CountDownLatch(1);
        try (Subscriber subscriber = Subscriber.route(
                        database,
                        "",
                        stream -> stream.process(exchange -> {
                            if (exchange.getMessage().getBody() instanceof Modification) {
                                slow.await();
                            }
                        }))
                .awaitStreaming()) {
            try {
                database.execute("insert into example (msg) select repeat('x', 1000) from generate_series(1, 30000)");
                String walsender = subscriber.slot("active_pid");
                await().pollDelay(Duration.ofSeconds(7))
                        .atMost(Subscriber.PATIENCE)
                        .until(() -> true);
                assertThat(subscriber.slot("active_pid")).isEqualTo(walsender);
                assertThat(subscriber.consumer().getFailures()).isZero();
            } finally {
                slow.countDown();
            }
            subscriber.awaitAllConfirmed();
            assertThat(subscriber.consumer().getFailures()).isZero();
        }
    }
}
