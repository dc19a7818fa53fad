package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.TableName;

class ImportSummaryTest {

    private static final Instant BEGIN = Instant.parse("2026-11-29T03:00:00Z");

    private static ImportJob job(long rows, long bytes, long chunks, long again, long retries, long millis) {
        return new ImportJob(
                1,
                1,
                1,
                new TableName("public", "orders"),
                List.of(),
                ImportJob.State.COMPLETED,
                1,
                null,
                0,
                null,
                BEGIN,
                rows,
                bytes,
                null,
                chunks,
                again,
                retries,
                BEGIN,
                BEGIN,
                BEGIN,
                BEGIN,
                BEGIN.plusMillis(millis));
    }

    @Test
    void itTellsRowsBytesTimeRateChunksAndTries() {
        assertThat(ImportSummary.of(job(3_000_000, 512_000_000, 30, 2, 1, 64_000)))
                .isEqualTo("3000000 rows, 512.0 MB in 64.0 s (46875 rows/s, 8.0 MB/s), 30 chunks, 2 chunks read again,"
                        + " 1 retry");
    }

    @Test
    void anEmptyTableHasNoRate() {
        assertThat(ImportSummary.of(job(0, 0, 0, 0, 0, 0)))
                .isEqualTo("0 rows, 0 bytes in 0.0 s, 0 chunks, 0 chunks read again, 0 retries");
    }
}
