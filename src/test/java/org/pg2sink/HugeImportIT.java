package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A table far larger than the memory there is for its import. */
@Tag("slow")
class HugeImportIT {

    private static final Logger LOG = LoggerFactory.getLogger(HugeImportIT.class);

    private static final int ROWS = Proof.size(500_000, 5_000_000);
    private static final int HEAP_MEGABYTES = Proof.size(96, 256);
    private static final int MOST_LAG_MEGABYTES = 64;
    private static final String ROW = "row number ";

    @TempDir
    private Path directory;

    @Test
    void aHugeTableIsImportedThroughASmallHeapWhileTheStreamKeepsUp() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute(
                "create table huge as select i::bigint as id, '" + ROW + "' || i as msg" + " from generate_series(1, "
                        + ROWS + ") i",
                "alter table huge add primary key (id)",
                "vacuum analyze huge");
        Installation installation = new Installation(directory, database)
                .jvm("-Xmx" + HEAP_MEGABYTES + "m")
                .set("pg2sink.imports", "true");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            long begin = System.nanoTime();
            long mostLag = writeAndWatchUntilImported(database, installation);
            double seconds = (System.nanoTime() - begin) / 1e9;
            LOG.info(
                    "{} rows a second, {} MB at most, the stream at most {} kB behind",
                    Math.round(ROWS / seconds),
                    process.peakMegabytes(),
                    mostLag >> 10);

            assertThat(mostLag >> 20).as("megabytes of lag").isLessThan(MOST_LAG_MEGABYTES);
            assertThat(process.peakMegabytes().orElse(0)).isLessThan(HEAP_MEGABYTES + 256);
            assertThat(process.log()).doesNotContain("WARN", "ERROR");
            installation.awaitAllConfirmed();
            process.stop();
        }
        assertTheFileHasEachRowAsItIsNow(installation.file("huge"), database);
    }

    /** Returns how many bytes the confirmed position was behind at most. */
    private static long writeAndWatchUntilImported(TestDatabase database, Installation installation) throws Exception {
        ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
        long[] mostLag = {0};
        try (Connection connection = database.connect()) {
            Random random = new Random(1);
            Future<?> writing =
                    writer.scheduleWithFixedDelay(() -> changeRows(connection, random), 0, 10, TimeUnit.MILLISECONDS);
            await().atMost(Duration.ofMinutes(5))
                    .pollInterval(Duration.ofMillis(250))
                    .ignoreExceptions() // before the first import there is no such table
                    .until(() -> {
                        mostLag[0] = Math.max(mostLag[0], installation.lagBytes());
                        return database.value("select state from pg2sink.import_jobs")
                                .equals("completed");
                    });
            assertThat(writing.isDone()).as("the writer failed").isFalse();
            writer.shutdown();
            assertThat(writer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            writer.shutdownNow();
        }
        return mostLag[0];
    }

    private static void changeRows(Connection connection, Random random) {
        try (Statement statement = connection.createStatement()) {
            for (int i = 0; i < 10; i++) {
                statement.addBatch("update huge set msg = 'changed " + random.nextInt() + "' where id = "
                        + (1 + random.nextInt(ROWS)));
            }
            statement.executeBatch();
        } catch (SQLException e) {
            throw new IllegalStateException(e); // ends the writer
        }
    }

    private static void assertTheFileHasEachRowAsItIsNow(Path file, TestDatabase database) throws IOException {
        BitSet seen = new BitSet(ROWS + 1);
        Map<String, String> changed = new HashMap<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int after = line.indexOf("\"after\":{\"id\":\"");
                if (after < 0) {
                    assertThat(line).containsPattern("\"schema\":|\"operation\":\"import_(begin|end)\"");
                    continue;
                }
                String id = textAt(line, after + 15);
                String msg = textAt(line, line.indexOf("\"msg\":\"", after) + 7);
                seen.set(Integer.parseInt(id));
                if (msg.startsWith(ROW)) {
                    changed.remove(id);
                } else {
                    changed.put(id, msg);
                }
            }
        }
        assertThat(seen.cardinality()).isEqualTo(ROWS);
        assertThat(changed.entrySet().stream().map(row -> row.getKey() + " " + row.getValue()))
                .containsExactlyInAnyOrderElementsOf(
                        database.query("select id || ' ' || msg from huge where msg not like '" + ROW + "%'"));
        LOG.info("{} rows changed meanwhile", changed.size());
    }

    private static String textAt(String line, int start) {
        return line.substring(start, line.indexOf('"', start));
    }
}
