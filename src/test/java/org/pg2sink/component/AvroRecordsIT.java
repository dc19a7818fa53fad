package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Type;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.format.AvroFiles;
import org.pg2sink.format.AvroRecords;
import org.pg2sink.format.AvroRowSchema;

/** Changes of a real server as Avro records, written to files and read again by Avro, also with another version's schema. */
@Tag("core")
class AvroRecordsIT {

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
    }

    @Test
    void aRecordHasTheMembersOfTheJson() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into example (msg) values ('hello world')", "update example set id = 7");
            List<Modification> changes = subscriber.awaitModifications(2);

            GenericRecord insert = read(changes).get(0);
            Modification change = changes.get(0);
            assertThat(insert.getSchema().getFullName()).isEqualTo("public.example.modification");
            assertThat(insert.getSchema().getFields().stream().map(Schema.Field::name))
                    .containsExactly(
                            "timestamp",
                            "sequence",
                            "namespace",
                            "name",
                            "before",
                            "after",
                            "operation",
                            "lsn",
                            "xid",
                            "timeline",
                            "importRun",
                            "unchanged");
            assertThat(insert.get("timestamp"))
                    .isEqualTo(change.timestamp().toEpochSecond() * 1_000_000
                            + change.timestamp().getNano() / 1000);
            assertThat(insert.get("sequence")).isEqualTo(1L);
            assertThat(insert.get("namespace")).hasToString("public");
            assertThat(insert.get("name")).hasToString("example");
            assertThat(insert.get("before")).isNull();
            assertThat(insert.get("after")).hasToString("{\"id\": 1, \"msg\": \"hello world\"}");
            assertThat(insert.get("operation")).hasToString("insert");
            assertThat(insert.get("lsn")).hasToString(change.transaction().lsn().toString());
            assertThat(insert.get("xid")).isEqualTo(change.transaction().xid());
            assertThat(insert.get("timeline")).hasToString("1");
            assertThat(insert.get("unchanged")).isEqualTo(List.of());

            GenericRecord update = read(changes).get(1);
            assertThat(update.get("before")).hasToString("{\"id\": 1, \"msg\": null}");
            assertThat(update.get("after")).hasToString("{\"id\": 7, \"msg\": \"hello world\"}");
        }
    }

    @Test
    void aTruncateHasNoRows() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("truncate example");

            GenericRecord truncate = read(subscriber.awaitModifications(1)).get(0);
            assertThat(truncate.get("operation")).hasToString("truncate");
            assertThat(truncate.get("before")).isNull();
            assertThat(truncate.get("after")).isNull();
        }
    }

    @Test
    void anUnchangedToastValueIsNullAndItsFieldIsNamed() {
        database.execute(
                "create table wide (id int primary key, n int, \"long text\" text)",
                "alter table wide alter \"long text\" set storage external",
                "insert into wide values (1, 1, repeat('x', 10000))");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("update wide set n = 2");

            GenericRecord update = read(subscriber.awaitModifications(1)).get(0);
            assertThat(update.get("after")).hasToString("{\"id\": 1, \"n\": 2, \"long_u0020text\": null}");
            assertThat(update.get("unchanged")).hasToString("[long_u0020text]");
        }
    }

    @Test
    void aLogicalMessageHasItsContent() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.query("select pg_logical_emit_message(false, 'audit', 'who')");

            GenericRecord message = read(subscriber.awaitModifications(1)).get(0);
            assertThat(message.get("namespace")).isNull();
            assertThat(message.get("name")).hasToString("audit");
            assertThat(message.get("after")).hasToString("{\"content\": \"who\"}");
            assertThat(message.get("xid")).isNull();
        }
    }

    @Test
    void aKeyIsARecordOfTheKeysColumns() {
        database.execute("create table pair (a int, note text, b uuid, primary key (b, a))");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into pair values (1, 'n', '00000000-0000-0000-0000-000000000001')");

            GenericRecord key = key(subscriber.awaitModifications(1).get(0).after());
            assertThat(key.getSchema().getFullName()).isEqualTo("public.pair.key");
            assertThat(key).hasToString("{\"a\": 1, \"b\": \"00000000-0000-0000-0000-000000000001\"}");
        }
    }

    @Test
    void defaultsAreOfTheFirstBranchSoThatAnyAvroReadsThem() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into example (msg) values ('a')");

            Schema modification = schema(subscriber.awaitModifications(1).get(0));
            Schema row = modification.getField("after").schema().getTypes().get(1);
            assertThat(row.getFullName()).isEqualTo("public.example.value");
            assertThat(row.getFields()).allSatisfy(field -> {
                assertThat(field.schema().getTypes().get(0).getType()).isEqualTo(Type.NULL);
                assertThat(field.hasDefaultValue()).isTrue();
            });
            assertThat(new Schema.Parser().parse(modification.toString())).isEqualTo(modification);
        }
    }

    @Test
    void theSchemaOfTheMessageFormatIsOneThatAvroReadsWithToo() throws IOException {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "insert into example (msg) values ('a')",
                    "alter table example add more int",
                    "insert into example (msg, more) values ('b', 1)");
            List<Modification> changes = subscriber.awaitModifications(2);

            Schema.Parser strict = new Schema.Parser().setValidateDefaults(true);
            Schema newer = strict.parse(AvroRowSchema.of(changes.get(1).table()).json());
            GenericRecord old = AvroRecords.row(changes.get(0).after());
            assertThat(resolve(old, newer)).hasToString("{\"id\": 1, \"msg\": \"a\", \"more\": null}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "add more int       | example | {id: 1, msg: a, more: null} | {id: 2, msg: null}",
                "drop msg           | example | {id: 1}                     | {id: 2, msg: null}",
                "rename msg to text | example | {id: 1, text: null}         | {id: 2, msg: null}",
                "rename to renamed  | renamed | {id: 1, msg: a}             | {id: 2, msg: null}"
            })
    void versionsOfATableReadEachOther(String alteration, String name, String oldByNew, String newByOld) {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "insert into example (msg) values ('a')",
                    "alter table example " + alteration,
                    "insert into " + name + " (id) values (2)");
            List<Modification> changes = subscriber.awaitModifications(2);
            Schema older = schema(changes.get(0));
            Schema newer = schema(changes.get(1));

            assertThat(newer).isNotEqualTo(older);
            assertThat(compatibility(newer, older)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            assertThat(compatibility(older, newer)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            assertThat(after(changes.get(0), newer)).isEqualTo(oldByNew);
            assertThat(after(changes.get(1), older)).isEqualTo(newByOld);
        }
    }

    @Test
    void aColumnThatBecomesWiderIsReadByTheNewSchemaAlone() {
        database.execute("create table counts (id int primary key, n int)");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "insert into counts values (1, 5)",
                    "alter table counts alter n type bigint",
                    "insert into counts values (2, 6000000000)");
            List<Modification> changes = subscriber.awaitModifications(2);

            Schema older = schema(changes.get(0));
            Schema newer = schema(changes.get(1));
            assertThat(after(changes.get(0), newer)).isEqualTo("{id: 1, n: 5}");
            assertThat(compatibility(newer, older)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            assertThat(compatibility(older, newer)).isEqualTo(SchemaCompatibilityType.INCOMPATIBLE);
        }
    }

    @Test
    void aColumnOfAnotherKindIsIncompatibleAsAvroSeesIt() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "insert into example (msg) values ('5')",
                    "alter table example alter msg type int using msg::int",
                    "insert into example (msg) values (6)");
            List<Modification> changes = subscriber.awaitModifications(2);

            assertThat(compatibility(schema(changes.get(1)), schema(changes.get(0))))
                    .isEqualTo(SchemaCompatibilityType.INCOMPATIBLE);
        }
    }

    private static Schema schema(Modification change) {
        return AvroRecords.of(change.table()).modification();
    }

    private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getType();
    }

    /** The new row of a change, written in its own schema and read in another. */
    private static String after(Modification change, Schema reader) {
        return read(List.of(change), reader).get(0).get("after").toString().replace("\"", "");
    }

    private static List<GenericRecord> read(List<Modification> changes) {
        return read(changes, null);
    }

    private static List<GenericRecord> read(List<Modification> changes, Schema reader) {
        byte[] file = AvroFiles.bytes(changes, "deflate");
        List<GenericRecord> records = new ArrayList<>();
        try (DataFileReader<GenericRecord> data =
                new DataFileReader<>(new SeekableByteArrayInput(file), new GenericDatumReader<>(null, reader))) {
            data.forEach(records::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return records;
    }

    private static GenericRecord resolve(GenericRecord written, Schema reader) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(written.getSchema()).write(written, encoder);
        encoder.flush();
        return new GenericDatumReader<GenericRecord>(written.getSchema(), reader)
                .read(null, DecoderFactory.get().binaryDecoder(out.toByteArray(), null));
    }

    private static GenericRecord key(Row row) {
        return AvroRecords.of(row.table()).key(row);
    }
}
