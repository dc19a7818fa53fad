package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Processor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.PrivateServer;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** What Micrometer is told of a stream. */
@Tag("core")
class MetricsIT {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private TestDatabase database;

    @TempDir
    private Path directory;

    @BeforeEach
    void createTable() {
        database = TestServer.newDatabase();
        database.execute(
                "create table example (id int primary key, msg text)", "create table other (id int primary key)");
    }

    private Subscriber subscriber(TestDatabase of, String options, Processor sink) {
        return Subscriber.route(of, options, stream -> {
            stream.getCamelContext().getRegistry().bind("metricsRegistry", registry);
            stream.process(sink);
        });
    }

    @Test
    void whatWasDeliveredIsCountedByTableAndOperation() {
        try (Subscriber subscriber = subscriber(database, "batching=true", exchange -> {})) {
            subscriber.awaitStreaming();
            database.transaction(
                    "insert into example select i, 'x' from generate_series(1, 10) i",
                    "update example set msg = 'y' where id <= 3",
                    "delete from example where id = 1",
                    "insert into other values (1)",
                    "truncate other");
            subscriber.awaitAllConfirmed();

            assertThat(value("pg2sink.entries", "table", "example", "operation", "insert"))
                    .isEqualTo(10);
            assertThat(value("pg2sink.entries", "table", "example", "operation", "update"))
                    .isEqualTo(3);
            assertThat(value("pg2sink.entries", "table", "example", "operation", "delete"))
                    .isEqualTo(1);
            assertThat(value("pg2sink.entries", "table", "other", "operation", "truncate"))
                    .isEqualTo(1);
            assertThat(value("pg2sink.entry.bytes", "table", "example", "operation", "insert"))
                    .isGreaterThan(10);
            assertThat(registry.get("pg2sink.batch.entries").summary().totalAmount())
                    .isEqualTo(10 + 3 + 1 + 1 + 1 + 2); // two are schemas
            assertThat(registry.get("pg2sink.delivery").timer().count()).isPositive();
            assertThat(registry.get("pg2sink.latency").timer().count())
                    .isEqualTo(registry.get("pg2sink.delivery").timer().count());
        }
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void entriesThatAreDeliveredOneByOneAreCountedToo() {
        try (Subscriber subscriber = subscriber(database, "", exchange -> {})) {
            subscriber.awaitStreaming();
            database.execute("insert into example select i, 'x' from generate_series(1, 10) i");
            subscriber.awaitAllConfirmed();
            assertThat(value("pg2sink.entries", "table", "example", "operation", "insert"))
                    .isEqualTo(10);
        }
    }

    @Test
    void lanesCountEachEntryOnce() {
        try (Subscriber subscriber = subscriber(database, "batching=true&lanes=4", exchange -> {})) {
            subscriber.awaitStreaming();
            database.execute("insert into example select i, 'x' from generate_series(1, 1000) i");
            subscriber.awaitAllConfirmed();
            assertThat(value("pg2sink.entries", "table", "example", "operation", "insert"))
                    .isEqualTo(1000);
        }
    }

    @Test
    void positionsFollowTheStreamAndTheLagEnds() {
        CountDownLatch release = new CountDownLatch(1);
        try (Subscriber subscriber = subscriber(database, "batching=true", exchange -> release.await())) {
            subscriber.awaitStreaming();
            await().atMost(Subscriber.PATIENCE).until(() -> value("pg2sink.lag.seconds") == 0);
            database.execute("insert into example values (1, 'x')");
            await().atMost(Subscriber.PATIENCE).until(() -> value("pg2sink.lag.seconds") > 2);
            assertThat(value("pg2sink.in.flight")).isEqualTo(1);
            assertThat(value("pg2sink.received.lsn.bytes")).isGreaterThan(value("pg2sink.delivered.lsn.bytes"));

            release.countDown();
            subscriber.awaitAllConfirmed();
            await().atMost(Subscriber.PATIENCE).until(() -> value("pg2sink.lag.seconds") == 0);
            assertThat(value("pg2sink.received.lsn.bytes"))
                    .isGreaterThanOrEqualTo(value("pg2sink.delivered.lsn.bytes"));
            assertThat(value("pg2sink.delivered.lsn.bytes"))
                    .isGreaterThanOrEqualTo(value("pg2sink.confirmed.lsn.bytes"));
            assertThat(value("pg2sink.streaming")).isEqualTo(1);
            assertThat(value("pg2sink.state", "state", "STREAMING")).isEqualTo(1);
            assertThat(value("pg2sink.state", "state", "RETRYING")).isZero();
            assertThat(registry.get("pg2sink.latency").timer().totalTime(TimeUnit.SECONDS))
                    .isGreaterThan(1); // the lag is up to half a second too large
        } finally {
            release.countDown();
        }
    }

    @Test
    void aFailedDeliveryIsAFailureAReconnectAndARedelivery() {
        AtomicBoolean failing = new AtomicBoolean(true);
        try (Subscriber subscriber = subscriber(database, "batching=true", exchange -> {
            if (failing.get()) {
                throw new IllegalStateException("the sink is down");
            }
        })) {
            subscriber.awaitStreaming();
            database.execute("insert into example values (1, 'x')");
            await().atMost(Subscriber.PATIENCE).until(() -> value("pg2sink.failures") >= 1);
            assertThat(value("pg2sink.streaming")).isZero();
            failing.set(false);
            subscriber.awaitAllConfirmed();
            assertThat(value("pg2sink.reconnects")).isPositive();
            assertThat(value("pg2sink.redeliveries")).isPositive();
            assertThat(value("pg2sink.decode.errors")).isZero();
            assertThat(value("pg2sink.entries", "table", "example", "operation", "insert"))
                    .isEqualTo(1);

            double before = value("pg2sink.redeliveries");
            database.execute("insert into example values (2, 'x')");
            subscriber.awaitAllConfirmed();
            assertThat(value("pg2sink.redeliveries")).isEqualTo(before);
        }
    }

    @Test
    void importsTellTheirRowsJobsAndWaits() {
        database.execute("insert into example select i, 'x' from generate_series(1, 250) i", "analyze");
        try (Subscriber subscriber = subscriber(database, "batching=true&imports=true&chunkSize=100", exchange -> {})) {
            await().atMost(Subscriber.PATIENCE)
                    .untilAsserted(() -> assertThat(value("pg2sink.import.jobs", "state", "completed"))
                            .isEqualTo(2));
            assertThat(value("pg2sink.import.jobs", "state", "active")).isZero();
            assertThat(value("pg2sink.import.rows")).isEqualTo(250);
            assertThat(value("pg2sink.import.rows.left")).isZero();
            assertThat(value("pg2sink.import.chunks")).isGreaterThanOrEqualTo(4);
            assertThat(value("pg2sink.import.wait.seconds")).isPositive();
            assertThat(value("pg2sink.import.failures")).isZero();
            assertThat(value("pg2sink.entries", "table", "example", "operation", "import"))
                    .isEqualTo(250);
            assertThat(subscriber.name()).isNotEmpty();
        }
    }

    @Test
    void aChunkThatHasToBeReadAgainIsCounted() throws Exception {
        database.execute(
                "create table keyless (n int)",
                "alter table keyless replica identity full",
                "insert into keyless select generate_series(1, 20000)");
        AtomicBoolean done = new AtomicBoolean();
        try (Subscriber subscriber = subscriber(database, "batching=true&imports=true", exchange -> {})) {
            Thread writer = new Thread(() -> {
                while (!done.get()) { // without a key nobody knows which row of the chunk that is
                    database.execute("update keyless set n = n where n = 1");
                }
            });
            writer.start();
            try {
                await().atMost(Subscriber.PATIENCE).until(() -> value("pg2sink.import.rereads") > 0);
            } finally {
                done.set(true);
                writer.join();
            }
            subscriber.awaitImport("keyless", "completed");
        }
    }

    @Test
    void theSlotTellsWhatItKeepsAndWhatIsLeftOfIt() throws Exception {
        try (PrivateServer server =
                PrivateServer.start(directory.resolve("data"), Map.of("max_slot_wal_keep_size", "64MB"))) {
            TestDatabase limited = server.database();
            limited.execute("create table example (id int primary key, msg text)");
            boolean hasIdleTimeout = Integer.parseInt(limited.value("show server_version_num")) >= 180000;
            if (hasIdleTimeout) {
                limited.execute("alter system set idle_replication_slot_timeout = '1h'");
                limited.value("select pg_reload_conf()");
            }
            CountDownLatch release = new CountDownLatch(1);
            try (Subscriber subscriber = subscriber(limited, "batching=true", exchange -> release.await());
                    AutoCloseable first = release::countDown) {
                subscriber.awaitStreaming();
                await().atMost(Subscriber.PATIENCE)
                        .untilAsserted(() -> assertThat(value("pg2sink.slot.wal.status", "status", "reserved"))
                                .isEqualTo(1));
                double before = value("pg2sink.slot.left.bytes");
                assertThat(before).isBetween(1e6, 1.3e8);
                limited.execute("insert into example select i, repeat('x', 1000) from generate_series(1, 5000) i");
                await().atMost(Subscriber.PATIENCE).until(() -> value("pg2sink.slot.retained.bytes") > 5_000_000);
                assertThat(value("pg2sink.slot.left.bytes")).isLessThan(before);
                assertThat(value("pg2sink.slot.idle.left.seconds"))
                        .isEqualTo(Double.valueOf(hasIdleTimeout ? 3600 : Double.NaN));
                assertThat(value("pg2sink.slot.observed.timestamp.seconds"))
                        .isCloseTo(System.currentTimeMillis() / 1e3, offset(30.0));
            }
        }
    }

    @Test
    void withoutALimitNothingIsLeftToTell() {
        try (Subscriber subscriber = subscriber(database, "batching=true", exchange -> {})) {
            subscriber.awaitStreaming();
            assertThat(value("pg2sink.slot.left.bytes")).isNaN();
            assertThat(value("pg2sink.slot.idle.left.seconds")).isNaN();
        }
    }

    private double value(String name, String... tags) {
        Meter meter = registry.get(name).tags(tags).meter();
        return meter.measure().iterator().next().getValue();
    }
}
