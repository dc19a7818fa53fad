package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Schema;
import org.pg2sink.stream.StreamState;

/** What an import job delivers, and what becomes of it. */
@Tag("core")
class ImportIT {

    private static final Duration A_WHILE = Duration.ofMillis(700);

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
    }

    /** @param sink gets the chunks that have rows */
    private Subscriber importing(String options, Processor sink) {
        Processor ofRows = chunk -> {
            if (chunk.getMessage().getBody(Batch.class).stream()
                    .anyMatch(entry -> entry instanceof Modification && !Subscriber.isImportMark(entry))) {
                sink.process(chunk);
            }
        };
        return Subscriber.importing(database, Subscriber.nameFor(database), "", options, ofRows)
                .awaitStreaming();
    }

    /** A table of {@code rows} rows, with the ids from 1. */
    private void createExample(int rows) {
        database.execute(
                "create table example (id bigint primary key, msg text)",
                "insert into example select g, 'row ' || g from generate_series(1, " + rows + ") g");
    }

    private static List<String> ids(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(String::valueOf).toList();
    }

    private static boolean isOf(Exchange chunk, String table) {
        return table.equals(chunk.getMessage().getHeader(Pg2sinkConstants.TABLE));
    }

    @Test
    void theRowsOfATableComeOnceAfterItsSchemaInTheOrderOfItsKey() {
        createExample(250);
        try (Subscriber subscriber =
                Subscriber.importing(database, "chunkSize=100").awaitAllImported()) {
            List<Entry> entries = subscriber.entries();
            assertThat(entries.get(0)).isInstanceOf(Schema.class);
            assertThat(subscriber.modifications()).hasSize(250).allSatisfy(row -> {
                assertThat(row.operation()).isEqualTo(Operation.IMPORT);
                assertThat(row.before()).isNull();
            });
            assertThat(subscriber.imported("example", "id")).isEqualTo(ids(1, 250));
            assertThat(entries).hasSize(251);
        }
    }

    @Test
    void aRunHasABeginAndAnEndWithItsNumber() {
        createExample(3);
        try (Subscriber subscriber = Subscriber.importing(database, "chunkSize=2")) {
            subscriber.awaitImport("example", "completed");
            List<Modification> run = subscriber.allEntries().stream()
                    .filter(Modification.class::isInstance)
                    .map(Modification.class::cast)
                    .toList();
            assertThat(subscriber.allEntries().get(0)).isInstanceOf(Schema.class);
            assertThat(run)
                    .extracting(Modification::operation)
                    .containsExactly(
                            Operation.IMPORT_BEGIN,
                            Operation.IMPORT,
                            Operation.IMPORT,
                            Operation.IMPORT,
                            Operation.IMPORT_END);
            assertThat(run)
                    .extracting(change -> change.transaction().importRun())
                    .containsOnly(Long.valueOf(subscriber.job("example", "id")));
            assertThat(run.get(0).row()).isNull();
        }
    }

    @Test
    void aRunThatStartsAnewBeginsAgainUnderAnotherNumber() {
        createExample(1);
        try (Subscriber subscriber = Subscriber.importing(database, "").awaitAllImported()) {
            subscriber.ask("resyncTable", "example");
            subscriber.awaitModifications(2);
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> subscriber.allEntries().stream()
                                    .filter(Subscriber::isImportMark)
                                    .map(mark -> mark.transaction().importRun())
                                    .distinct()
                                    .count()
                            == 2);
        }
    }

    @Test
    void aTableThatAppearsWhileRunningIsImportedToo() {
        try (Subscriber subscriber = Subscriber.importing(database, "")) {
            createExample(3);
            subscriber.awaitImport("example", "completed");
            assertThat(subscriber.modifications().stream()
                            .map(row -> row.after().value(0))
                            .distinct())
                    .hasSize(3);
        }
    }

    @Test
    void aTransactionThatIsOpenWhileItsTableIsPublishedIsWaitedFor() throws SQLException {
        createExample(0);
        try (Subscriber subscriber = Subscriber.importing(database, "").awaitAllImported();
                Connection early = database.connect()) {
            database.execute("create schema other", "create table other.late (id int primary key)");
            early.setAutoCommit(false);
            early.createStatement().execute("insert into other.late values (1)");
            database.execute("insert into other.late values (2)");
            subscriber.ask("addTable", "other", "late");
            database.execute("insert into other.late values (3)");

            subscriber.awaitModifications(1); // the third, by stream
            await().during(A_WHILE)
                    .atMost(Subscriber.PATIENCE)
                    .until(() -> subscriber.imported("late").isEmpty());

            early.commit();
            subscriber.awaitImport("late", "completed");
            assertThat(subscriber.imported("late", "id")).containsExactly("1", "2", "3");
        }
    }

    // failure

    @Test
    void aChunkThatFailedComesAgainFromWhereItWasWithItsSchemaWhileAllElseGoesOn() {
        createExample(3);
        database.execute("create table other (id int primary key)", "insert into other values (7)");
        CountDownLatch mended = new CountDownLatch(1);
        try (Subscriber subscriber = importing("chunkSize=1", chunk -> {
            if (isOf(chunk, "example") && mended.getCount() > 0) {
                throw new IllegalStateException("the sink is down");
            }
        })) {
            subscriber.awaitImport("other", "completed");
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> !subscriber.job("example", "error_count").equals("0"));
            database.execute("insert into other values (8)");
            await().atMost(Subscriber.PATIENCE).until(() -> subscriber.modifications().stream()
                    .anyMatch(row -> row.operation() == Operation.INSERT));
            assertThat(subscriber.job("example", "error")).contains("the sink is down");
            assertThat(subscriber.job("example", "cursor")).isNull();
            assertThat(subscriber.job("example", "state")).isEqualTo("active");
            assertThat(subscriber.imported("example")).isEmpty();

            mended.countDown();
            subscriber.ask("retryImport", "example");
            subscriber.awaitImport("example", "completed");
            assertThat(subscriber.imported("example", "id")).isEqualTo(ids(1, 3));
            assertThat(subscriber.job("example", "error || error_count")).isNull();
        }
    }

    @Test
    void aJobThatFailsIsDueAgainAfterFiveSecondsThenThreeTimesAsLongEachTimeUpToAnHour() {
        createExample(1);
        try (Subscriber subscriber = importing("", chunk -> {
            throw new IllegalStateException("the sink is down");
        })) {
            double expected = 5;
            for (int failures = 1; failures <= 4; failures++, expected *= 3) {
                assertThat(delayAfter(subscriber, failures)).isBetween(expected * 0.89, expected * 1.11);
                subscriber.ask("retryImport", "example");
            }
            assertThat(delayAfter(subscriber, 5)).isBetween(360.0, 450.0);
            database.execute("update pg2sink.import_jobs set error_count = 50, due_at = now()");
            assertThat(delayAfter(subscriber, 51)).isBetween(2_900.0, 3_600.0);
        }
    }

    private static double delayAfter(Subscriber subscriber, int failures) {
        await().atMost(Subscriber.PATIENCE)
                .ignoreExceptions()
                .until(() -> subscriber.job("example", "error_count").equals(String.valueOf(failures)));
        return Double.parseDouble(subscriber.job("example", "extract(epoch from due_at - last_error_at)"));
    }

    // tables that change

    @Test
    void aTableThatIsDroppedMeanwhileIsNoLongerImported() {
        createExample(3);
        database.execute("create table other (id int primary key)", "insert into other values (7)");
        try (Subscriber subscriber = importing("chunkSize=1", chunk -> {
            if (isOf(chunk, "example")) {
                database.execute("drop table example");
            }
        })) {
            subscriber.awaitImport("other", "completed");
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> database.value("select count(*) from pg2sink.import_jobs where expired_at is null")
                            .equals("1"));
            assertThat(subscriber.imported("example")).hasSize(1);
        }
    }

    @Test
    void aTableThatIsDroppedAndMadeAnewIsImportedAnew() {
        createExample(2);
        try (Subscriber subscriber = Subscriber.importing(database, "").awaitAllImported()) {
            database.transaction(
                    "drop table example",
                    "create table example (code text primary key)",
                    "insert into example values ('a')");
            subscriber.awaitModifications(3);
            assertThat(subscriber.modifications().get(2).after().toMap())
                    .containsExactly(java.util.Map.entry("code", "a"));
        }
    }

    @Test
    void aTableThatIsRenamedMeanwhileGoesOnUnderItsNewName() {
        createExample(3);
        try (Subscriber subscriber = importing("chunkSize=1", chunk -> {
            if (isOf(chunk, "example")) {
                database.execute("alter table example rename to renamed");
            }
        })) {
            subscriber.awaitImport("renamed", "completed");
            assertThat(subscriber.imported("example", "id")).containsExactly("1");
            assertThat(subscriber.imported("renamed", "id")).containsExactly("2", "3");
        }
    }

    @Test
    void aKeyThatChangesMeanwhileEndsAnImportInItsOrderUntilSomebodyResyncsTheTable() {
        createExample(3);
        database.execute( // else it is read by places
                "alter table example add long text",
                "alter table example alter long set storage external",
                "update example set long = repeat('x', 3000)");
        AtomicInteger chunks = new AtomicInteger();
        try (Subscriber subscriber = importing("chunkSize=1", chunk -> {
            if (chunks.incrementAndGet() == 2) {
                database.execute("alter table example drop constraint example_pkey, add primary key (msg)");
            }
        })) {
            subscriber.awaitImport("example", "failed");
            assertThat(subscriber.job("example", "error"))
                    .startsWith("The key of public.example changed from (\"id\" bigint)")
                    .contains("resync");

            subscriber.ask("resyncTable", "example");
            subscriber.awaitImport("example", "completed");
            assertThat(subscriber.imported("example", "id")).containsExactly("1", "2", "1", "2", "3");
        }
    }

    @Test
    void aKeyColumnThatGetsAnotherTypeMeanwhileHasTheTableImportedAnew() {
        createExample(3);
        AtomicInteger chunks = new AtomicInteger();
        try (Subscriber subscriber = importing("chunkSize=1", chunk -> {
            if (chunks.incrementAndGet() == 2) {
                database.execute("alter table example alter column id type text");
            }
        })) {
            subscriber.awaitImport("example", "completed");
            assertThat(subscriber.imported("example", "id"))
                    .endsWith("1", "2", "3")
                    .hasSizeGreaterThan(3);
        }
    }

    @Test
    void aTableThatLeavesThePublicationAndComesBackIsImportedAnew() {
        createExample(2);
        try (Subscriber subscriber = Subscriber.importing(database, "").awaitAllImported()) {
            database.transaction(
                    "alter publication " + subscriber.name() + " drop table example",
                    "alter publication " + subscriber.name() + " add table example");
            subscriber.awaitModifications(4);
            assertThat(subscriber.imported("example", "id")).containsExactly("1", "2", "1", "2");
        }
    }

    @Test
    void withANewSlotAllTablesAreImportedAnewAlsoThoseThatWereAddedByHand() {
        createExample(2);
        database.execute(
                "create schema other",
                "create table other.added (id int primary key)",
                "insert into other.added values (7)");
        String slot;
        try (Subscriber subscriber = Subscriber.importing(database, "").awaitAllImported()) {
            slot = subscriber.name();
            subscriber.ask("addTable", "other", "added");
            subscriber.awaitAllImported();
        }
        await().atMost(Subscriber.PATIENCE)
                .until(() -> database.value("select active from pg_replication_slots where slot_name = '" + slot + "'")
                        .equals("f"));
        database.query("select pg_drop_replication_slot('" + slot + "')");
        try (Subscriber subscriber = Subscriber.importing(database, "")) {
            subscriber.awaitModifications(3);
            assertThat(subscriber.imported("example", "id")).containsExactly("1", "2");
            assertThat(subscriber.imported("added", "id")).containsExactly("7");
        }
    }

    // who imports, and when

    @Test
    void afterARestartNothingIsImportedTwice() {
        createExample(2);
        Subscriber.importing(database, "").awaitAllImported().close();
        try (Subscriber subscriber = Subscriber.importing(database, "")) {
            database.execute("insert into example values (3)");
            subscriber.awaitModifications(1);
            assertThat(subscriber.imported("example")).isEmpty();
        }
    }

    @Test
    void onlyTheInstanceThatStreamsImportsAndItsSuccessorGoesOnWhereItWas() {
        createExample(4);
        String name = Subscriber.nameFor(database);
        Subscriber first = importing("chunkSize=1", chunk -> {
            if (chunk.getMessage().getBody(String.class).contains("row 2")) {
                database.execute("update pg2sink.import_jobs set state = 'paused'");
            }
        });
        first.awaitImport("example", "paused").awaitModifications(2);
        try (Subscriber second = Subscriber.importing(database, name, "", "chunkSize=1", chunk -> {})) {
            await().atMost(Subscriber.PATIENCE).until(() -> second.status().state() == StreamState.STANDBY);
            first.context().getRouteController().suspendRoute("imports");
            second.ask("resumeImport", "example");
            await().during(A_WHILE).atMost(Subscriber.PATIENCE).until(() -> second.entries()
                    .isEmpty());

            first.close();
            second.awaitStreaming().awaitImport("example", "completed");
            assertThat(second.imported("example", "id")).containsExactly("3", "4");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void withoutARouteThatStreamsItIsSaidOnceWhyNothingIsImported() {
        createExample(1);
        String name = Subscriber.nameFor(database);
        RouteBuilder imports = new RouteBuilder() {
            @Override
            public void configure() {
                from("scheduler:imports?initialDelay=20&delay=20").to("pg2sink:" + name + "?operation=import");
            }
        };
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.route(
                        database, "", stream -> stream.autoStartup(false).process(exchange -> {}), imports)) {
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> !log.lines("no route that is started consumes pg2sink:" + name)
                            .isEmpty());
            await().during(A_WHILE)
                    .until(() -> log.lines("no route that is started").size() == 1);
        }
    }

    @Test
    void aRoleThatMayNotCreateTheTableOfJobsIsToldSoOnceAndTheStreamGoesOn() {
        String name = Subscriber.nameFor(database);
        createExample(1);
        database.execute(
                "create role " + name + " login replication",
                "create publication " + name + " for table example",
                "alter publication " + name + " owner to " + name,
                "alter table example owner to " + name,
                "revoke create on database " + database.value("select current_database()") + " from public");
        TestDatabase asRole = new TestDatabase(database.url().replace("user=postgres", "user=" + name));
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.importing(asRole, "")) {
            await().atMost(Subscriber.PATIENCE).until(() -> !log.lines("grant the role CREATE on the database")
                    .isEmpty());
            database.execute("insert into example values (2)");
            subscriber.awaitModifications(1);
            // the import may have looked before the stream was started, which is another reason
            await().during(A_WHILE)
                    .until(() -> log.lines("no imports for now").stream()
                                    .filter(line -> !line.contains("no route that is started"))
                                    .count()
                            == 1);
            assertThat(log.lines("grant the role CREATE on the database").get(0))
                    .contains("permission denied");
            assertThat(log.lines("\tat ")).isEmpty();
        }
    }

    @Test
    void withoutAutoImportOnlyWhatSomebodyAsksForIsImported() {
        createExample(2);
        database.execute("create table other (id int primary key)", "insert into other values (7)");
        try (Subscriber subscriber = Subscriber.importing(database, "autoImport=false")) {
            await().ignoreExceptions().atMost(Subscriber.PATIENCE).until(() -> database.value(
                            "select count(*) from pg2sink.import_jobs")
                    .equals("0"));
            await().during(A_WHILE).until(() -> database.value("select count(*) from pg2sink.import_jobs")
                    .equals("0"));
            subscriber.ask("resyncTable", "example");
            subscriber.awaitImport("example", "completed");
            assertThat(subscriber.imported("example", "id")).containsExactly("1", "2");
            assertThat(subscriber.imported("other")).isEmpty();
        }
    }

    @Test
    void aPausedImportStandsStillUntilItIsResumed() {
        createExample(4);
        String name = Subscriber.nameFor(database);
        try (Subscriber subscriber = importing("chunkSize=1", chunk -> {
            if (chunk.getMessage().getBody(String.class).contains("row 2")) {
                try (var template = chunk.getContext().createProducerTemplate()) {
                    template.requestBodyAndHeader(
                            "pg2sink:" + name + "?operation=pauseImport", null, Pg2sinkConstants.TABLE, "example");
                }
            }
        })) {
            subscriber.awaitModifications(2);
            await().during(A_WHILE).until(() -> subscriber.modifications().size() == 2);
            subscriber.ask("resumeImport", "example");
            subscriber.awaitImport("example", "completed");
            assertThat(subscriber.imported("example", "id")).isEqualTo(ids(1, 4));
        }
    }

    // stopping

    @Test
    void whileTheStreamIsSuspendedNothingIsImportedAndThenItGoesOn() throws Exception {
        createExample(3);
        CountDownLatch inFlight = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (Subscriber subscriber = importing("chunkSize=1", chunk -> {
            inFlight.countDown();
            release.await();
        })) {
            inFlight.await();
            CompletableFuture<Void> suspending = CompletableFuture.runAsync(() -> suspendStream(subscriber));
            await().until(() -> subscriber.consumer().watermarks().isEmpty());
            release.countDown();
            suspending.get(8, TimeUnit.SECONDS);
            assertThat(subscriber.imported("example")).hasSize(1); // what was in flight is delivered
            await().during(A_WHILE)
                    .atMost(Subscriber.PATIENCE)
                    .until(() -> subscriber.imported("example").size() == 1);

            subscriber.context().getRouteController().resumeRoute("stream");
            subscriber.awaitImport("example", "completed");
            assertThat(subscriber.imported("example", "id")).isEqualTo(ids(1, 3));
        }
    }

    private static void suspendStream(Subscriber subscriber) {
        try {
            subscriber.context().getRouteController().suspendRoute("stream");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theEndOfAnImportTellsItsFiguresAndTheJobKeepsThem() {
        database.execute(
                "create table log (n int, msg text)",
                "alter table log replica identity full",
                "insert into log select g, repeat('x', 1000) from generate_series(1, 40) g");
        AtomicInteger chunks = new AtomicInteger();
        try (Log log = new Log();
                Subscriber subscriber = importing("chunkSize=10", chunk -> {
                    int number = chunks.incrementAndGet();
                    if (number == 1) { // the next chunk has been read by now, so it is read again
                        await().until(() -> !database.query("select 1 from pg2sink.import_jobs")
                                .isEmpty());
                        database.execute("update log set msg = 'y' where n = 40");
                    } else if (number == 3) {
                        throw new IllegalStateException("refused");
                    }
                })) {
            await().atMost(Subscriber.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> subscriber.job("log", "error_count").equals("1"));
            subscriber.ask("retryImport", "log");
            subscriber.awaitImport("log", "completed");
            await().atMost(Subscriber.PATIENCE).untilAsserted(() -> assertThat(log.lines("imported public.log"))
                    .singleElement()
                    .asString()
                    .containsPattern("imported public.log, \\d+ rows, \\d+\\.\\d kB in \\d+\\.\\d s \\(\\d+ rows/s,"
                            + " \\d+(\\.\\d)? k?B?(bytes)?/s\\), \\d+ chunks, \\d+ chunks? read again, 1 retry"));
            assertThat(subscriber.ask("listImports").toString()).contains("chunks=", "chunksReadAgain=", "retries=1");
            assertThat(Integer.parseInt(subscriber.job("log", "chunks"))).isGreaterThanOrEqualTo(4);
            assertThat(Integer.parseInt(subscriber.job("log", "chunks_read_again")))
                    .isPositive();
        }
    }

    @Test
    void stoppingInTheMiddleOfAChunkIsQuickAndLosesNothing() throws Exception {
        createExample(3);
        CountDownLatch inFlight = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        Subscriber subscriber = importing("chunkSize=1", chunk -> {
            inFlight.countDown();
            if (inFlight.getCount() == 0) {
                release.await();
            }
        });
        inFlight.await();
        Thread stopping = new Thread(subscriber::close);
        stopping.start();
        await().until(() -> subscriber.context().isStopping());
        release.countDown();
        stopping.join(TimeUnit.SECONDS.toMillis(8));
        assertThat(stopping.isAlive()).isFalse();
        try (Subscriber again = Subscriber.importing(database, "chunkSize=1").awaitAllImported()) {
            assertThat(subscriber.imported("example", "id")).containsExactly("1", "2");
            assertThat(again.imported("example", "id")).isSubsetOf("2", "3").contains("3");
        }
    }

    @Test
    void stoppingWhileAChunkWaitsForASlowStreamIsQuick() throws Exception {
        createExample(1);
        CountDownLatch inFlight = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        String name = Subscriber.nameFor(database);
        Subscriber subscriber = Subscriber.route(
                        database,
                        "",
                        stream -> stream.process(exchange -> {
                            inFlight.countDown();
                            release.await();
                        }),
                        new RouteBuilder() {
                            @Override
                            public void configure() {
                                from("direct:import").to("pg2sink:" + name + "?operation=import");
                            }
                        })
                .awaitStreaming();
        database.execute("insert into example values (2)");
        inFlight.await();
        Thread importing = new Thread(() -> {
            try (var template = subscriber.context().createProducerTemplate()) {
                template.request("direct:import", exchange -> {});
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        importing.start();
        await().atMost(Subscriber.PATIENCE)
                .ignoreExceptions()
                .until(() -> subscriber.job("example", "started_at") != null);

        Thread stopping = new Thread(subscriber::close);
        stopping.start();
        await().until(() -> subscriber.context().isStopping());
        release.countDown();
        stopping.join(TimeUnit.SECONDS.toMillis(8));
        assertThat(stopping.isAlive()).isFalse();
        importing.join(TimeUnit.SECONDS.toMillis(8));
        assertThat(importing.isAlive()).isFalse();
        assertThat(subscriber.job("example", "cursor")).isNull();
    }

    @Test
    void aStreamThatIsStoppedAndStartedDoesNotOvertakeTheChunkThatIsStillUnderWay() throws Exception {
        createExample(1);
        CountDownLatch inFlight = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (Subscriber subscriber = importing("", chunk -> {
            inFlight.countDown();
            release.await();
        })) {
            inFlight.await();
            subscriber.context().getRouteController().stopRoute("stream", 1, TimeUnit.SECONDS);
            database.execute("update example set msg = 'newer' where id = 1");
            subscriber.context().getRouteController().startRoute("stream");
            await().during(A_WHILE)
                    .atMost(Subscriber.PATIENCE)
                    .until(() -> subscriber.modifications().isEmpty());
            release.countDown();
            subscriber.awaitModifications(2);
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> last(subscriber).after().value(1).equals("newer"));
            assertThat(subscriber.modifications().get(0).operation()).isEqualTo(Operation.IMPORT);
        }
    }

    private static Modification last(Subscriber subscriber) {
        List<Modification> all = subscriber.modifications();
        return all.get(all.size() - 1);
    }

    // several

    @Test
    void subscriptionsOfOneDatabaseDoNotDisturbEachOther() {
        createExample(20);
        String name = Subscriber.nameFor(database);
        try (Subscriber first = Subscriber.importing(database, name, "", "chunkSize=1", chunk -> {});
                Subscriber second =
                        Subscriber.importing(database, name + "_b", "batching=true", "chunkSize=3", chunk -> {})) {
            first.awaitStreaming();
            second.awaitStreaming();
            first.awaitAllImported();
            second.awaitAllImported();
            database.query("select pg_logical_emit_message(true, 'greeting', 'hello')");
            first.awaitModifications(21);
            second.awaitModifications(21);
            for (Subscriber subscriber : List.of(first, second)) {
                assertThat(subscriber.imported("example", "id")).isEqualTo(ids(1, 20));
                assertThat(last(subscriber).table().name()).isEqualTo("greeting");
                assertThat(subscriber.entries()).hasSize(22); // no watermark among them
            }
            first.ask("resyncTable", "example");
            first.awaitModifications(41);
            assertThat(second.modifications()).hasSize(21);
        }
    }

    @Test
    void subscriptionsOfOneContextDoNotDisturbEachOther() {
        createExample(5);
        String name = Subscriber.nameFor(database);
        List<Entry> other = new java.util.concurrent.CopyOnWriteArrayList<>();
        RouteBuilder second = new RouteBuilder() {
            @Override
            public void configure() {
                Processor collect = exchange -> {
                    if (exchange.getMessage().getBody() instanceof Batch batch) {
                        other.addAll(batch);
                    } else {
                        other.add(exchange.getMessage().getBody(Entry.class));
                    }
                };
                from("pg2sink:" + name + "_b").process(collect);
                from("scheduler:others?initialDelay=20&delay=20&greedy=true&synchronous=true")
                        .to("pg2sink:" + name + "_b?operation=import&chunkSize=1")
                        .filter(body().isNotNull())
                        .process(collect);
            }
        };
        try (Subscriber subscriber = Subscriber.route(database, "", stream -> stream.process(exchange -> {}), second)) {
            await().atMost(Subscriber.PATIENCE).until(() -> other.size() == 8);
            await().during(A_WHILE).until(() -> other.size() == 8); // a schema, a begin, five rows and an end
            assertThat(subscriber.awaitStreaming().entries()).isEmpty();
        }
    }
}
