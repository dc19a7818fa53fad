package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
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
import org.pg2sink.sinks.sql.DatabaseCopy;
import org.pg2sink.stream.StreamState;

/** A sink that takes its time for each exchange, and several threads that wait for it. */
@Tag("core")
class LanesIT {

    private static final int LANES = 8;
    private static final int ROWS = 400;
    private static final int VERSIONS = 4;
    private static final int SINK_MILLIS = 10;

    private TestDatabase database;
    private final List<Arrival> arrivals = new ArrayList<>();

    private record Arrival(Modification change, long nanos, String thread) {

        int id() {
            return (Integer) change.row().get("id");
        }

        int version() {
            return (Integer) change.row().get("version");
        }
    }

    @BeforeEach
    void createTable() {
        database = TestServer.newDatabase();
        database.execute("create table example (id int primary key, version int)");
    }

    private void arrive(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        List<Entry> entries = body instanceof Batch batch ? batch : List.of((Entry) body);
        synchronized (arrivals) {
            for (Entry entry : entries) {
                if (entry instanceof Modification change) {
                    arrivals.add(new Arrival(
                            change, System.nanoTime(), Thread.currentThread().getName()));
                }
            }
        }
    }

    private List<Arrival> arrivals() {
        synchronized (arrivals) {
            return List.copyOf(arrivals);
        }
    }

    private Subscriber slowly(String options) {
        return Subscriber.route(database, "announceSchemas=false&" + options, stream -> stream.delay(SINK_MILLIS)
                        .syncDelayed()
                        .process(this::arrive))
                .awaitStreaming();
    }

    private void awaitArrivals(int count) {
        await().atMost(Subscriber.PATIENCE).until(() -> arrivals().size() >= count);
    }

    /** Writes a number of rows, and each of them again and again. */
    private void write(int rows) {
        database.execute("insert into example select g, 1 from generate_series(1, " + rows + ") g");
        for (int version = 2; version <= VERSIONS; version++) {
            database.execute("update example set version = " + version);
        }
    }

    private double ratePerSecond() {
        List<Arrival> all = arrivals();
        return (all.size() - 1)
                * 1e9
                / (all.get(all.size() - 1).nanos() - all.get(0).nanos());
    }

    /** The versions of each row, as they arrived. */
    private Map<Integer, List<Integer>> versions() {
        Map<Integer, List<Integer>> versions = new HashMap<>();
        for (Arrival arrival : arrivals()) {
            versions.computeIfAbsent(arrival.id(), id -> new ArrayList<>()).add(arrival.version());
        }
        return versions;
    }

    @Test
    void aSlowSinkGetsTheChangesOfEachRowInOrderAtAMultipleOfTheRate() {
        double alone;
        try (Subscriber subscriber = slowly("lanes=1")) {
            write(ROWS / LANES);
            awaitArrivals(ROWS / LANES * VERSIONS);
            alone = ratePerSecond();
            subscriber.awaitAllConfirmed();
        }
        database.execute("truncate example");
        try (Subscriber subscriber = slowly("lanes=" + LANES)) {
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> arrivals().size() > ROWS / LANES * VERSIONS); // the truncate
            subscriber.awaitAllConfirmed();
            arrivals.clear();
            write(ROWS);
            awaitArrivals(ROWS * VERSIONS);

            assertThat(ratePerSecond() / alone).isGreaterThan(0.6 * LANES);
            assertThat(versions().values()).hasSize(ROWS).containsOnly(List.of(1, 2, 3, 4));
            subscriber.awaitAllConfirmed();
        }
    }

    @Test
    void batchesAreSplitByKey() {
        try (Subscriber subscriber = slowly("batching=true&batchTimeout=50&lanes=" + LANES)) {
            write(ROWS);
            awaitArrivals(ROWS * VERSIONS);

            assertThat(versions().values()).hasSize(ROWS).containsOnly(List.of(1, 2, 3, 4));
            subscriber.awaitAllConfirmed();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lanes=4", "lanes=4&batching=true&batchSize=20"})
    void failuresAndCutConnectionsLoseNothing(String options) {
        AtomicInteger deliveries = new AtomicInteger();
        try (Subscriber subscriber = Subscriber.route(
                        database, "announceSchemas=false&" + options, stream -> stream.delay(1)
                                .syncDelayed()
                                .process(exchange -> {
                                    if (deliveries.incrementAndGet() % 40 == 0 && deliveries.get() < 100) {
                                        throw new IllegalStateException("The sink is away");
                                    }
                                })
                                .process(this::arrive))
                .awaitStreaming()) {
            write(ROWS);
            await().atMost(Subscriber.PATIENCE).until(() -> deliveries.get() > 50);
            subscriber.slot("pg_terminate_backend(active_pid)");
            subscriber.awaitAllConfirmed();

            assertThat(subscriber.consumer().getFailures()).isPositive();
            assertThat(versions().values()).hasSize(ROWS).allSatisfy(versions -> {
                assertThat(versions).contains(1, 2, 3, 4).endsWith(4);
                // what comes again begins at an earlier version, and goes on without a gap
                assertThat(IntStream.range(1, versions.size()))
                        .allMatch(i -> versions.get(i) <= versions.get(i - 1) + 1);
            });
        }
    }

    @Test
    void aStopDeliversWhatWaitsAndRepeatsNothing() {
        int rows = 50;
        try (Subscriber subscriber = slowly("lanes=4")) {
            database.execute("do $$ begin for v in 1.." + VERSIONS + " loop for i in 1.." + rows
                    + " loop insert into example values (i, v) on conflict on constraint example_pkey"
                    + " do update set version = excluded.version; commit; end loop; end loop; end $$");
            awaitArrivals(rows);
        }
        assertThat(arrivals()).as("the route was stopped in the middle").hasSizeLessThan(rows * VERSIONS);
        try (Subscriber subscriber = slowly("lanes=4")) {
            subscriber.awaitAllConfirmed();

            assertThat(versions().values()).hasSize(rows).containsOnly(List.of(1, 2, 3, 4));
        }
    }

    @Test
    void aChangeOfTheKeyATruncateAndAMessageKeepTheirPlace() {
        try (Subscriber subscriber = slowly("lanes=" + LANES)) {
            database.execute(
                    "insert into example select g, 1 from generate_series(1, 40) g",
                    "update example set id = id + 1000 where id <= 20", // some of them change the lane
                    "update example set version = 2",
                    "select pg_logical_emit_message(true, 'note', 'all are there')",
                    "truncate example",
                    "insert into example values (7, 3)");
            awaitArrivals(40 + 20 + 40 + 1 + 1 + 1);

            List<Arrival> all = arrivals();
            List<Operation> operations =
                    all.stream().map(arrival -> arrival.change().operation()).toList();
            List<Integer> versions =
                    all.subList(0, 100).stream().map(Arrival::version).toList();
            assertThat(operations.subList(0, 100).lastIndexOf(Operation.INSERT))
                    .as(
                            "the last row, where a change of the key waits for all before it, and all after it wait for that")
                    .isLessThan(versions.indexOf(2));
            List<String> told = all.subList(0, 100).stream()
                    .map(arrival -> arrival.id() + " version " + arrival.version())
                    .toList();
            assertThat(told).hasSize(100).doesNotHaveDuplicates();
            for (int id = 1; id <= 20; id++) {
                String moved = id + 1000 + " version ";
                assertThat(told).containsSubsequence(id + " version 1", moved + 1, moved + 2);
            }
            for (int id = 21; id <= 40; id++) {
                assertThat(told).containsSubsequence(id + " version 1", id + " version 2");
            }
            assertThat(operations.subList(100, 103))
                    .containsExactly(Operation.MESSAGE, Operation.TRUNCATE, Operation.INSERT);
        }
    }

    @Test
    void aTableWithoutAKeyKeepsItsOrder() {
        database.execute("create table log (id int, version int)", "alter table log replica identity full");
        try (Subscriber subscriber = slowly("lanes=" + LANES)) {
            database.execute(
                    "insert into log select g, 1 from generate_series(1, 50) g",
                    "insert into log select g, 1 from generate_series(51, 100) g");
            awaitArrivals(100);

            assertThat(arrivals()).extracting(Arrival::id).isSorted();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lanes=4&chunkSize=30", "lanes=4&batching=true&chunkSize=30"})
    void anImportTakesTheLanesTooAndKeepsItsPlaceInTheStream(String options) {
        database.execute("insert into example select g, 1 from generate_series(1, 100) g");
        AtomicBoolean refuse = new AtomicBoolean(true);
        try (Subscriber subscriber = Subscriber.route(
                database, "imports=true&announceSchemas=false&" + options, stream -> stream.delay(SINK_MILLIS)
                        .syncDelayed()
                        .process(this::arrive)
                        .process(exchange -> {
                            if (arrivals().size() > 40 && refuse.compareAndSet(true, false)) {
                                throw new IllegalStateException("The sink is away");
                            }
                        }))) {
            subscriber.awaitStreaming();
            for (int version = 2; version <= VERSIONS; version++) {
                database.execute("update example set version = " + version);
            }
            subscriber.awaitAllImported().awaitAllConfirmed();

            List<Operation> operations = operations();
            assertThat(operations).containsOnlyOnce(Operation.IMPORT_END);
            assertThat(operations.indexOf(Operation.IMPORT_BEGIN)).isLessThan(operations.indexOf(Operation.IMPORT));
            assertThat(operations.lastIndexOf(Operation.IMPORT)).isLessThan(operations.indexOf(Operation.IMPORT_END));
            assertThat(arrivals().stream()
                            .filter(arrival -> arrival.change().operation() == Operation.IMPORT)
                            .map(Arrival::thread)
                            .distinct())
                    .hasSizeGreaterThan(1);
            arrivals.removeIf(arrival -> arrival.change().row() == null);
            assertThat(versions().values())
                    .hasSize(100)
                    .allMatch(versions -> versions.get(versions.size() - 1) == VERSIONS);
        }
    }

    private List<Operation> operations() {
        return arrivals().stream().map(arrival -> arrival.change().operation()).toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theSqlSinkRefusesLanesInOneSentence(boolean replaced) {
        DatabaseCopy copy = new DatabaseCopy();
        try (Subscriber subscriber = Subscriber.route(database, "batching=true&lanes=2", stream -> (replaced
                                ? stream.setBody(
                                        exchange -> exchange.getMessage().getBody())
                                : stream)
                        .process(copy))
                .awaitStreaming()) {
            database.execute("insert into example values (1, 1)");

            await().atMost(Subscriber.PATIENCE).until(() -> subscriber.status().state() == StreamState.RETRYING);
            assertThat(subscriber.status().problem())
                    .contains("With lanes the parts of a transaction arrive beside each other")
                    .contains("set lanes=1 for a sink that asks, such as the SQL sink.");
        }
    }

    @Test
    void aRouteOfSingleEntriesThatAsksForTheEndOfTransactionsIsRefusedToo() {
        try (Subscriber subscriber = Subscriber.route(database, "lanes=2", stream -> stream.filter()
                        .simple("${header.CamelPg2sinkTransactionEnd} == true")
                        .process(this::arrive))
                .awaitStreaming()) {
            database.execute("insert into example values (1, 1)");

            await().atMost(Subscriber.PATIENCE).until(() -> subscriber.status().state() == StreamState.RETRYING);
            assertThat(subscriber.status().problem()).contains("With lanes the parts of a transaction");
        }
    }
}
