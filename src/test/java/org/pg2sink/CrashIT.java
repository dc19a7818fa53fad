package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the files hold after pg2sink was killed again and again while it wrote them. */
class CrashIT {

    private static final Logger LOG = LoggerFactory.getLogger(CrashIT.class);

    private static final int KILLS = Proof.size(9, 24);
    /** As long as no kill came in the middle of a line, which is a matter of chance, there are more. */
    private static final int MOST_KILLS = Proof.size(40, 100);

    private static final String CATCH_UP_BYTES = "camel.component.pg2sink.catchUpBytes";

    @TempDir
    private Path directory;

    @Test
    void noKillLosesChangesOrLeavesATornLine() throws Exception {
        long seed = Long.getLong("pg2sink.test.seed", System.nanoTime());
        LOG.info("seed {}", seed);
        Random random = new Random(seed);
        TestDatabase database = TestServer.newDatabase();
        WriteLoad.createTables(database);
        Installation installation = new Installation(directory, database);
        installation.start().awaitStreaming().kill();
        History history = History.begin(database, String.join(", ", WriteLoad.TABLES));

        int torn = 0;
        int caughtUp = 0;
        try (WriteLoad load = WriteLoad.start(database, 2, seed)) {
            for (int kill = 1; kill <= KILLS || torn == 0 && kill <= MOST_KILLS; kill++) {
                // every other start reads what the last one left by SQL, every other one from a walsender
                installation.set(CATCH_UP_BYTES, kill % 2 == 0 ? "50000" : "1000000000");
                try (Pg2sinkProcess process = installation.start()) {
                    switch (kill <= KILLS ? kill % 3 : 2) {
                        case 0 -> pause(random.nextInt(4000));
                        case 1 -> {
                            process.awaitDelivering();
                            pause(random.nextInt(1500));
                        }
                        default -> {
                            process.awaitStreaming();
                            awaitTornLine(installation.file("wide"), 2000);
                        }
                    }
                    if (kill % 8 == 0) {
                        process.stop();
                    } else {
                        process.kill();
                    }
                    caughtUp += process.hasCaughtUp() ? 1 : 0;
                }
                for (String table : WriteLoad.TABLES) {
                    torn += DeliveredFile.isTorn(installation.file(table)) ? 1 : 0;
                }
            }
        }

        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            installation.awaitAllConfirmed();
            process.stop();
        }
        assertThat(torn).as("kills in the middle of a line").isPositive();
        assertThat(caughtUp).as("starts that caught up").isGreaterThan(KILLS / 4);
        Map<String, List<String>> changes = history.lines();
        assertThat(changes.keySet()).containsExactlyInAnyOrderElementsOf(WriteLoad.TABLES);
        for (String table : WriteLoad.TABLES) {
            DeliveredFile file = DeliveredFile.read(installation.file(table), changes.get(table));
            LOG.info("{}: {} changes, {}", table, changes.get(table).size(), file);
            assertThat(file.content()).isEqualTo(WriteLoad.content(database, table));
        }
        assertThat(installation.out()).isDirectoryNotContaining("glob:**noise*");
        LOG.info("{} kills in the middle of a line, {} starts that caught up", torn, caughtUp);
    }

    private static void pause(int millis) {
        await().pollDelay(Duration.ofMillis(millis))
                .atMost(Duration.ofMillis(millis + 10_000L))
                .until(() -> true);
    }

    /** Returns as soon as the last line of the file has no end, so that a kill most likely comes in the middle of a write. */
    private static void awaitTornLine(Path path, long atMostMillis) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(atMostMillis);
        while (System.nanoTime() < deadline && !DeliveredFile.isTorn(path)) {
            Thread.onSpinWait();
        }
    }
}
