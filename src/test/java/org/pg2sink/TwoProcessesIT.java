package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of one installation that take each other for dead, though both live. */
@DisabledOnOs(OS.WINDOWS)
@Tag("slow")
class TwoProcessesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROWS = 20_000;
    private static final int MAX_TRIES = 20;

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;

    @BeforeEach
    void install() throws IOException {
        database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        // after that the server gives up a process that is silent, and its slot is free
        database.execute(
                "alter database " + database.value("select current_database()") + " set wal_sender_timeout = '5s'");
        installation = new Installation(directory, database);
    }

    @Test
    void oneThatIsFrozenInTheMiddleOfALineIsWaitedForAndDestroysNothing() throws Exception {
        try (Pg2sinkProcess first = installation.start().awaitStreaming()) {
            History history = History.begin(database, "example");
            freezeInTheMiddleOfALine(first);
            try (Pg2sinkProcess second = installation.start().awaitLog("is in use")) {
                second.awaitLog("is locked by process ");
                assertThat(second.log())
                        .contains(
                                "The directory " + installation.out() + " is locked by process ",
                                "which is writing to it")
                        .doesNotContain("Cutting off");
                String end = database.value("select pg_current_wal_insert_lsn()");
                assertThat(installation.hasConfirmed(end)).isFalse();

                first.thaw();
                await().atMost(PATIENCE).until(() -> installation.hasConfirmed(end));
                second.stop();
                first.stop();
            }
            List<String> changes = history.lines().get("example");
            DeliveredFile file = DeliveredFile.read(installation.file("example"), changes);
            assertThat(file.content()).hasSize(Integer.parseInt(database.value("select count(*) from example")));
        }
    }

    @Test
    void oneThatIsKilledWhileItIsFrozenLeavesTheDirectoryToTheOther() throws Exception {
        try (Pg2sinkProcess first = installation.start().awaitStreaming()) {
            History history = History.begin(database, "example");
            freezeInTheMiddleOfALine(first);
            try (Pg2sinkProcess second = installation.start().awaitLog("is in use")) {
                second.awaitLog("is locked by process ");
                first.kill();
                installation.awaitAllConfirmed();
                second.stop();
            }
            DeliveredFile.read(installation.file("example"), history.lines().get("example"));
        }
    }

    /** Freezes a process while the last line of the file has no end, which takes some tries. */
    private void freezeInTheMiddleOfALine(Pg2sinkProcess process) throws IOException, InterruptedException {
        Path file = installation.file("example");
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            database.execute("insert into example (msg) select repeat(md5(i::text), 30) from generate_series(1, " + ROWS
                    + ") i");
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (System.nanoTime() < deadline && !DeliveredFile.isTorn(file)) {
                Thread.onSpinWait();
            }
            process.freeze();
            if (DeliveredFile.isTorn(file)) {
                return;
            }
            process.thaw();
        }
        throw new IllegalStateException("no line was torn");
    }
}
