package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A hot standby takes over within seconds from a process that is killed under load, and nothing is lost. */
@Tag("slow")
class StandbyIT {

    private static final Logger LOG = LoggerFactory.getLogger(StandbyIT.class);

    private static final int KILLS = Proof.size(3, 20);
    /** For a machine with other work; the standby asks every second. */
    private static final Duration MAX_TAKEOVER = Duration.ofSeconds(15);

    @TempDir
    private Path directory;

    @Test
    void oneStandbyAfterTheOtherTakesOverWithinSecondsAndNothingIsLost() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        WriteLoad.createTables(database);
        Installation installation = new Installation(directory, database);
        List<Duration> takeovers = new ArrayList<>();
        Pg2sinkProcess first = installation.start().awaitStreaming();
        History history = History.begin(database, String.join(", ", WriteLoad.TABLES));
        try (WriteLoad load = WriteLoad.start(database, 2, 1)) {
            for (int kill = 0; kill < KILLS; kill++) {
                try (Pg2sinkProcess killed = first) {
                    first = installation.start().awaitLog("is in use");
                    long begin = System.nanoTime();
                    killed.kill();
                    first.awaitDelivering();
                    takeovers.add(Duration.ofNanos(System.nanoTime() - begin));
                }
            }
        }
        installation.awaitAllConfirmed();
        first.stop();

        LOG.info("takeovers: {}", takeovers);
        assertThat(takeovers).allMatch(takeover -> takeover.compareTo(MAX_TAKEOVER) < 0);
        Map<String, List<String>> changes = history.lines();
        for (String table : WriteLoad.TABLES) {
            DeliveredFile file = DeliveredFile.read(installation.file(table), changes.get(table));
            LOG.info("{}: {} changes, {}", table, changes.get(table).size(), file);
            assertThat(file.content()).isEqualTo(WriteLoad.content(database, table));
        }
    }
}
