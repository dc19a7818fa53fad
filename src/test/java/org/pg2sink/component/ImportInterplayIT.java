package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spi.RouteController;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.PrivateServer;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;

/** What imports, the stream, and transactions that are open do to each other. */
@Tag("core")
class ImportInterplayIT {

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
    }

    @Test
    void aTableThatWaitsForATransactionDoesNotHoldUpTheImportOfAnother() throws Exception {
        database.execute(
                "create table waiting (id bigint primary key)",
                "create table other (id bigint primary key)",
                "insert into other select generate_series(1, 300)");
        RouteBuilder imports = new RouteBuilder() {
            @Override
            public void configure() { // as routes/imports.camel.yaml has it, but for the chunks
                from("scheduler:imports?delay=1000&greedy=true&synchronous=true")
                        .to("pg2sink:" + Subscriber.nameFor(database) + "?operation=import&chunkSize=10");
            }
        };
        try (Subscriber subscriber = Subscriber.route(database, "", stream -> stream.process(change -> {}), imports)) {
            subscriber.awaitStreaming().awaitAllImported().ask("removeTable", "waiting");
            try (OpenTransaction transaction =
                    new OpenTransaction(database.connect()).execute("insert into waiting values (1)")) {
                subscriber.ask("addTable", "waiting");
                subscriber.ask("resyncTable", "other");

                await().atMost(Duration.ofSeconds(15))
                        .until(() -> subscriber.job("other", "state").equals("completed"));
                assertThat(subscriber.job("waiting", "state")).isEqualTo("active");
            }
            subscriber.awaitImport("waiting", "completed");
        }
    }

    @Test
    void aTableThatStaysPublishedIsResyncedWithoutWaitingForTransactions() throws Exception {
        database.execute("create table example (id bigint primary key)", "insert into example values (1)");
        try (Subscriber subscriber = Subscriber.importing(database, "chunkSize=10")) {
            subscriber.awaitAllImported();
            try (OpenTransaction transaction =
                    new OpenTransaction(database.connect()).execute("insert into example values (2)")) {
                subscriber.ask("resyncTable", "example");
                subscriber.awaitImport("example", "completed");
                assertThat(subscriber.imported("example", "id")).containsExactly("1", "1");
            }
            assertThat(subscriber.awaitModifications(3).get(2).after().value(0)).isEqualTo(2L);
        }
    }

    @Test
    void aRowThatIsUpdatedWhileItsChunkIsReadKeepsTheLongValuesThatTheUpdateDoesNotTell() throws Exception {
        database.execute(
                "create table example (id bigint primary key, n int, doc text)",
                "alter table example alter doc set storage external",
                "insert into example select i, 0, repeat('long ', 1000) from generate_series(1, 3) i");
        TableCopy copy = new TableCopy("example", "id", "n", "doc");
        try (CopyingSubscriber sink = new CopyingSubscriber(database, "", "reconcileInterval=600000", 0, copy)) {
            sink.awaitAll();
            RouteController routes = sink.subscriber().context().getRouteController();
            routes.suspendRoute("imports");
            sink.resync("example");
            copy.clear();
            try (OpenTransaction transaction =
                    new OpenTransaction(database.connect()).execute("lock table example in access exclusive mode")) {
                routes.resumeRoute("imports");
                awaitImportWaitsForLock(); // so it has written its low watermark
                transaction.execute("update example set n = 1 where id = 2");
            }
            assertThat(sink.awaitAll().differences()).isEmpty();
        }
    }

    private void awaitImportWaitsForLock() {
        await().atMost(Subscriber.PATIENCE)
                .until(() -> database.value("select count(*) from pg_locks l join pg_stat_activity a using (pid)"
                                + " where relation = 'example'::regclass and not granted"
                                + " and (query like '%relreplident%' or query like '%lock table%')")
                        .equals("1"));
    }

    @Test
    void anImportRouteThatIsStoppedInTheMiddleGoesOnWhenItIsStarted() throws Exception {
        database.execute(
                "create table example (id bigint primary key)", "insert into example select generate_series(1, 3000)");
        CountDownLatch begun = new CountDownLatch(1);
        try (Subscriber subscriber = Subscriber.importing(
                database, Subscriber.nameFor(database), "", "chunkSize=10", exchange -> begun.countDown())) {
            begun.await();
            RouteController routes = subscriber.context().getRouteController();
            routes.stopRoute("imports");
            assertThat(subscriber.job("example", "state")).isEqualTo("active");
            routes.startRoute("imports");
            subscriber.awaitImport("example", "completed");
        }
    }

    @Test
    void anImportGoesOnAfterTheServerWasStartedAgain(@TempDir Path directory) throws Exception {
        try (PrivateServer server = PrivateServer.start(directory.resolve("data"), Map.of());
                Log log = new Log()) {
            TestDatabase restarted = server.database();
            restarted.execute(
                    "create table example (id bigint primary key)",
                    "insert into example select generate_series(1, 600)");
            CountDownLatch begun = new CountDownLatch(3);
            try (Subscriber subscriber = Subscriber.importing(
                    restarted, Subscriber.nameFor(restarted), "", "chunkSize=10", exchange -> begun.countDown())) {
                begun.await();
                server.stop();
                server.startAgain(Map.of());
                subscriber.awaitImport("example", "completed");
                assertThat(subscriber.imported("example", "id").stream().distinct())
                        .hasSize(600);
            }
            assertThat(log.lines("WARN JobJournal")).hasSizeLessThan(2);
            assertThat(log.lines("WARN ImportStep"))
                    .filteredOn(line -> line.contains("onnect"))
                    .hasSizeLessThan(2);
            assertThat(log.lines("\tat ")).isEmpty();
        }
    }

    @Test
    void aStreamThatIsStoppedWaitsForTheChunkThatIsUnderWay() throws Exception {
        database.execute("create table example (id bigint primary key)", "insert into example values (1)");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch arrive = new CountDownLatch(1);
        Processor slowSink = exchange -> {
            if (exchange.getMessage().getBody(Batch.class).stream()
                    .anyMatch(
                            entry -> entry instanceof Modification change && change.operation() == Operation.IMPORT)) {
                begun.countDown();
                arrive.await();
            }
        };
        try (Subscriber subscriber =
                Subscriber.importing(database, Subscriber.nameFor(database), "", "chunkSize=10", slowSink)) {
            begun.await();
            Future<?> stopped = CompletableFuture.runAsync(() -> stopStream(subscriber));

            await().during(Duration.ofSeconds(1)).until(() -> !stopped.isDone());
            arrive.countDown();
            stopped.get();
            assertThat(subscriber.imported("example", "id")).containsExactly("1");
        }
    }

    private static void stopStream(Subscriber subscriber) {
        try {
            subscriber.context().getRouteController().stopRoute("stream");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
