package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pg2sink.Proof;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whatever is written while tables are imported, resynced, altered, taken out and put back, a sink that applies what it gets by key
 * ends up with what the tables hold. {@code -Dpg2sink.test.seeds} says how many histories are tried,
 * {@code -Dpg2sink.test.seconds} how long each is, {@code -Dpg2sink.test.seed} with which one to begin.
 */
class ImportOracleIT {

    private static final Logger LOG = LoggerFactory.getLogger(ImportOracleIT.class);

    private static final List<String> TABLES = List.of("numbered", "named", "paired", "split");
    private static final String IMPORT_OPTIONS = "chunkSize=20&chunkReaders=";
    private static final int ROUND_MILLIS = 2500;

    /** What makes the tables other ones, but for the columns that the oracle looks at. */
    private static final List<String> DEFINITIONS = List.of(
            "alter table numbered add column if not exists more int",
            "alter table numbered drop column if exists more",
            "alter table named replica identity default",
            "alter table named replica identity full",
            "vacuum full paired",
            "cluster split_1 using split_1_pkey");

    static LongStream seeds() {
        long first = Long.getLong("pg2sink.test.seed", System.currentTimeMillis());
        return LongStream.range(first, first + Integer.getInteger("pg2sink.test.seeds", Proof.size(1, 4)));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theSinkEndsUpWithWhatTheTablesHold(long seed) throws Exception {
        theSinkEndsUpWithWhatTheTablesHold(seed, 1);
    }

    /** With lanes the sink gets the changes of one key in their order, and applies them beside those of others. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void soItDoesWithLanes(long seed) throws Exception {
        theSinkEndsUpWithWhatTheTablesHold(seed, 3);
    }

    private static void theSinkEndsUpWithWhatTheTablesHold(long seed, int lanes) throws Exception {
        LOG.info("seed {}", seed);
        Random random = new Random(seed);
        TestDatabase database = TestServer.newDatabase();
        TableCopy[] copies = RandomWriters.createTables(database);
        String options = random.nextBoolean() ? "" : "batching=true&batchTimeout=" + random.nextInt(50);
        if (lanes > 1) {
            Arrays.setAll(copies, i -> copies[i].ofLanes());
            options += (options.isEmpty() ? "" : "&") + "lanes=" + lanes;
        }
        try (CopyingSubscriber sink =
                new CopyingSubscriber(database, options, IMPORT_OPTIONS + (1 + random.nextInt(4)), 0, copies)) {
            sink.awaitAll();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.getInteger("pg2sink.test.seconds", 10));
            while (System.nanoTime() < end) {
                try (RandomWriters writers = new RandomWriters(database, random.nextLong())) {
                    disturb(database, sink, random);
                }
                sink.awaitAll();
                assertThat(sink.differences()).as("seed %d", seed).isEmpty();
            }
        }
        LOG.info(
                "{} imports begun, {} rows imported",
                database.value("select count(*) from pg2sink.import_jobs"),
                database.value("select sum(rows_processed_total) from pg2sink.import_jobs"));
    }

    private static void disturb(TestDatabase database, CopyingSubscriber sink, Random random) throws Exception {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ROUND_MILLIS);
        while (System.nanoTime() < end) {
            String table = TABLES.get(random.nextInt(TABLES.size()));
            int kind = random.nextInt(100);
            if (kind < 70) {
                sink.resync(table);
            } else if (kind < 80) {
                database.execute(DEFINITIONS.get(random.nextInt(DEFINITIONS.size())));
            } else if (kind < 90) {
                sink.remove(table);
                sink.forget(table);
                sink.add(table);
            } else if (kind < 95) {
                sink.suspend();
                pause(random.nextInt(300));
                sink.resume();
            } else {
                sink.cutConnection();
            }
            pause(random.nextInt(300));
        }
    }

    private static void pause(int millis) {
        await().pollDelay(Duration.ofMillis(millis))
                .atMost(Duration.ofMillis(millis + 10_000L))
                .until(() -> true);
    }
}
