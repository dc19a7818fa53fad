package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the files hold after pg2sink was killed again and again while it imported and streamed. */
@Tag("slow")
class ImportCrashIT {

    private static final Logger LOG = LoggerFactory.getLogger(ImportCrashIT.class);

    private static final int KILLS = Proof.size(2, 8);
    private static final int ROWS = 6_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String JOBS = " from pg2sink.import_jobs where expired_at is null";

    @TempDir
    private Path directory;

    @Test
    void anImportThatIsKilledGoesOnAndTheFilesEndUpWithWhatTheTablesHold() throws Exception {
        long seed = Long.getLong("pg2sink.test.seed", System.nanoTime());
        LOG.info("seed {}", seed);
        Random random = new Random(seed);
        TestDatabase database = TestServer.newDatabase();
        WriteLoad.createTables(database);
        database.execute(
                "insert into narrow select i, 0, 'first' from generate_series(1, " + ROWS + ") i",
                "insert into wide select i, 0, repeat('first', 1000) from generate_series(1, 60) i",
                "insert into keyed select i % 2000, 'first' || i, i from generate_series(1, " + ROWS + ") i");
        Installation installation = new Installation(directory, database)
                .set("pg2sink.imports", "true")
                .set("camel.component.pg2sink.chunkSize", "50");
        try (WriteLoad load = WriteLoad.start(database, 2, seed)) {
            long rows = 0;
            for (int kill = 1; kill <= KILLS; kill++) {
                try (Pg2sinkProcess process = installation.start()) {
                    rows = awaitImported(
                            database, rows + 1 + random.nextInt(Math.min(ROWS / 4, 2 * ROWS / (KILLS + 3))));
                    process.kill();
                }
                assertThat(database.value("select count(*)" + JOBS + " and state = 'active'"))
                        .as("unfinished imports at kill %d", kill)
                        .isNotEqualTo("0");
            }
            try (Pg2sinkProcess process = installation.start()) {
                await().atMost(PATIENCE).until(() -> database.value("select bool_and(state = 'completed')" + JOBS)
                        .equals("t"));
                process.kill(); // the files need not be complete, but what is confirmed must be in them
            }
        }
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            installation.awaitAllConfirmed();
            process.stop();
        }
        for (String table : WriteLoad.TABLES) {
            ImportedFile file = ImportedFile.read(installation.file(table));
            LOG.info("{}: {}", table, file);
            assertThat(file.content()).as(table).isEqualTo(WriteLoad.content(database, table));
        }
    }

    /** Waits until that many rows have been imported, and says how many were. */
    private static long awaitImported(TestDatabase database, long rows) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptions() // before the first import there is no such table
                .until(
                        () -> Long.valueOf(database.value("select sum(rows_processed_total)" + JOBS)),
                        imported -> imported >= rows);
    }
}
