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
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;
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

    private final Table table = table(OID, "id");
    private final Table wide = table(OID, "id", "id", "msg", "doc");
    private final Window window = new Window(1, OID, 1);

    private static Table table(long oid, String key) {
        return table(oid, key, "id", "msg");
    }

    private static Table table(long oid, String key, String... columns) {
        Codecs codecs = new Codecs(type -> Optional.empty());
        return new Table(
                oid,
                new TableName("public", "example"),
                Stream.of(columns)
                        .map(name -> new Column(name, codecs.of(25, -1), name.equals(key)))
                        .toList());
    }

    private Row row(String id, String msg) {
        return new Row(table, Tuple.of(value(id), value(msg)), false);
    }

    /** What the stream sends of an old row under the default identity. */
    private Row key(String id) {
        return new Row(table, Tuple.of(value(id), Absent.NULL), true);
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
        window.pass(new Modification(
                new Transaction(1, new Lsn(1), OffsetDateTime.MIN, "1"), 1, operation, of, before, after));
    }

    private Window offered() {
        List<Row> rows = IntStream.rangeClosed(1, 4)
                .mapToObj(i -> row(String.valueOf(i), "msg " + i))
                .toList();
        window.offer(new Chunk(table, rows, 0, new Snapshot(1, 1, Set.of()), false, List.of(), false, true));
        return window;
    }

    private List<Object> left() {
        assertThat(offered().conflict()).isEmpty();
        return window.rows().stream().map(row -> row.value(0)).toList();
    }

    @Test
    void theBeginOfARunComesWithTheFirstRows() {
        window.passLow(0);
        offerBegin();
        window.beginBeforeChanges();
        assertThat(window.chunk().rows()).hasSize(1);
        assertThat(window.chunk().last()).isTrue();
    }

    @Test
    void theBeginOfARunComesAloneIfTheStreamChangedTheTableBeforeIt() {
        window.passLow(0);
        pass(Operation.DELETE, key("7"), null);
        offerBegin();
        window.beginBeforeChanges();
        assertThat(window.chunk().begins()).isTrue();
        assertThat(window.chunk().rows()).isEmpty();
        assertThat(window.chunk().cursor()).isEmpty();
        assertThat(window.chunk().last()).isFalse();
        assertThat(window.conflict()).isEmpty();
    }

    private void offerBegin() {
        window.offer(new Chunk(
                table,
                List.of(row("1", "msg 1")),
                0,
                new Snapshot(1, 1, Set.of()),
                false,
                List.of("id", "1"),
                true,
                true));
    }

    @Test
    void rowsThatTheStreamDoesNotTouchAreLeft() {
        window.passLow(0);
        pass(Operation.INSERT, null, row("9", "a"));
        assertThat(left()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void rowsThatTheStreamChangesLeaveTheChunk() {
        window.passLow(0);
        pass(Operation.INSERT, null, row("1", "a"));
        pass(Operation.UPDATE, null, row("2", "a"));
        pass(Operation.DELETE, key("3"), null);
        assertThat(left()).containsExactly("4");
    }

    @Test
    void aChangeOfTheKeyCountsForBothKeys() {
        window.passLow(0);
        pass(Operation.UPDATE, key("2"), row("3", "a"));
        assertThat(left()).containsExactly("1", "4");
    }

    @Test
    void aTruncateCountsForAll() {
        window.passLow(0);
        pass(Operation.TRUNCATE, null, null);
        pass(Operation.INSERT, null, row("1", "a"));
        assertThat(left()).isEmpty();
    }

    @Test
    void whatComesBeforeTheLowWatermarkOrOfAnotherTableDoesNotCount() {
        pass(Operation.UPDATE, null, row("1", "a"));
        window.passLow(0);
        window.pass(new Modification(
                new Transaction(1, new Lsn(1), OffsetDateTime.MIN, "1"),
                1,
                Operation.TRUNCATE,
                table(2, "id"),
                null,
                null));
        assertThat(left()).hasSize(4);
    }

    @Test
    void aRowOfWhichTheStreamDoesNotCarryAllValuesGetsTheOthersFromTheChunk() {
        window.passLow(0);
        pass(Operation.UPDATE, null, row("2", UNCHANGED));
        assertThat(left()).containsExactly("1", "2", "3", "4");
        assertThat(window.rows().get(1).value(1)).isEqualTo("msg 2");
    }

    @Test
    void ifTheStreamCarriesThemLaterOrTheRowIsGoneItLeavesTheChunk() {
        window.passLow(0);
        pass(Operation.UPDATE, null, row("2", UNCHANGED));
        pass(Operation.UPDATE, null, row("2", "a"));
        pass(Operation.UPDATE, null, row("3", UNCHANGED));
        pass(Operation.DELETE, key("3"), null);
        pass(Operation.UPDATE, null, row("9", UNCHANGED));
        assertThat(left()).containsExactly("1", "4");
    }

    @Test
    void ifTheStreamCarriedThemEarlierItLeavesToo() {
        window.passLow(0);
        pass(Operation.INSERT, null, row("2", "a"));
        pass(Operation.UPDATE, null, row("2", UNCHANGED));
        assertThat(left()).containsExactly("1", "3", "4");
    }

    @Test
    void aRowThatGotAnotherKeyAndIsNotToldWholeMakesTheChunkBeReadAgain() {
        window.passLow(0);
        pass(Operation.UPDATE, key("2"), row("9", UNCHANGED));
        assertThat(offered().conflict())
                .hasValueSatisfying(reason -> assertThat(reason).contains("got another key"));
    }

    @Test
    void tooManyBytesOfRowsThatAreNotToldWholeMakeTheChunkBeReadAgain() {
        window.passLow(0);
        TupleValue megabyte = value("x".repeat(1 << 20));
        for (int i = 0; i < 10; i++) {
            pass(Operation.UPDATE, null, new Row(wide, Tuple.of(value("w" + i), megabyte, Absent.UNCHANGED), false));
        }
        assertThat(offered().conflict())
                .hasValueSatisfying(reason -> assertThat(reason).contains("too many"));
    }

    @Test
    void aChangeThatDoesNotTellTheKeyMakesTheChunkBeReadAgain() {
        window.passLow(0);
        pass(Operation.DELETE, new Row(table, Tuple.of(Absent.NULL, value("a")), true), null);
        assertThat(offered().conflict())
                .hasValueSatisfying(reason -> assertThat(reason).contains("do not tell which rows"));
    }

    @Test
    void anotherKeyOfTheTableMakesTheChunkBeReadAgain() {
        window.passLow(0);
        Table other = table(OID, "msg");
        pass(Operation.INSERT, null, new Row(other, Tuple.of(value("9"), value("a")), false));
        assertThat(offered().conflict())
                .hasValueSatisfying(reason -> assertThat(reason).contains("the table changed"));
    }

    @Test
    void aTableWithoutKeyCanOnlyBearInserts() {
        window.passLow(0);
        Table keyless = table(OID, null);
        Row row = new Row(keyless, Tuple.of(value("9"), value("a")), false);
        pass(Operation.UPDATE, row, row);
        assertThat(offered().conflict())
                .hasValueSatisfying(reason -> assertThat(reason).contains("do not tell which rows"));
    }

    @Test
    void withoutItsLowWatermarkNothingIsMerged() {
        assertThat(offered().conflict()).isPresent();
    }
}
