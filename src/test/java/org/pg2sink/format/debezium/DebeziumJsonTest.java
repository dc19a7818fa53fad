package org.pg2sink.format.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.pg2sink.changelog.Examples.UNCHANGED;
import static org.pg2sink.changelog.Examples.delete;
import static org.pg2sink.changelog.Examples.identity;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.table;
import static org.pg2sink.changelog.Examples.transaction;
import static org.pg2sink.changelog.Examples.truncate;
import static org.pg2sink.changelog.Examples.update;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.format.EntryFormat;
import org.pg2sink.format.EntryFormats;
import org.pg2sink.format.KeyedRecord;

/** The envelope, its records and files. Values are in {@link DebeziumTypesTest}. */
class DebeziumJsonTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Table table = table("example", "id bigint key", "msg text");
    private final Transaction transaction = transaction(757);

    @Test
    void anInsertHasTheRowAfterItsSourceAndItsTimes() throws IOException {
        JsonNode value = value(insert(transaction, 3, row(table, "1", "hello")), "database.dbname=shop");

        assertThat(value.fieldNames())
                .toIterable()
                .containsExactly("before", "after", "source", "transaction", "op", "ts_ms", "ts_us", "ts_ns");
        assertThat(value.get("before").isNull()).isTrue();
        assertThat(value.get("after")).hasToString("{\"id\":1,\"msg\":\"hello\"}");
        assertThat(value.get("op").asText()).isEqualTo("c");
        long lsn = transaction.lsn().value();
        assertThat(value.get("source"))
                .hasToString("{\"version\":\"3.4.0.Final\",\"connector\":\"postgresql\",\"name\":\"pg2sink\","
                        + "\"ts_ms\":1570202312123,\"snapshot\":\"false\",\"db\":\"shop\",\"sequence\":\"[\\\"" + lsn
                        + "\\\",\\\"3\\\"]\",\"ts_us\":1570202312123456,\"ts_ns\":1570202312123456000,"
                        + "\"schema\":\"public\",\"table\":\"example\",\"txId\":757,\"lsn\":" + lsn
                        + ",\"xmin\":null}");
    }

    @Test
    void theTimesOfTheEnvelopeAreThoseOfTheWriting() throws IOException {
        long before = Instant.now().toEpochMilli();
        JsonNode value = value(insert(transaction, 1, row(table, "1", "hello")));
        long after = Instant.now().toEpochMilli();

        assertThat(value.get("ts_ms").asLong()).isBetween(before, after);
        assertThat(value.get("ts_us").asLong() / 1000)
                .isEqualTo(value.get("ts_ms").asLong());
        assertThat(value.get("ts_ns").asLong() / 1000)
                .isEqualTo(value.get("ts_us").asLong());
    }

    @Test
    void anUpdateHasTheOldRowIfTheServerSentIt() throws IOException {
        JsonNode without = value(update(transaction, 1, null, row(table, "1", "new")));
        JsonNode with = value(update(transaction, 1, row(table, "1", "old"), row(table, "1", "new")));

        assertThat(without.get("before").isNull()).isTrue();
        assertThat(with.get("before")).hasToString("{\"id\":1,\"msg\":\"old\"}");
        assertThat(with.get("op").asText()).isEqualTo("u");
    }

    @Test
    void whatTheServerDidNotSendOfADeletedRowIsNull() throws IOException {
        JsonNode value = value(delete(transaction, 1, identity(table, "1", null)));

        assertThat(value.get("before")).hasToString("{\"id\":1,\"msg\":null}");
        assertThat(value.get("after").isNull()).isTrue();
        assertThat(value.get("op").asText()).isEqualTo("d");
    }

    @Test
    void anImportedRowIsReadByAnIncrementalSnapshot() throws IOException {
        JsonNode value =
                value(new Modification(transaction, 2, Operation.IMPORT, table, null, row(table, "1", "early")));

        assertThat(value.get("op").asText()).isEqualTo("r");
        assertThat(value.get("source").get("snapshot").asText()).isEqualTo("incremental");
        assertThat(value.get("source").get("txId").isNull()).isTrue();
        assertThat(value.get("source").get("lsn").isNull()).isTrue();
        assertThat(value.get("source").get("sequence").asText())
                .isEqualTo("[\"%d\",\"2\"]", transaction.lsn().value());
    }

    @Test
    void aTruncateIsToldOnlyIfAskedFor() throws IOException {
        Modification truncate = truncate(transaction, 1, table);

        assertThat(records(truncate)).isEmpty();
        assertThat(file(List.of(truncate))).isEmpty();
        KeyedRecord told = records(truncate, "skipped.operations=none", "schemas.enable=false")
                .get(0);
        assertThat(told.key()).isNull();
        assertThat(JSON.readTree(told.value()).get("op").asText()).isEqualTo("t");
    }

    @Test
    void aLogicalMessageHasItsPrefixAsKeyAndItsContentAsBytes() throws IOException {
        Table messages = new Table(
                0, new TableName(null, "audit"), table("any", "content text").columns());
        Modification message =
                new Modification(transaction, 1, Operation.MESSAGE, messages, null, row(messages, "{\"who\":\"me\"}"));
        KeyedRecord record = records(message, "schemas.enable=false").get(0);
        JsonNode value = JSON.readTree(record.value());

        assertThat(text(record.key())).isEqualTo("{\"prefix\":\"audit\"}");
        assertThat(value.fieldNames()).toIterable().containsExactly("op", "ts_ms", "source", "transaction", "message");
        assertThat(value.get("op").asText()).isEqualTo("m");
        assertThat(value.get("message")).hasToString("{\"prefix\":\"audit\",\"content\":\"eyJ3aG8iOiJtZSJ9\"}");
        assertThat(value.get("source").get("table").asText()).isEmpty();
    }

    @Test
    void aMessageThatIsNoTextHasItsBytes() throws IOException {
        Table messages = new Table(
                0, new TableName(null, "audit"), table("any", "content text").columns());
        JsonNode value = value(
                new Modification(transaction, 1, Operation.MESSAGE, messages, null, row(messages, "\\xff00")),
                "binary.handling.mode=hex");

        assertThat(value.get("message").get("content").asText()).isEqualTo("ff00");
    }

    @Test
    void aDeletedKeyGetsATombstone() {
        List<KeyedRecord> records = records(delete(transaction, 1, identity(table, "1", null)), "schemas.enable=false");

        assertThat(records).extracting(record -> text(record.key())).containsExactly("{\"id\":1}", "{\"id\":1}");
        assertThat(records.get(0).value()).isNotNull();
        assertThat(records.get(1).value()).isNull();
    }

    @Test
    void tombstonesCanBeSwitchedOffUnderBothNames() {
        Modification delete = delete(transaction, 1, identity(table, "1", null));

        assertThat(records(delete, "tombstones.on.delete=false")).hasSize(1);
        assertThat(records(delete, "tombstones=false")).hasSize(1);
    }

    @Test
    void theTombstonesOfTheSinkDecide() {
        Modification delete = delete(transaction, 1, identity(table, "1", null));

        assertThat(records(delete, "tombstones.on.delete=true", "tombstones=false"))
                .hasSize(1);
        assertThat(records(delete, "tombstones.on.delete=false", "tombstones=true"))
                .hasSize(2);
    }

    @Test
    void anUpdateOfTheKeyIsADeleteAndACreateThatNameEachOther() throws IOException {
        List<KeyedRecord> records = records(
                update(transaction, 1, identity(table, "1", null), row(table, "2", "a")), "schemas.enable=false");

        assertThat(records)
                .extracting(record -> text(record.key()))
                .containsExactly("{\"id\":1}", "{\"id\":1}", "{\"id\":2}");
        assertThat(records)
                .extracting(KeyedRecord::headers)
                .containsExactly(
                        Map.of("__debezium.newkey", "{\"id\":2}"),
                        Map.of("__debezium.newkey", "{\"id\":2}"),
                        Map.of("__debezium.oldkey", "{\"id\":1}"));
        JsonNode removal = JSON.readTree(records.get(0).value());
        assertThat(removal.get("op").asText()).isEqualTo("d");
        assertThat(removal.get("after").isNull()).isTrue();
        assertThat(records.get(1).value()).isNull();
        JsonNode creation = JSON.readTree(records.get(2).value());
        assertThat(creation.get("op").asText()).isEqualTo("c");
        assertThat(creation.get("before").isNull()).isTrue();
    }

    @Test
    void theRecordsOfATableWithoutAKeyHaveNone() {
        Table keyless = table("keyless", "msg text");

        assertThat(records(insert(transaction, 1, row(keyless, "a"))).get(0).key())
                .isNull();
    }

    @Test
    void aSchemaAloneHasNoRecord() throws IOException {
        Schema schema = new Schema(transaction, table);

        assertThat(records(schema)).isEmpty();
        assertThat(file(List.of(schema))).isEmpty();
    }

    @Test
    void aFileHasTheValuesOneALine() throws IOException {
        List<Entry> entries = List.of(
                new Schema(transaction, table),
                insert(transaction, 1, row(table, "1", "a\nb")),
                update(transaction, 2, identity(table, "1", null), row(table, "2", "c")));
        String[] lines = file(entries, "schemas.enable=false").split("\n");

        assertThat(lines).hasSize(3);
        assertThat(JSON.readTree(lines[0]).get("after").get("msg").asText()).isEqualTo("a\nb");
        assertThat(JSON.readTree(lines[1]).get("op").asText()).isEqualTo("d");
        assertThat(JSON.readTree(lines[2]).get("op").asText()).isEqualTo("c");
    }

    @Test
    void keysAndValuesCarryTheirSchemasUnlessSwitchedOff() throws IOException {
        KeyedRecord record = records(insert(transaction, 1, row(table, "1", "a")), "topic.prefix=shop")
                .get(0);

        assertThat(text(record.key()))
                .isEqualTo("{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"optional\":false,"
                        + "\"field\":\"id\"}],\"optional\":false,\"name\":\"shop.public.example.Key\"},"
                        + "\"payload\":{\"id\":1}}");
        JsonNode schema = JSON.readTree(record.value()).get("schema");
        assertThat(schema.get("name").asText()).isEqualTo("shop.public.example.Envelope");
        assertThat(schema.get("fields").get(1))
                .hasToString("{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"optional\":false,"
                        + "\"field\":\"id\"},{\"type\":\"string\",\"optional\":true,\"field\":\"msg\"}],"
                        + "\"optional\":true,\"name\":\"shop.public.example.Value\",\"field\":\"after\"}");
    }

    @Test
    void anUnchangedValueIsThePlaceholder() throws IOException {
        Modification update = update(transaction, 1, null, row(table, "1", UNCHANGED));

        assertThat(value(update).get("after").get("msg").asText()).isEqualTo("__debezium_unavailable_value");
        assertThat(value(update, "unavailable.value.placeholder=gone")
                        .get("after")
                        .get("msg")
                        .asText())
                .isEqualTo("gone");
    }

    @Test
    void topicsBeginWithThePrefix() {
        assertThat(format("topic.prefix=shop").topic()).isEqualTo("shop.{namespace}.{table}");
    }

    @Test
    void anUnknownOptionIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> format("slot.name=debezium"))
                .withMessageContaining("The format debezium has no option slot.name");
    }

    @Test
    void aModeThatDebeziumDoesNotHaveIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> format("time.precision.mode=seconds"))
                .withMessageContaining("time.precision.mode")
                .withMessageContaining("adaptive_time_microseconds");
    }

    private static EntryFormat format(String... options) {
        Map<String, String> pairs = new HashMap<>();
        for (String option : options) {
            pairs.put(option.split("=")[0], option.split("=")[1]);
        }
        return EntryFormats.create("debezium", pairs);
    }

    private static List<KeyedRecord> records(Entry entry, String... options) {
        return format(options).records("topic", entry);
    }

    private static String file(List<Entry> entries, String... options) throws IOException {
        return text(format(options).file(entries).readAllBytes());
    }

    private static JsonNode value(Entry entry, String... options) throws IOException {
        JsonNode value = JSON.readTree(file(List.of(entry), options));
        return value.has("payload") ? value.get("payload") : value;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
