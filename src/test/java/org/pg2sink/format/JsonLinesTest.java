package org.pg2sink.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pg2sink.changelog.Examples.UNCHANGED;
import static org.pg2sink.changelog.Examples.delete;
import static org.pg2sink.changelog.Examples.identity;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.truncate;
import static org.pg2sink.changelog.Examples.update;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Examples;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;

/** The message format of docs/message-format.md, member by member, without a server. */
class JsonLinesTest {

    private static final String HEAD = "{\"timestamp\":\"2019-10-04T16:05:55.123456+01:00\",";
    private static final String NAMES = "\"namespace\":\"public\",\"name\":\"example\",";
    private static final String TAIL = "\"lsn\":\"16/B374D848\",\"xid\":757,\"timeline\":\"1\"}";

    private final Table table = Examples.table("example", "id bigint key", "msg text");
    private final Transaction transaction = new Transaction(
            757, Lsn.parse("16/B374D848"), OffsetDateTime.parse("2019-10-04T16:05:55.123456+01:00"), "1");

    private static String line(Entry entry) {
        return new String(JsonLines.bytes(List.of(entry)), StandardCharsets.UTF_8);
    }

    private static EntryFormat json(String... tombstones) {
        return EntryFormats.create("json", tombstones.length == 0 ? Map.of() : Map.of("tombstones", tombstones[0]));
    }

    @Test
    void aSchemaIsTheDocumentedDocument() {
        assertThat(line(new Schema(transaction, table)))
                .isEqualTo(HEAD + "\"schema\":{\"namespace\":\"public.example\",\"type\":\"record\",\"name\":\"value\","
                        + "\"fields\":[{\"name\":\"id\",\"type\":[\"long\",\"null\"],\"default\":null},"
                        + "{\"name\":\"msg\",\"type\":[\"string\",\"null\"],\"default\":null}]}}\n");
    }

    @Test
    void anInsertIsTheDocumentedDocument() {
        assertThat(line(insert(transaction, 1, row(table, "1", "hello world"))))
                .isEqualTo(HEAD + "\"sequence\":1," + NAMES
                        + "\"before\":null,\"after\":{\"id\":\"1\",\"msg\":\"hello world\"},\"operation\":\"insert\","
                        + TAIL + "\n");
    }

    @Test
    void anUpdateThatChangesTheKeyHasTheOldKey() {
        assertThat(line(update(transaction, 2, identity(table, "1", null), row(table, "2", "b"))))
                .contains("\"sequence\":2,", "\"before\":{\"id\":\"1\"},\"after\":{\"id\":\"2\",\"msg\":\"b\"}")
                .contains("\"operation\":\"update\"");
    }

    @Test
    void aDeleteHasNoNewRow() {
        assertThat(line(delete(transaction, 1, identity(table, "1", null))))
                .contains("\"before\":{\"id\":\"1\"},\"after\":null,\"operation\":\"delete\"");
    }

    @Test
    void aTruncateHasNoRows() {
        assertThat(line(truncate(transaction, 1, table)))
                .contains("\"before\":null,\"after\":null,\"operation\":\"truncate\"");
    }

    @Test
    void anUnchangedValueIsAbsentAndNamedAtTheEnd() {
        assertThat(line(update(transaction, 1, null, row(table, "1", UNCHANGED))))
                .contains("\"after\":{\"id\":\"1\"}")
                .endsWith("\"xid\":757,\"timeline\":\"1\",\"unchanged\":[\"msg\"]}\n");
    }

    @Test
    void severalUnchangedValuesAreAList() {
        Table wide = Examples.table("wide", "id bigint key", "a text", "b text");

        assertThat(line(update(transaction, 1, null, row(wide, "1", UNCHANGED, UNCHANGED))))
                .endsWith("\"unchanged\":[\"a\",\"b\"]}\n");
    }

    @Test
    void theFirstColumnMayBeAbsent() {
        Table odd = Examples.table("odd", "doc text", "id bigint key");

        assertThat(line(update(transaction, 1, null, row(odd, UNCHANGED, "1")))).contains("\"after\":{\"id\":\"1\"}");
    }

    @Test
    void eachLineIsTheDocumentOfItsChange() throws IOException {
        Table texts = Examples.table("texts", "a text key", "b text", "c text");
        Transaction ofImport = transaction.ofImport(7);
        Row old = identity(texts, "1", null, null);
        List<Modification> changes = List.of(
                insert(transaction, 1, row(texts, "1", "2", null)),
                update(transaction, 2, null, row(texts, "1", null, "3")),
                update(transaction, 3, old, row(texts, "2", UNCHANGED, "3")),
                update(transaction, 4, row(texts, "1", "2", "3"), row(texts, UNCHANGED, "2", UNCHANGED)),
                update(transaction, 5, old, row(texts, UNCHANGED, UNCHANGED, UNCHANGED)),
                update(ofImport, 6, null, row(texts, "1", "2", UNCHANGED)),
                insert(transaction, 7, row(Examples.table("none"))),
                delete(transaction, 8, old),
                delete(transaction, 9, identity(texts, null, null, null)),
                truncate(transaction, 10, texts),
                new Modification(ofImport, 11, Operation.IMPORT_BEGIN, texts, null, null),
                new Modification(ofImport, 12, Operation.IMPORT, texts, null, row(texts, "1", "2", "3")),
                new Modification(ofImport, 13, Operation.IMPORT_END, texts, null, null));

        for (Modification change : changes) {
            assertThat(line(change)).isEqualTo(new ObjectMapper().writeValueAsString(change.toMap()) + "\n");
        }
    }

    @Test
    void nullIsNull() {
        assertThat(line(insert(transaction, 1, row(table, "1", null)))).contains("\"msg\":null");
    }

    @Test
    void aChangeOutsideOfTransactionsHasNoXid() {
        Transaction none = new Transaction(0, new Lsn(1), OffsetDateTime.parse("2019-10-04T16:05:55+01:00"), "1");
        Table message = new Table(0, new TableName(null, "audit"), table.columns());

        assertThat(line(new Modification(none, 1, Operation.MESSAGE, message, null, row(message, "1", "a"))))
                .contains("\"namespace\":null,\"name\":\"audit\"")
                .endsWith("\"lsn\":\"0/1\",\"xid\":null,\"timeline\":\"1\"}\n");
    }

    @Test
    void everyOperationHasItsName() {
        for (Operation operation : Operation.values()) {
            assertThat(line(new Modification(transaction, 1, operation, table, null, null)))
                    .contains("\"operation\":\"" + operation.name().toLowerCase(java.util.Locale.ROOT) + "\"");
        }
    }

    @Test
    void namesAreEscaped() {
        Table hostile = new Table(
                1,
                new TableName("s\"x", "t\n"),
                Examples.table("t", "a\\b bigint key").columns());

        assertThat(line(insert(transaction, 1, row(hostile, "1"))))
                .contains("\"namespace\":\"s\\\"x\",\"name\":\"t\\n\"", "{\"a\\\\b\":\"1\"}");
    }

    @Test
    void linesOfSeveralTransactionsAndTablesHaveEachTheirOwn() {
        Table other = Examples.table("other", "id bigint key");
        List<Entry> entries = List.of(
                insert(Examples.transaction(1), 1, row(table, "1", "a")),
                insert(Examples.transaction(1), 2, row(other, "1")),
                insert(Examples.transaction(2), 1, row(table, "2", "b")));

        String[] lines = new String(JsonLines.bytes(entries), StandardCharsets.UTF_8).split("\n");
        assertThat(lines).hasSize(3);
        for (int i = 0; i < lines.length; i++) {
            assertThat(lines[i] + "\n").isEqualTo(line(entries.get(i)));
        }
    }

    @Test
    void aStreamHasTheSameBytesHoweverItIsRead() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            entries.add(insert(transaction, i + 1, row(table, String.valueOf(i), "line " + i)));
        }
        byte[] expected = JsonLines.bytes(entries);

        assertThat(JsonLines.stream(entries).readAllBytes()).isEqualTo(expected);
        try (InputStream lines = JsonLines.stream(entries)) {
            for (byte b : expected) {
                assertThat(lines.read()).isEqualTo(b & 0xff);
            }
            assertThat(lines.read()).isEqualTo(-1);
            assertThat(lines.read(new byte[1], 0, 0)).isZero();
        }
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        try (InputStream lines = JsonLines.stream(entries)) {
            byte[] first = lines.readNBytes(100);
            assertThat(lines.transferTo(rest)).isEqualTo(expected.length - first.length);
            assertThat(first).isEqualTo(Arrays.copyOf(expected, first.length));
            assertThat(rest.toByteArray()).isEqualTo(Arrays.copyOfRange(expected, first.length, expected.length));
            assertThat(lines.transferTo(rest)).isZero();
        }
    }

    @Test
    void entriesOfALinkedListAreWrittenAsThoseOfAnyOther() throws IOException {
        List<Entry> entries =
                List.of(insert(transaction, 1, row(table, "1", "a")), insert(transaction, 2, row(table, "2", "b")));

        assertThat(JsonLines.stream(new LinkedList<>(entries)).readAllBytes()).isEqualTo(JsonLines.bytes(entries));
        assertThat(new Batch(table, new LinkedList<>(entries))).isEqualTo(entries);
    }

    @Test
    void aStreamTellsWhatCanBeReadAtOnce() throws IOException {
        try (InputStream lines = JsonLines.stream(List.of(truncate(transaction, 1, table)))) {
            assertThat(lines.available()).isZero();
            lines.read();
            assertThat(lines.available())
                    .isEqualTo(line(truncate(transaction, 1, table)).length() - 1);
        }
    }

    @Test
    void aKeyIsTheObjectOfItsColumns() {
        Table two = Examples.table("two", "b bigint key", "x text", "a text key");

        assertThat(JsonLines.key(row(two, "1", "no", "z"))).isEqualTo("{\"b\":\"1\",\"a\":\"z\"}");
    }

    @Test
    void aRowThatDoesNotTellItsKeyHasNone() {
        assertThat(JsonLines.key(null)).isNull();
        assertThat(JsonLines.key(identity(table, null, null))).isNull();
        assertThat(JsonLines.key(row(Examples.table("keyless", "msg text"), "a")))
                .isNull();
    }

    private List<String> records(EntryFormat format, Entry entry) {
        return format.records("topic", entry).stream()
                .map(record -> text(record.key()) + " -> "
                        + (record.value() == null
                                ? "null"
                                : text(record.value()).equals(line(entry).strip())))
                .toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void recordsTellOfTheirOwnTransactionAlsoIfThoseOfTwoAlternate() {
        EntryFormat format = json();
        Transaction other = new Transaction(758, Lsn.parse("16/B374D900"), transaction.commitTime(), "1");
        List<Modification> changes = List.of(
                insert(transaction, 1, row(table, "1", "a")),
                insert(other, 1, row(table, "2", "b")),
                insert(transaction, 2, row(table, "3", "c")));

        assertThat(changes).allSatisfy(change -> assertThat(
                        text(format.records("topic", change).get(0).value()))
                .isEqualTo(line(change).strip()));
    }

    @Test
    void theRecordOfAChangeHasTheKeyOfItsRow() {
        assertThat(records(json(), insert(transaction, 1, row(table, "1", "a"))))
                .containsExactly("{\"id\":\"1\"} -> true");
        assertThat(records(json(), delete(transaction, 1, identity(table, "1", null))))
                .containsExactly("{\"id\":\"1\"} -> true");
    }

    @Test
    void aKeyThatAChangeTakesAwayGetsTheChangeToo() {
        assertThat(records(json(), update(transaction, 1, identity(table, "1", null), row(table, "2", "a"))))
                .containsExactly("{\"id\":\"1\"} -> true", "{\"id\":\"2\"} -> true");
    }

    @Test
    void anUpdateThatKeepsTheKeyIsOneRecordAlsoUnderFullIdentity() {
        assertThat(records(json("true"), update(transaction, 1, row(table, "1", "a"), row(table, "1", "b"))))
                .containsExactly("{\"id\":\"1\"} -> true");
    }

    @Test
    void aTombstoneFollowsWhereAKeyIsGone() {
        assertThat(records(json("true"), delete(transaction, 1, identity(table, "1", null))))
                .containsExactly("{\"id\":\"1\"} -> true", "{\"id\":\"1\"} -> null");
        assertThat(records(json("true"), update(transaction, 1, identity(table, "1", null), row(table, "2", "a"))))
                .containsExactly("{\"id\":\"1\"} -> true", "{\"id\":\"1\"} -> null", "{\"id\":\"2\"} -> true");
    }

    @Test
    void whatConcernsNoSingleRowHasTheKeyOfTheTable() {
        assertThat(records(json("true"), truncate(transaction, 1, table))).containsExactly("{} -> true");
        Row row = row(Examples.table("keyless", "msg text"), "a");
        assertThat(records(json("true"), insert(transaction, 1, row))).containsExactly("{} -> true");
    }

    @Test
    void aSchemaIsARecordUnderItsFingerprint() {
        assertThat(records(json(), new Schema(transaction, table)))
                .containsExactly("{\"schemaFingerprint\":\"" + table.fingerprint() + "\"} -> true");
    }

    @Test
    void anUnknownOptionIsRefused() {
        assertThatThrownBy(() -> EntryFormats.create("json", Map.of("tombstnoes", "true")))
                .hasMessage("The format json has no option tombstnoes; it has tombstones.");
    }

    @Test
    void anOptionWithAWrongValueIsRefused() {
        assertThatThrownBy(() -> json("yes"))
                .hasMessage("The option tombstones of the format json is 'yes', but must be one of true, false.");
    }

    @Test
    void anUnknownFormatIsRefusedWithThoseThatThereAre() {
        assertThatThrownBy(() -> EntryFormats.create("xml", Map.of()))
                .hasMessageContaining("'xml'")
                .hasMessageContaining("avro")
                .hasMessageContaining("json");
    }
}
