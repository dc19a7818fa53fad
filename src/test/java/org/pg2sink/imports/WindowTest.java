package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Column;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Tuple;
import org.pg2sink.pgoutput.TupleValue;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Data;
import org.pg2sink.pgoutput.TupleValue.Format;
import org.pg2sink.types.Codecs;

/** What becomes of a chunk with the rows 1 to 4, by what the stream changes between its watermarks. */
class WindowTest {

    private static final long OID = 1;
    private static final String UNCHANGED = "unchanged";
    private static final Snapshot NOTHING = new Snapshot(1, 1, Set.of());

    private final Table table = table(OID, "id");
    private final Table wide = table(OID, "id", "id", "n", "doc");
    private final Window window = new Window(OID);

    private static Table table(long oid, String key) {
        return table(oid, key, "id", "msg");
    }

    private static Table table(long oid, String key, String... columns) {
        Codecs codecs = new Codecs(type -> Optional.empty());
        return new Table(
                oid,
                "public",
                "example",
                Stream.of(columns)
                        .map(name -> new Column(name, codecs.of(25, -1), name.equals(key)))
                        .toList());
    }

    private Row row(String id, String msg) {
        return new Row(table, new Tuple(value(id), value(msg)), false);
    }

    private Row wide(String id, String n, String doc) {
        return new Row(wide, new Tuple(value(id), value(n), value(doc)), false);
    }

    /** What the stream sends of an old row under the default identity. */
    private Row key(String id) {
        return new Row(table, new Tuple(value(id), Absent.NULL), true);
    }

    private static TupleValue value(String text) {
        if (text == null) {
            return Absent.NULL;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return UNCHANGED.equals(text) ? Absent.UNCHANGED : new Data(Format.TEXT, bytes, 0, bytes.length);
    }

    private void pass(Operation operation, Row before, Row after) {
        Table of = after != null ? after.table() : before != null ? before.table() : table;
        window.pass(new Modification(new Transaction(1, 1, OffsetDateTime.MIN), 1, operation, of, before, after));
    }

    private Window offered() {
        List<Row> rows = IntStream.rangeClosed(1, 4)
                .mapToObj(i -> row(String.valueOf(i), "msg " + i))
                .toList();
        window.offer(new Chunk(table, rows, 0, NOTHING, false, List.of(), true));
        return window;
    }

    private List<Object> left() {
        assertThat(offered().conflict()).isEmpty();
        return window.rows().stream().map(row -> row.value(0)).toList();
    }

    @Test
    void rowsThatTheStreamDoesNotTouchAreLeft() {
        window.passLow();
        pass(Operation.INSERT, null, row("9", "a"));
        assertThat(left()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void rowsThatTheStreamChangesLeaveTheChunk() {
        window.passLow();
        pass(Operation.INSERT, null, row("1", "a"));
        pass(Operation.UPDATE, null, row("2", "a"));
        pass(Operation.DELETE, key("3"), null);
        assertThat(left()).containsExactly("4");
    }

    @Test
    void aChangeOfTheKeyCountsForBothKeys() {
        window.passLow();
        pass(Operation.UPDATE, key("2"), row("3", "a"));
        assertThat(left()).containsExactly("1", "4");
    }

    @Test
    void aTruncateCountsForAll() {
        window.passLow();
        pass(Operation.TRUNCATE, null, null);
        pass(Operation.INSERT, null, row("1", "a"));
        assertThat(left()).isEmpty();
    }

    @Test
    void whatComesBeforeTheLowWatermarkOrOfAnotherTableDoesNotCount() {
        pass(Operation.UPDATE, null, row("1", "a"));
        window.passLow();
        window.pass(new Modification(
                new Transaction(1, 1, OffsetDateTime.MIN), 1, Operation.TRUNCATE, table(2, "id"), null, null));
        assertThat(left()).hasSize(4);
    }

    @Test
    void aRowOfWhichTheStreamDoesNotCarryAllValuesStaysInItsLatestVersionFilledFromTheChunk() {
        window.passLow();
        pass(Operation.UPDATE, null, wide("2", "a", UNCHANGED));
        pass(Operation.UPDATE, null, wide("2", "b", UNCHANGED));
        window.offer(new Chunk(
                wide, List.of(wide("1", "", "long 1"), wide("2", "", "long 2")), 0, NOTHING, false, List.of(), true));
        assertThat(window.conflict()).isEmpty();
        assertThat(window.rows())
                .extracting(row -> row.value(0) + " " + row.value(1) + " " + row.value(2))
                .containsExactly("1  long 1", "2 b long 2");
    }

    @Test
    void ifTheStreamCarriesThemOnceOrTheRowIsGoneItLeavesTheChunk() {
        window.passLow();
        pass(Operation.UPDATE, null, row("2", UNCHANGED));
        pass(Operation.UPDATE, null, row("2", "a"));
        pass(Operation.UPDATE, null, row("2", UNCHANGED));
        pass(Operation.UPDATE, null, row("3", UNCHANGED));
        pass(Operation.DELETE, key("3"), null);
        pass(Operation.UPDATE, null, row("9", UNCHANGED));
        assertThat(left()).containsExactly("1", "4");
    }

    @Test
    void ifSuchARowGetsAnotherKeyTheChunkIsReadAgain() {
        window.passLow();
        pass(Operation.UPDATE, key("2"), row("9", UNCHANGED));
        assertThat(offered().conflict())
                .hasValueSatisfying(reason -> assertThat(reason).contains("another key"));
    }

    @Test
    void ifItWasInsertedBeforeItIsNot() {
        window.passLow();
        pass(Operation.INSERT, null, row("8", "a"));
        pass(Operation.UPDATE, key("8"), row("9", UNCHANGED));
        assertThat(left()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void ifTheColumnsChangedMeanwhileTheChunkIsReadAgain() {
        window.passLow();
        pass(Operation.UPDATE, null, wide("2", "a", UNCHANGED));
        assertThat(offered().conflict())
                .hasValueSatisfying(reason -> assertThat(reason).contains("its columns"));
    }

    @Test
    void aChangeThatDoesNotTellTheKeyMakesTheChunkBeReadAgain() {
        window.passLow();
        pass(Operation.DELETE, new Row(table, new Tuple(Absent.NULL, value("a")), true), null);
        assertThat(offered().conflict())
                .hasValueSatisfying(reason -> assertThat(reason).contains("do not tell which rows"));
    }

    @Test
    void anotherKeyOfTheTableMakesTheChunkBeReadAgain() {
        window.passLow();
        Table other = table(OID, "msg");
        pass(Operation.INSERT, null, new Row(other, new Tuple(value("9"), value("a")), false));
        assertThat(offered().conflict())
                .hasValueSatisfying(reason -> assertThat(reason).contains("key of the table"));
    }

    @Test
    void aTableWithoutKeyCanOnlyBearInserts() {
        window.passLow();
        Table keyless = table(OID, null);
        Row row = new Row(keyless, new Tuple(value("9"), value("a")), false);
        pass(Operation.UPDATE, row, row);
        assertThat(offered().conflict())
                .hasValueSatisfying(reason -> assertThat(reason).contains("do not tell which rows"));
    }

    @Test
    void withoutItsLowWatermarkNothingIsMerged() {
        assertThat(offered().conflict()).isPresent();
    }
}
