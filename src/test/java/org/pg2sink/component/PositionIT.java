package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.PrivateServer;
import org.pg2sink.TestDatabase;
import org.pg2sink.stream.StreamState;

/** A server that went back, and a slot that somebody moved: noticed, said, and mended by importing again. */
@Tag("core")
@Tag("slow")
class PositionIT {

    private static final String WENT_BACK = "went back";
    private static final String MOVED = "somebody moved the slot";
    private static final String KEEPING =
            "select pid from pg_stat_activity where query like 'update pg2sink.positions%'";

    /** What initdb makes, once for all tests. */
    @TempDir
    private static Path template;

    @TempDir
    private Path directory;

    private PrivateServer server;
    private TestDatabase database;
    private final TableCopy copy = new TableCopy("example", "id", "msg");
    private CopyingSubscriber sink;
    private Log log;

    @BeforeAll
    static void makeTemplate() {
        PrivateServer.start(template, Map.of()).close();
    }

    @BeforeEach
    void start() {
        PrivateServer.copy(template, directory.resolve("data"));
        server = PrivateServer.start(directory.resolve("data"), Map.of());
        database = server.database();
        database.execute(
                "create table example (id int primary key, msg text)",
                "insert into example select i, 'early' from generate_series(1, 20) i");
        log = new Log();
        connect();
    }

    @AfterEach
    void stop() {
        log.close();
        if (sink != null) {
            sink.close();
        }
        server.close();
    }

    private void connect() {
        sink = new CopyingSubscriber(database, "", "chunkSize=1000", 0, copy).awaitAll();
    }

    private void disconnect() {
        sink.close();
        sink = null;
    }

    private String slot() {
        return Subscriber.nameFor(database);
    }

    /** Writes so that the WAL is on disk at once: a slot cannot be advanced beyond that, and the servers of tests take their time. */
    private void write(String sql) {
        database.execute("set synchronous_commit = on", sql);
    }

    private void advanceByHand() {
        database.execute("select pg_replication_slot_advance('" + slot() + "', pg_current_wal_lsn())");
    }

    private void dropSlot() {
        database.execute("select pg_drop_replication_slot('" + slot() + "')");
    }

    private void createSlot() {
        database.execute("select pg_create_logical_replication_slot('" + slot() + "', 'pgoutput')");
    }

    /** Does it in the moment in which the stream has lost its connection. */
    private void whileDisconnected(Runnable action) {
        await().atMost(Subscriber.PATIENCE).ignoreExceptions().until(() -> {
            database.execute("select pg_terminate_backend(active_pid) from pg_replication_slots where active");
            // a walsender that is about to end still sends what is written now
            if (!database.value("select count(*) from pg_replication_slots where active")
                    .equals("0")) {
                return false;
            }
            action.run();
            return true;
        });
    }

    private void assertSaidAndHealed(String word) {
        await().atMost(Subscriber.PATIENCE).until(() -> !said(word).isEmpty());
        sink.awaitAll();
        assertThat(sink.differences()).isEmpty();
        assertThat(said(word)).as("said once").singleElement(STRING).contains(slot(), "All tables are imported again");
    }

    private List<String> said(String word) {
        return log.lines(word).stream().filter(line -> line.contains("WARN")).toList();
    }

    private void assertNothingIsSaid() {
        sink.awaitAll();
        assertThat(sink.differences()).isEmpty();
        assertThat(said(WENT_BACK)).isEmpty();
        assertThat(said(MOVED)).isEmpty();
    }

    @Test
    void aDataDirectoryThatIsRestoredWhileRunningIsNoticedAndImportedAgain() {
        server.backUp(directory.resolve("backup"));
        database.execute(
                "insert into example select i, 'lost' from generate_series(21, 40) i",
                "update example set msg = 'lost' where id <= 5");
        sink.awaitAll();
        server.stop();
        server.restore(directory.resolve("backup"));
        server.startAgain(Map.of());
        database.execute("insert into example select i, 'new' from generate_series(21, 40) i");

        assertSaidAndHealed(WENT_BACK);
        database.execute("update example set msg = 'newer' where id > 30");
        assertNothingElseIsSaidAfter(WENT_BACK);
        assertThat(database.value("select timeline || '.' || restarts from pg2sink.positions"))
                .isEqualTo("1.1");
    }

    private void assertNothingElseIsSaidAfter(String word) {
        whileDisconnected(() -> {});
        sink.awaitAll();
        assertThat(sink.differences()).isEmpty();
        assertThat(said(word)).hasSize(1);
    }

    @Test
    void aRestoredServerThatHasWrittenMoreThanBeforeIsNoticedTooAndImportedAgain() {
        server.backUp(directory.resolve("backup"));
        sink.subscriber().awaitStreaming();
        database.execute("update example set msg = 'lost' where id <= 5");
        sink.awaitAll();
        server.stop();
        server.restore(directory.resolve("backup"));
        server.startAgain(Map.of("max_wal_senders", "0"));
        database.execute("create table filler as select repeat('x', 1000) from generate_series(1, 1000)");
        server.stop();
        server.startAgain(Map.of());

        assertSaidAndHealed(WENT_BACK);
    }

    @Test
    void aSlotThatIsAdvancedWhileRunningIsNoticedAndImportedAgain() {
        whileDisconnected(() -> {
            write("update example set msg = 'skipped' where id <= 5");
            advanceByHand();
        });
        assertSaidAndHealed(MOVED);
    }

    @Test
    void aSlotThatIsAdvancedWhileStoppedIsNoticedAndImportedAgain() {
        disconnect();
        write("update example set msg = 'skipped' where id = 1");
        advanceByHand();
        connect();
        assertSaidAndHealed(MOVED);
    }

    @Test
    void aSlotThatIsRecreatedWhileStoppedIsNoticedAndImportedAgain() {
        disconnect();
        dropSlot();
        write("update example set msg = 'skipped' where id <= 5");
        createSlot();
        connect();
        assertSaidAndHealed(MOVED);
    }

    @Test
    void aSlotThatIsRecreatedWhileRunningIsNoticedAndImportedAgain() {
        whileDisconnected(() -> {
            database.transaction("select pg_drop_replication_slot('" + slot() + "')");
            createSlot();
        });
        database.execute("update example set msg = 'after' where id <= 5");
        await().atMost(Subscriber.PATIENCE).until(() -> !said(MOVED).isEmpty() || state(sink) == StreamState.STOPPED);
        if (state(sink) == StreamState.STOPPED) { // it looked in between
            disconnect();
            connect();
        }
        assertSaidAndHealed(MOVED);
    }

    @Test
    void aPromotedStandbyThatLacksChangesIsNoticedAndImportedAgain() {
        server.backUp(directory.resolve("standby"));
        database.execute(
                "insert into example select i, 'lost' from generate_series(21, 40) i",
                "update example set msg = 'lost' where id <= 5");
        sink.awaitAll();
        server.stop();
        server.restore(directory.resolve("standby"));
        server.startPromoted();
        database.execute("insert into example select i, 'new' from generate_series(21, 40) i");

        assertSaidAndHealed(WENT_BACK);
        assertThat(said(WENT_BACK)).singleElement(STRING).contains("its timeline 2 left timeline 1 at");
    }

    @Test
    void aPromotedStandbyThatLacksNothingIsNoAlarm() {
        database.execute("update example set msg = 'kept' where id <= 5");
        sink.awaitAll();
        server.stop();
        server.startPromoted();
        sink.subscriber().awaitStreaming();
        database.execute("update example set msg = 'after' where id > 15");
        assertNothingIsSaid();
    }

    @Test
    void aPromotionWhileStoppedIsNoAlarm() {
        disconnect();
        server.stop();
        server.startPromoted();
        database.execute("update example set msg = 'after' where id > 15");
        connect();
        assertNothingIsSaid();
    }

    @Test
    void aServerThatStopsWhileThePositionCannotBeKeptDoesNotWaitForThatAndIsNoAlarm() throws Exception {
        try (Connection holder = database.connect()) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("select from pg2sink.positions for update");
            write("insert into example select i, repeat('x', 1000) from generate_series(21, 1000) i");
            await().atMost(Subscriber.PATIENCE).until(() -> sink.differences().isEmpty());
            await().atMost(Subscriber.PATIENCE).until(() -> !database.query(KEEPING + " and wait_event_type = 'Lock'")
                    .isEmpty());
            long begin = System.nanoTime();
            server.stop();
            assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(5));
        }
        server.startAgain(Map.of());
        sink.subscriber().awaitStreaming();
        database.execute("update example set msg = 'after' where id <= 5");
        assertNothingIsSaid();
    }

    @Test
    void goingOverToAnotherInstanceAndBackIsNoAlarm() {
        CopyingSubscriber first = sink;
        try (CopyingSubscriber second = CopyingSubscriber.standby(database, copy)) {
            await().atMost(Subscriber.PATIENCE).until(() -> {
                whileDisconnected(() -> {});
                return state(second) == StreamState.STREAMING;
            });
            database.execute("update example set msg = 'by the second' where id <= 5");
            second.awaitAll();
        }
        await().atMost(Subscriber.PATIENCE).until(() -> state(first) == StreamState.STREAMING);
        database.execute("update example set msg = 'by the first' where id > 15");
        assertNothingIsSaid();
    }

    private static StreamState state(CopyingSubscriber sink) {
        return sink.subscriber().status().state();
    }

    @Test
    void aPublicationThatIsRecreatedWhileStoppedHasItsTablesImportedAgain() {
        disconnect();
        database.execute(
                "drop publication " + slot(),
                "update example set msg = 'skipped' where id <= 5",
                "create publication " + slot() + " for table example");
        sink = CopyingSubscriber.standby(database, copy);
        await().atMost(Subscriber.PATIENCE)
                .until(() -> state(sink) == StreamState.STREAMING || state(sink) == StreamState.STOPPED);
        database.execute("update example set msg = 'after' where id > 15");
        await().atMost(Subscriber.PATIENCE).until(() -> state(sink) == StreamState.STOPPED || isHealed());
        if (state(sink) == StreamState.STOPPED) { // before 18 the server cannot decode what was in between
            assertThat(sink.subscriber().status().problem()).contains("pg_drop_replication_slot");
            disconnect();
            dropSlot();
            connect();
        }
        sink.awaitAll();
        assertThat(sink.differences()).isEmpty();
    }

    private boolean isHealed() {
        return sink.differences().isEmpty();
    }

    @Test
    void aTableThatIsTakenOutAndPutBackIsImportedAgainThoughItWasAddedOnRequest() {
        database.execute(
                "create schema other",
                "create table other.more (id int primary key, msg text)",
                "insert into other.more select i, 'early' from generate_series(1, 5) i");
        disconnect();
        TableCopy more = new TableCopy("more", "id", "msg");
        sink = new CopyingSubscriber(database, "", "chunkSize=1000", 0, copy, more).awaitAll();
        sink.subscriber().ask("addTable", "other", "more");
        sink.awaitAll();
        database.execute(
                "alter publication " + slot() + " drop table other.more",
                "update other.more set msg = 'skipped'",
                "alter publication " + slot() + " add table other.more",
                "set search_path = other");
        await().atMost(Subscriber.PATIENCE)
                .until(() -> database.value("select count(*) from pg2sink.import_jobs where table_name = 'more'")
                        .equals("2"));
        sink.awaitAll();
        TestDatabase other = new TestDatabase(database.url() + "&options=-c%20search_path=other");
        assertThat(more.differences(other)).isEmpty();
    }

    @Test
    void aSubscriptionWithoutImportsSaysThatNothingIsImported() {
        disconnect();
        try (Subscriber bare = Subscriber.start(database, "")) {
            bare.awaitAllConfirmed();
            whileDisconnected(() -> {
                write("update example set msg = 'skipped' where id <= 5");
                advanceByHand();
            });
            await().atMost(Subscriber.PATIENCE).until(() -> !said(MOVED).isEmpty());
            assertThat(said(MOVED))
                    .singleElement(STRING)
                    .contains("Nothing is imported, because imports are off")
                    .contains("pg2sink.imports=true")
                    .doesNotContain("All tables are imported again");
        }
    }

    @Test
    void anIdleSubscriptionWritesNothingAndABusyOneStaysWithinWhatIsPermitted() {
        String written = written();
        await().pollDelay(Duration.ofSeconds(3)).atMost(Subscriber.PATIENCE).until(() -> true);
        assertThat(written()).isEqualTo(written);

        database.execute("create table busy as select repeat('x', 1000) from generate_series(1, 20000)");
        sink.awaitAll();
        assertThat(sink.subscriber().slot("confirmed_flush_lsn <= (select permitted from pg2sink.positions)"))
                .isEqualTo("t");
        disconnect();
        assertThat(database.value("select confirmed = permitted and not open from pg2sink.positions"))
                .isEqualTo("t");
        connect();
        assertNothingIsSaid();
    }

    private String written() {
        return database.value("select session || ' ' || revision from pg2sink.positions");
    }

    @Test
    void aRestartOfTheServerIsNoAlarm() {
        server.stop();
        server.startAgain(Map.of());
        sink.subscriber().awaitStreaming();
        database.execute("update example set msg = 'after' where id > 15");
        assertNothingIsSaid();
    }
}
