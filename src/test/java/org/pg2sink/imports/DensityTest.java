package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.pgoutput.Tuple;

/** How many blocks a read is given, so that its end is known before it begins. */
class DensityTest {

    private static final Table TABLE = new Table(1, new TableName("public", "example"), List.of());
    private static final List<String> BEGINNING = List.of();

    private final Density density = new Density(1_000_000);

    private static List<String> place(String place) {
        return List.of("ctid of short rows", "4711", "100", place);
    }

    private static ImportJob job(List<String> cursor) {
        Instant now = Instant.EPOCH;
        return new ImportJob(
                7,
                4711,
                1,
                new TableName("public", "example"),
                cursor,
                ImportJob.State.ACTIVE,
                0,
                null,
                0,
                null,
                now,
                0,
                0,
                null,
                0,
                0,
                0,
                now,
                now,
                now,
                now,
                null);
    }

    private static Chunk chunk(int count, List<String> cursor) {
        return chunk(count, 100, cursor);
    }

    private static Chunk chunk(int count, int rowBytes, List<String> cursor) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new Row(TABLE, Tuple.of(), false));
        }
        return new Chunk(
                TABLE, rows, count * (long) rowBytes, new Snapshot(1, 1, Set.of()), false, cursor, false, false);
    }

    private int blocks(List<String> cursor, int rows) {
        return density.of(job(cursor), rows).blocks();
    }

    @Test
    void theFirstReadLeavesTheBlocksToTheStatisticsOfTheTable() {
        assertThat(blocks(BEGINNING, 1000)).isZero();
        density.note(job(BEGINNING), chunk(1000, place("(10,0)")));
        assertThat(blocks(BEGINNING, 1000)).as("read again").isZero();
    }

    @Test
    void aReadGetsTheBlocksThatHaveNearlyAsManyRowsAsItMayRead() {
        density.note(job(BEGINNING), chunk(1000, place("(10,0)")));
        assertThat(blocks(place("(10,0)"), 1000)).isEqualTo(9);
    }

    @Test
    void theLatestChunkCounts() {
        density.note(job(BEGINNING), chunk(1000, place("(10,0)")));
        density.note(job(place("(10,0)")), chunk(10, place("(20,0)")));
        assertThat(blocks(place("(20,0)"), 1000)).isEqualTo(900);
    }

    @Test
    void nearlyAsManyBytesAsAChunkHasAreEnoughToo() {
        density.note(job(BEGINNING), chunk(1000, 10_000, place("(1000,0)")));
        assertThat(blocks(place("(1000,0)"), 1000)).isEqualTo(90);
    }

    @Test
    void whereABlockMayHaveMoreRowsThanAChunkTheyAreCounted() {
        density.note(job(BEGINNING), chunk(1000, place("(10,0)")));
        assertThat(blocks(place("(10,0)"), 100)).isZero();
    }

    @Test
    void blocksWithoutRowsAreReadManyAtOnce() {
        density.note(job(place("(10,0)")), chunk(0, place("(20,0)")));
        assertThat(blocks(place("(20,0)"), 1000)).isEqualTo(16384);
    }

    @Test
    void aReadInTheOrderOfAKeyHasNoBlocks() {
        density.note(job(BEGINNING), chunk(1000, place("(10,0)")));
        density.note(job(place("(10,0)")), chunk(1000, List.of("\"id\" integer", "2000")));
        assertThat(blocks(List.of("\"id\" integer", "2000"), 1000)).isZero();
    }

    @Test
    void theEndOfAReadIsKnownBeforeItBegins() {
        ChunkRead read = new ChunkRead(job(place("(10,7)")), new ReadSize(1000, 9), null, true, null);
        assertThat(read.expected().map(ImportJob::cursor)).isEqualTo(Optional.of(place("(19,0)")));
    }

    @Test
    void theEndOfAReadInTheOrderOfAKeyIsNot() {
        ChunkRead read = new ChunkRead(job(List.of("\"id\" integer", "7")), new ReadSize(1000, 0), null, true, null);
        assertThat(read.expected()).isEmpty();
    }
}
