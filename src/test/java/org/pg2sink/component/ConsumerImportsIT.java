package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Schema;

/** A route of one's own that asks its consumer for imports, and has no other route for them. */
@Tag("core")
class ConsumerImportsIT {

    private static final String HOLD_JOB = "select from pg2sink.import_jobs for update";

    private TestDatabase database;

    @BeforeEach
    void createExample() {
        database = TestServer.newDatabase();
        database.execute(
                "create table example (id int primary key, msg text)",
                "insert into example select g, 'row ' || g from generate_series(1, 100) g");
    }

    private static List<Operation> operations(Subscriber subscriber) {
        return subscriber.modifications().stream().map(Modification::operation).toList();
    }

    private static List<Object> ids(Subscriber subscriber) {
        return subscriber.modifications().stream()
                .map(change -> change.row().get("id"))
                .toList();
    }

    private static void awaitCount(Subscriber subscriber, int count) {
        await().atMost(Subscriber.PATIENCE)
                .until(() -> subscriber.modifications().size() >= count);
    }

    /** Imports by a route that does something before it gets the first rows. */
    private Subscriber delivering(Step first) {
        AtomicInteger exchanges = new AtomicInteger();
        return Subscriber.collecting(database, "imports=true&batching=true", exchange -> {
            if (exchanges.incrementAndGet() == 1) {
                first.run();
            }
        });
    }

    private interface Step {
        void run() throws Exception;
    }

    private String noted() {
        return database.value("select sum(rows_processed_total) from pg2sink.import_jobs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"imports=true", "imports=true&batching=true", "imports=true&batching=true&chunkSize=7"})
    void theRouteGetsTheRowsThatWereThereBefore(String options) {
        try (Subscriber subscriber = Subscriber.start(database, options)) {
            awaitCount(subscriber, 100);
            database.execute("insert into example values (101, 'streamed')");
            awaitCount(subscriber, 101);

            assertThat(ids(subscriber))
                    .isEqualTo(IntStream.rangeClosed(1, 101).boxed().toList());
            assertThat(operations(subscriber).subList(0, 100)).containsOnly(Operation.IMPORT);
            assertThat(operations(subscriber).get(100)).isEqualTo(Operation.INSERT);
        }
    }

    @Test
    void aStopThatWaitsForADeliveryWarnsOfNothing() throws Exception {
        CountDownLatch delivering = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Processor slowForInserts = exchange -> {
            if ("insert".equals(exchange.getMessage().getHeader(Pg2sinkConstants.OPERATION))) {
                delivering.countDown();
                release.await();
            }
        };
        try (Log log = new Log();
                Subscriber subscriber =
                        Subscriber.route(database, "imports=true", stream -> stream.process(slowForInserts))) {
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> !log.lines("imported public.example").isEmpty());
            database.execute("insert into example values (101, 'streamed')");
            delivering.await();
            Thread stop = new Thread(subscriber.consumer()::stop);
            stop.start();
            await().during(Duration.ofSeconds(3))
                    .atMost(Subscriber.PATIENCE)
                    .until(() -> log.lines("no imports for now").isEmpty());
            release.countDown();
            stop.join();
        }
    }

    @Test
    void theStreamGoesOnBeforeTheImportHasNotedAChunk() throws Exception {
        try (OpenTransaction holding = new OpenTransaction(database.connect());
                Subscriber subscriber = delivering(() -> holding.execute(HOLD_JOB))) {
            awaitCount(subscriber, 100);
            database.execute("insert into example values (101, 'streamed')");
            awaitCount(subscriber, 101);

            assertThat(noted()).isEqualTo("0");
            holding.connection().commit();
        }
    }

    @Test
    void aRouteThatStopsWaitsUntilTheImportHasNotedItsChunk() throws Exception {
        try (Log log = new Log();
                OpenTransaction holding = new OpenTransaction(database.connect());
                Subscriber subscriber = delivering(() -> holding.execute(HOLD_JOB))) {
            awaitCount(subscriber, 100);
            Thread stop = new Thread(subscriber::stopRoute);
            stop.start();
            await().during(Duration.ofSeconds(3)).until(stop::isAlive);
            holding.connection().commit();
            stop.join();

            assertThat(noted()).isEqualTo("100");
            assertThat(log.lines("comes again")).isEmpty();
        }
    }

    @Test
    void aRouteThatDoesNotAskGetsNone() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into example values (101, 'streamed')");
            awaitCount(subscriber, 1);

            assertThat(ids(subscriber)).containsExactly(101);
        }
    }

    @Test
    void withoutAnnouncementsNoSchemaComes() {
        AtomicInteger schemas = new AtomicInteger();
        AtomicInteger rows = new AtomicInteger();
        try (Subscriber subscriber = Subscriber.route(
                database,
                "imports=true&batching=true&announceSchemas=false",
                stream -> stream.process(exchange -> {
                    for (Entry entry : exchange.getMessage().getBody(Batch.class)) {
                        if (!Subscriber.isImportMark(entry)) {
                            (entry instanceof Schema ? schemas : rows).incrementAndGet();
                        }
                    }
                }))) {
            await().atMost(Subscriber.PATIENCE).until(() -> rows.get() == 100);

            assertThat(schemas).hasValue(0);
        }
    }

    @Test
    void aChunkThatTheRouteRefusesComesAgain() {
        AtomicInteger refused = new AtomicInteger();
        try (Subscriber subscriber = Subscriber.route(
                database,
                "imports=true&batching=true",
                stream -> stream.process(exchange -> {
                    if (refused.incrementAndGet() == 1) {
                        throw new IllegalStateException("The sink is away");
                    }
                }))) {
            await().atMost(Subscriber.PATIENCE).until(() -> refused.get() >= 2);
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> "completed".equals(database.value("select state from pg2sink.import_jobs")));
        }
    }

    @Test
    void aRouteThatContinuesOnAnotherThreadIsWaitedFor() {
        Subscriber[] collecting = new Subscriber[1];
        try (Subscriber subscriber =
                Subscriber.route(database, "imports=true&batching=true&chunkSize=10", stream -> stream.threads(3)
                        .process(exchange -> collecting[0].collect(exchange)))) {
            collecting[0] = subscriber;
            awaitCount(subscriber, 100);

            assertThat(ids(subscriber))
                    .isEqualTo(IntStream.rangeClosed(1, 100).boxed().toList());
        }
    }

    @Test
    void aSecondRouteThatImportsIsIdle() {
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.route(
                        database, "imports=true&batching=true", stream -> stream.to("mock:rows"), new RouteBuilder() {
                            @Override
                            public void configure() {
                                from("scheduler:imports?delay=50")
                                        .to("pg2sink:" + Subscriber.nameFor(database) + "?operation=import");
                            }
                        })) {
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> !log.lines("two routes import").isEmpty());
        }
    }

    @Test
    void importsNeedConfirmation() {
        assertThatThrownBy(() -> Subscriber.start(database, "imports=true&confirm=false"))
                .hasStackTraceContaining("The option imports needs confirm=true");
    }
}
