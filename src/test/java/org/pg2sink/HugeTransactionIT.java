package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transaction far larger than the memory there is for it. */
@Tag("slow")
class HugeTransactionIT {

    private static final Logger LOG = LoggerFactory.getLogger(HugeTransactionIT.class);

    private static final int ROWS = Proof.size(500_000, 3_000_000);
    private static final int HEAP_MEGABYTES = Proof.size(96, 256);

    @TempDir
    private Path directory;

    @Test
    void aHugeTransactionFlowsThroughASmallHeap() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table huge (id bigint primary key, msg text)");
        Installation installation = new Installation(directory, database).jvm("-Xmx" + HEAP_MEGABYTES + "m");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            database.execute("insert into huge select i, 'row number ' || i from generate_series(1, " + ROWS + ") i");
            String end = database.value("select pg_current_wal_insert_lsn()");
            long committed = System.nanoTime();

            await().atMost(Duration.ofMinutes(5)).until(() -> installation.hasConfirmed(end));

            double seconds = (System.nanoTime() - committed) / 1e9;
            LOG.info("{} rows a second, {} MB at most", Math.round(ROWS / seconds), process.peakMegabytes());
            assertThat(process.peakMegabytes().orElse(0)).isLessThan(HEAP_MEGABYTES + 256);
            assertThat(process.log()).doesNotContain("WARN", "ERROR");
            process.stop();
        }
        assertEachRowOnceInOrder(installation.file("huge"));
    }

    private static void assertEachRowOnceInOrder(Path file) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            assertThat(lines.readLine()).contains("\"schema\":");
            for (int i = 1; i <= ROWS; i++) {
                String line = lines.readLine();
                if (line == null
                        || !line.contains("\"sequence\":" + i + ",")
                        || !line.contains("\"after\":{\"id\":\"" + i + "\",\"msg\":\"row number " + i + "\"},")) {
                    throw new AssertionError("expected row " + i + ", but found " + line); // assertThat takes its time
                }
            }
            assertThat(lines.readLine()).isNull();
        }
    }
}
