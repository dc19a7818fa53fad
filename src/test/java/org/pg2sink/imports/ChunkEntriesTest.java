package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.EntryTally;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.Tuple;

/** What a chunk brings into the stream. */
class ChunkEntriesTest {

    private static final Table TABLE = new Table(1, new TableName("public", "example"), List.of());
    private static final Transaction HIGH =
            new Transaction(7, new Lsn(100), OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC), "1");
    private static final List<Row> ROWS = List.of(row(), row());

    private static Row row() {
        return new Row(TABLE, Tuple.of(), false);
    }

    private static ChunkEntries entries(List<Row> rows, boolean announced, boolean begins, boolean ends) {
        Chunk chunk = new Chunk(TABLE, ROWS, 50, new Snapshot(1, 1, Set.of()), false, List.of(), begins, ends);
        return new ChunkEntries(HIGH, chunk, rows, announced);
    }

    private static List<String> told(List<Entry> entries) {
        return entries.stream()
                .map(entry ->
                        entry instanceof Modification change ? change.sequence() + " " + change.operation() : "schema")
                .toList();
    }

    @Test
    void theRowsComeBetweenTheMarksOfTheImportAndAfterTheSchema() {
        assertThat(told(entries(ROWS, true, true, true)))
                .containsExactly("schema", "1 import_begin", "2 import", "3 import", "4 import_end");
        assertThat(told(entries(ROWS, false, true, false))).containsExactly("1 import_begin", "2 import", "3 import");
        assertThat(told(entries(ROWS, false, false, true))).containsExactly("1 import", "2 import", "3 import_end");
        assertThat(told(entries(List.of(), true, false, true))).containsExactly("schema", "1 import_end");
    }

    private static List<Integer> ends(ChunkEntries entries) {
        return IntStream.range(0, entries.size()).mapToObj(entries::endOfRun).toList();
    }

    @Test
    void theRowsAreARunAndAllElseStandsAlone() {
        assertThat(ends(entries(ROWS, true, true, true))).containsExactly(1, 2, 4, 4, 5);
        assertThat(ends(entries(ROWS, false, false, false))).containsExactly(2, 2);
        assertThat(ends(entries(List.of(), true, true, true))).containsExactly(1, 2, 3);
    }

    @Test
    void anEntryIsTheSameEachTimeItIsAskedFor() {
        ChunkEntries entries = entries(ROWS, true, true, true);
        assertThat(entries).isEqualTo(List.copyOf(entries));
        assertThat(((Modification) entries.get(2)).after()).isSameAs(ROWS.get(0));
        assertThat(entries.get(0)).isInstanceOf(Schema.class);
    }

    @Test
    void rowsAndMarksAreCountedTheSchemaIsNot() {
        EntryTally tally = new EntryTally();
        entries(ROWS, true, true, true).countIn(tally);
        assertThat(tally.entries()).isEqualTo(4);
        assertThat(tally.entries(Operation.IMPORT)).isEqualTo(2);
        assertThat(tally.bytes()).isEqualTo(50);
    }
}
