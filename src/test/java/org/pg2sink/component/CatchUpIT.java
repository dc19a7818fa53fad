package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.CuttableProxy;
import org.pg2sink.PrivateServer;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Modification;
import org.pg2sink.stream.StreamState;

/** A large backlog, which is read by SQL and not from a walsender. */
@Tag("core")
class CatchUpIT {

    private static final String SOON = "catchUpBytes=100000";

    private TestDatabase database;

    @BeforeEach
    void createTable() {
        database = TestServer.newDatabase();
        createTable(database);
    }

    private static void createTable(TestDatabase database) {
        database.execute("create table example (id bigint primary key, msg text)");
    }

    /** Several transactions, about a megabyte in all. */
    private static void makeBacklog(TestDatabase database) {
        for (int i = 0; i < 10; i++) {
            database.execute(
                    "insert into example select " + i + " * 1000 + g, 'row ' || g from generate_series(1, 1000) g");
        }
    }

    private static List<Object> idsTo(long last) {
        return LongStream.rangeClosed(1, last).mapToObj(id -> (Object) id).toList();
    }

    @Test
    void aBacklogComesInItsOrderAndIsConfirmedThenTheStreamGoesOn() {
        Subscriber.start(database, SOON).close();
        makeBacklog(database);
        try (Subscriber subscriber = Subscriber.start(database, SOON + "&batching=true")) {
            database.execute("insert into example values (10001, 'streamed')");
            assertThat(subscriber.awaitModifications(10_001))
                    .extracting(change -> change.after().value(0))
                    .containsExactlyElementsOf(idsTo(10_001));
            subscriber.awaitAllConfirmed();
            assertThat(subscriber.consumer().getFailures()).isZero();
            assertThat(subscriber.catchUps()).isEqualTo(1);
            assertThat(database.query("select slot_name from pg_replication_slots where temporary"))
                    .isEmpty();
        }
    }

    @Test
    void aStreamThatFallsFarBehindCatchesUp() throws Exception {
        Semaphore sink = new Semaphore(0);
        try (Subscriber subscriber = Subscriber.route(
                        database,
                        SOON + "&batching=true&batchSize=700", // what it has collected by then it delivers
                        stream -> stream.process(exchange -> {
                            sink.acquire();
                            sink.release();
                        }))
                .awaitStreaming()) {
            makeBacklog(database);
            // for more than two looks at how far the WAL reaches
            await().atMost(Subscriber.PATIENCE)
                    .during(Duration.ofSeconds(1))
                    .until(() -> subscriber.consumer().getLagBytes() > 100_000);
            sink.release();
            await().atMost(Subscriber.PATIENCE).until(() -> subscriber.catchUps() > 0);
            subscriber.awaitAllConfirmed();
            subscriber.awaitStreaming();
            assertThat(subscriber.consumer().getFailures()).isZero();
        }
    }

    @Test
    void aBacklogThatConcernsNobodyIsConfirmedToo() {
        database.execute("create schema other", "create table other.noise (id int, msg text)");
        Subscriber.start(database, SOON).close();
        database.execute("insert into other.noise select g, 'row ' || g from generate_series(1, 10000) g");
        try (Subscriber subscriber = Subscriber.start(database, SOON)) {
            subscriber.awaitAllConfirmed();
            assertThat(subscriber.catchUps()).isEqualTo(1);
            assertThat(subscriber.modifications()).isEmpty();
        }
    }

    @Test
    void aFailedExchangeIsNotSkipped() {
        Subscriber.start(database, SOON).close();
        makeBacklog(database);
        CountDownLatch failures = new CountDownLatch(2);
        List<Object> delivered = new CopyOnWriteArrayList<>();
        try (Subscriber subscriber = Subscriber.route(
                database,
                SOON + "&batching=true&batchSize=700",
                stream -> stream.process(exchange -> {
                    List<Object> ids = exchange.getMessage().getBody(Batch.class).stream()
                            .filter(Modification.class::isInstance)
                            .map(entry -> ((Modification) entry).after().value(0))
                            .toList();
                    if (failures.getCount() > 0 && ids.contains(5000L)) {
                        failures.countDown();
                        throw new IllegalStateException("the sink is down");
                    }
                    delivered.addAll(ids);
                }))) {
            await().atMost(Subscriber.PATIENCE).until(() -> delivered.contains(10_000L));
            assertThat(delivered.stream().distinct()).containsExactlyElementsOf(idsTo(10_000));
            subscriber.awaitAllConfirmed();
        }
    }

    @Test
    void aNetworkThatIsCutMeanwhileHeals() throws Exception {
        Subscriber.start(database, SOON).close();
        makeBacklog(database);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch cut = new CountDownLatch(1);
        List<Object> delivered = new CopyOnWriteArrayList<>();
        try (CuttableProxy proxy = new CuttableProxy(database);
                Subscriber subscriber = Subscriber.route(
                        proxy.database(),
                        SOON + "&batching=true&batchSize=700",
                        stream -> stream.process(exchange -> {
                            begun.countDown();
                            cut.await();
                            exchange.getMessage().getBody(Batch.class).stream()
                                    .filter(Modification.class::isInstance)
                                    .forEach(entry -> delivered.add(
                                            ((Modification) entry).after().value(0)));
                        }))) {
            begun.await();
            proxy.cut();
            cut.countDown();
            database.execute("insert into example values (10001, 'after')");
            await().atMost(Duration.ofSeconds(120)).until(() -> delivered.contains(10_001L));
            assertThat(delivered.stream().distinct()).containsExactlyElementsOf(idsTo(10_001));
            subscriber.awaitAllConfirmed();
        }
    }

    @Test
    void anotherInstanceWaitsMeanwhile() {
        Subscriber.start(database, SOON).close();
        makeBacklog(database);
        CountDownLatch sink = new CountDownLatch(1);
        try (Subscriber first = Subscriber.route(
                database, SOON + "&batching=true", stream -> stream.process(exchange -> sink.await()))) {
            await().atMost(Subscriber.PATIENCE).until(() -> first.status().state() == StreamState.CATCHING_UP);
            assertThat(first.status().state().isHealthy()).isTrue();
            try (Subscriber second = Subscriber.route(database, SOON, stream -> stream.process(exchange -> {}))) {
                await().atMost(Subscriber.PATIENCE).until(() -> second.status().state() == StreamState.STANDBY);
                assertThat(second.status().problem()).contains("catches up");
            }
            sink.countDown();
            first.awaitAllConfirmed();
        }
    }

    @Test
    void switchedOffTheBacklogIsStreamed() {
        Subscriber.start(database, SOON).close();
        makeBacklog(database);
        try (Subscriber subscriber = Subscriber.start(database, SOON + "&catchUp=false")) {
            subscriber.awaitModifications(10_000);
            assertThat(subscriber.catchUps()).isZero();
        }
    }

    @Test
    void aBacklogOfWideRowsIsStreamedOnceThatIsKnown() throws Exception {
        Subscriber.start(database, SOON).close();
        for (int i = 0; i < 20; i++) {
            database.execute("insert into example select " + i + " * 100 + g, (select string_agg(md5(g::text || n), '')"
                    + " from generate_series(1, 80) n) from generate_series(1, 100) g");
        }
        Semaphore sink = new Semaphore(1_000);
        List<Object> ids = new CopyOnWriteArrayList<>();
        try (Subscriber subscriber = Subscriber.route(
                database,
                SOON + "&announceSchemas=false",
                stream -> stream.process(exchange -> {
                    sink.acquire();
                    ids.add(exchange.getMessage()
                            .getBody(Modification.class)
                            .after()
                            .value(0));
                }))) {
            await().atMost(Subscriber.PATIENCE).until(() -> ids.size() == 1_000);
            assertThat(subscriber.status().state()).isEqualTo(StreamState.STREAMING);
            sink.release(Integer.MAX_VALUE);
            await().atMost(Subscriber.PATIENCE).until(() -> ids.size() >= 2_000);
            assertThat(ids).containsExactlyElementsOf(idsTo(2_000));
            assertThat(subscriber.catchUps()).isEqualTo(1);
            assertThat(subscriber.consumer().getFailures()).isZero();
        }
    }

    @Test
    void withoutTwoSlotsToSpareTheBacklogIsStreamed(@TempDir Path directory) {
        try (PrivateServer server = PrivateServer.start(directory, Map.of("max_replication_slots", "2"))) {
            createTable(server.database());
            Subscriber.start(server.database(), SOON).close();
            makeBacklog(server.database());
            try (Subscriber subscriber = Subscriber.start(server.database(), SOON)) {
                subscriber.awaitModifications(10_000);
                assertThat(subscriber.catchUps()).isZero();
                assertThat(subscriber.consumer().getFailures()).isZero();
            }
        }
    }

    @Test
    void aBacklogIsStreamedIfAnOldTransactionWouldHaveALotDecodedAgainForEachPiece() throws Exception {
        Subscriber.start(database, SOON).close();
        database.execute("create schema other", "create table other.noise (msg text)");
        try (OpenTransaction old =
                new OpenTransaction(database.connect()).execute("insert into other.noise values ('old')")) {
            database.execute("insert into other.noise select repeat('x', 1000) from generate_series(1, 80000)");
            try (Subscriber subscriber = Subscriber.start(database, SOON + "&catchUp=false")) {
                subscriber.awaitAllConfirmed();
            }
            makeBacklog(database);
            try (Subscriber subscriber = Subscriber.start(database, SOON)) {
                subscriber.awaitModifications(10_000);
                assertThat(subscriber.catchUps()).isZero();
                assertThat(subscriber.consumer().getFailures()).isZero();
            }
        }
    }
}
