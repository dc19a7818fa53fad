package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pg2sink.PrivateServer;
import org.pg2sink.Proof;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.imports.Safeguard;
import org.pg2sink.imports.SwitchedOff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Each safeguard of imports is needed, and is enough: under a load that is made to go wrong without it, a sink that applies
 * what it gets by key ends up with what the table holds, and with that one safeguard switched off it does not.
 */
class SafeguardIT {

    private static final Logger LOG = LoggerFactory.getLogger(SafeguardIT.class);

    private static final String ONE_CHUNK = "chunkSize=" + Sweep.ROWS;
    private static final int ROUNDS = Proof.size(1, 5);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int LATE_MILLIS = 50;

    @TempDir
    private Path directory;

    /** Changes and imports the table {@code item}; when it returns, both have come to their end. */
    private interface Load {
        void round(TestDatabase database, CopyingSubscriber sink) throws Exception;
    }

    /** What is done with a sink while its load is there. */
    private interface Check {
        void check(TestDatabase database, CopyingSubscriber sink, Load load) throws Exception;
    }

    @ParameterizedTest
    @EnumSource(Safeguard.class)
    void underALoadThatNeedsTheSafeguardTheSinkEndsUpWithWhatTheTableHolds(Safeguard safeguard) throws Exception {
        withLoadFor(safeguard, (database, sink, load) -> {
            for (int round = 1; round <= ROUNDS; round++) {
                load.round(database, sink);
                assertThat(sink.differences()).as("round %d", round).isEmpty();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Safeguard.class)
    void withoutTheSafeguardTheSinkGoesWrong(Safeguard safeguard) throws Exception {
        withLoadFor(safeguard, (database, sink, load) -> {
            List<String> differences = List.of();
            int rounds = 0;
            try (SwitchedOff off = new SwitchedOff(safeguard)) {
                long begin = System.nanoTime();
                while (differences.isEmpty() && System.nanoTime() - begin < PATIENCE_NANOS) {
                    load.round(database, sink);
                    differences = sink.differences();
                    rounds++;
                }
            }
            LOG.info("without {}: {} differences after {} rounds", safeguard, differences.size(), rounds);
            assertThat(differences).as("after %d rounds", rounds).isNotEmpty();
        });
    }

    private void withLoadFor(Safeguard safeguard, Check check) throws Exception {
        switch (safeguard) {
            case BARRIER -> withLoad(TestServer.newDatabase(), 0, SafeguardIT::transactionOpenAcrossAddTable, check);
            case WINDOW -> withLoad(TestServer.newDatabase(), 0, sweep(1), check);
            case HOLD -> withLoad(TestServer.newDatabase(), 2 * LATE_MILLIS, sweep(1), check);
            case VISIBILITY -> withLateStandby(check);
            default -> throw new IllegalStateException("no load for " + safeguard);
        }
    }

    private static void withLoad(TestDatabase database, int chunkMillis, Load load, Check check) throws Exception {
        TableCopy copy = Sweep.createTable(database);
        try (CopyingSubscriber sink = new CopyingSubscriber(database, "", ONE_CHUNK, chunkMillis, copy)) {
            check.check(database, sink.awaitAll(), load);
        }
    }

    /** The writers wait for the standby, so what they commit is streamed before it is seen; the import does not wait. */
    private void withLateStandby(Check check) throws Exception {
        try (PrivateServer server =
                PrivateServer.start(directory.resolve("data"), Map.of("synchronous_commit", "on"))) {
            TestDatabase database = server.database();
            TableCopy copy = Sweep.createTable(database);
            TestDatabase hasty = new TestDatabase(database.url() + "&options=-c%20synchronous_commit=local");
            try (CopyingSubscriber sink = new CopyingSubscriber(hasty, "", ONE_CHUNK, 0, copy);
                    LateStandby standby = new LateStandby(database, LATE_MILLIS)) {
                Load sweep = sweep(50);
                check.check(database, sink.awaitAll(), sweep);
            }
        }
    }

    private static Load sweep(int rowsToATransaction) {
        Sweep[] sweep = new Sweep[1];
        return (database, sink) -> {
            if (sweep[0] == null) {
                sweep[0] = new Sweep(database, rowsToATransaction);
            }
            sweep[0].begin().awaitQuarter();
            sink.resync("item");
            sweep[0].awaitEnd();
            sink.awaitAll();
        };
    }

    /** The transaction writes before the table is published, and commits after: none of that is streamed. */
    private static void transactionOpenAcrossAddTable(TestDatabase database, CopyingSubscriber sink) throws Exception {
        sink.remove("item");
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("update item set n = n + 1 where id % 100 = 0");
            statement.execute("insert into item select max(id) + 1, 0 from item");
            sink.add("item");
            await().atMost(Duration.ofSeconds(30)).until(() -> sink.subscriber()
                    .job("item", "state = 'completed' or due_at > created_at")
                    .equals("t"));
            connection.commit();
        }
        sink.awaitAll();
    }
}
