package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Schema;
import org.pg2sink.format.AvroRecords;
import org.pg2sink.format.AvroRowSchema;
import org.pg2sink.format.JsonLines;

/** What a stream delivers for what happens in the database. */
@Tag("core")
class StreamIT {

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
    }

    @Test
    void aRowBecomesASchemaAndAModificationInTheDocumentedForm() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into example (msg) values ('hello world')");

            Modification insert = subscriber.awaitModifications(1).get(0);
            String time = "2[-0-9]{9}T[0-9:]{8}\\.[0-9]{6}\\+00:00";
            assertThat(subscriber.json().get(0))
                    .matches("\\{\"timestamp\":\"" + time + "\",\"schema\":\\{\"namespace\":\"public.example\","
                            + "\"type\":\"record\",\"name\":\"value\",\"fields\":\\["
                            + "\\{\"name\":\"id\",\"type\":\\[\"long\",\"null\"\\],\"default\":null\\},"
                            + "\\{\"name\":\"msg\",\"type\":\\[\"string\",\"null\"\\],\"default\":null\\}\\]\\}\\}");
            assertThat(subscriber.json().get(1))
                    .matches(
                            "\\{\"timestamp\":\"" + time + "\",\"sequence\":1,\"namespace\":\"public\","
                                    + "\"name\":\"example\",\"before\":null,\"after\":\\{\"id\":\"1\",\"msg\":\"hello world\"\\},"
                                    + "\"operation\":\"insert\",\"lsn\":\"[0-9A-F]+/[0-9A-F]+\",\"xid\":[0-9]+,\"timeline\":\"1\"\\}");
            assertThat(insert.after().toMap()).isEqualTo(Map.of("id", 1L, "msg", "hello world"));
        }
    }

    @Test
    void whatIsDeliveredIsConfirmed() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into example (msg) values ('a')");
            subscriber.awaitModifications(1);
            subscriber.awaitAllConfirmed();
        }
    }

    @Test
    void sequenceCountsTheOperationsOfATransactionFromOne() {
        try (Subscriber subscriber = Subscriber.start(database, "batching=true")) {
            database.transaction(
                    "insert into example (msg) values ('a'), ('b')",
                    "update example set msg = 'c' where id = 1",
                    "delete from example where id = 2");
            database.execute("insert into example (msg) values ('d')");

            List<Modification> changes = subscriber.awaitModifications(5);
            assertThat(changes).extracting(Modification::sequence).containsExactly(1L, 2L, 3L, 4L, 1L);
            assertThat(changes)
                    .extracting(Modification::operation)
                    .containsExactly(
                            Operation.INSERT, Operation.INSERT, Operation.UPDATE, Operation.DELETE, Operation.INSERT);
            assertThat(changes.subList(0, 4))
                    .extracting(Modification::transaction)
                    .containsOnly(changes.get(0).transaction());
        }
    }

    @Test
    void anUpdateHasBeforeOnlyWhenTheKeyChanged() {
        database.execute("insert into example (msg) values ('a')");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("update example set msg = 'b'", "update example set id = 7", "delete from example");

            List<Modification> changes = subscriber.awaitModifications(3);
            assertThat(changes.get(0).before()).isNull();
            assertThat(changes.get(1).before().toMap()).isEqualTo(Map.of("id", 1L));
            assertThat(changes.get(1).after().toMap()).isEqualTo(Map.of("id", 7L, "msg", "b"));
            assertThat(changes.get(2).before().toMap()).isEqualTo(Map.of("id", 7L));
            assertThat(changes.get(2).after()).isNull();
        }
    }

    @Test
    void anUnchangedToastValueIsNamedNotGuessed() {
        database.execute(
                "create table wide (id int primary key, n int, doc text)",
                "alter table wide alter doc set storage external",
                "insert into wide values (1, 1, repeat('x', 10000))");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("update wide set n = 2");

            Modification update = subscriber.awaitModifications(1).get(0);
            assertThat(update.after().toMap()).isEqualTo(Map.of("id", 1, "n", 2));
            assertThat(update.unchanged()).containsExactly("doc");
            assertThat(subscriber.json().get(1))
                    .contains("\"after\":{\"id\":1,\"n\":2}")
                    .endsWith("\"unchanged\":[\"doc\"]}");
        }
    }

    @Test
    void withFullIdentityAnUnchangedToastValueComesFromTheOldRow() {
        database.execute(
                "create table wide (id int primary key, n int, doc text)",
                "alter table wide alter doc set storage external",
                "alter table wide replica identity full",
                "insert into wide values (1, 1, repeat('x', 10000))");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("update wide set n = 2");

            Modification update = subscriber.awaitModifications(1).get(0);
            assertThat(update.before().toMap()).containsEntry("n", 1).containsEntry("doc", "x".repeat(10000));
            assertThat(update.after().toMap()).containsEntry("n", 2).containsEntry("doc", "x".repeat(10000));
            assertThat(update.unchanged()).isEmpty();
        }
    }

    @Test
    void anIdentityByAnotherIndexTellsThatIndexsColumns() {
        database.execute(
                "create table coded (id int primary key, code text not null unique, n int)",
                "alter table coded replica identity using index coded_code_key",
                "insert into coded values (1, 'a', 1)");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("delete from coded");

            Modification delete = subscriber.awaitModifications(1).get(0);
            assertThat(delete.before().toMap()).isEqualTo(Map.of("code", "a"));
        }
    }

    @Test
    void allOperationsOnARowHaveTheSameKey() {
        database.execute(
                "create table included (id int, n int, primary key (id) include (n))",
                "create table coded (id int primary key, code text not null unique)",
                "alter table coded replica identity using index coded_code_key",
                "create table complete (id int primary key, n int)",
                "alter table complete replica identity full");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            for (String table : List.of("included", "complete")) {
                database.execute(
                        "insert into " + table + " values (1, 1)",
                        "update " + table + " set n = 2",
                        "delete from " + table);
            }
            database.execute("insert into coded values (1, 'a')", "update coded set id = 2", "delete from coded");

            List<Modification> changes = subscriber.awaitModifications(9);
            assertThat(changes.subList(0, 6))
                    .extracting(change -> JsonLines.key(change.row()))
                    .containsOnly("{\"id\":1}");
            assertThat(changes.subList(6, 9))
                    .extracting(change -> JsonLines.key(change.row()))
                    .containsOnly("{\"code\":\"a\"}");
        }
    }

    @Test
    void aKeyThatIsToastedIsToldAtEachUpdate() {
        database.execute(
                "create table long_key (k text primary key, n int)",
                "alter table long_key alter k set storage external",
                "alter table long_key set (toast_tuple_target = 128)");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "insert into long_key select string_agg(md5(g::text), ''), 1 from generate_series(1, 75) g",
                    "update long_key set n = 2");

            List<Modification> changes = subscriber.awaitModifications(2);
            assertThat(changes.get(1).unchanged()).isEmpty();
            assertThat(JsonLines.key(changes.get(1).row()))
                    .isEqualTo(JsonLines.key(changes.get(0).row()));
        }
    }

    @Test
    void logicalMessagesOfOnePrefixAreOneBatch() {
        List<Batch> batches = new CopyOnWriteArrayList<>();
        try (Subscriber subscriber = Subscriber.route(
                        database,
                        "batching=true",
                        stream -> stream.process(
                                exchange -> batches.add(exchange.getMessage().getBody(Batch.class))))
                .awaitStreaming()) {
            database.query("select count(pg_logical_emit_message(true, 'audit', 'x')) from generate_series(1, 500)");
            subscriber.awaitAllConfirmed();
            assertThat(batches).hasSize(1);
            assertThat(batches.get(0)).hasSize(500);
        }
    }

    @Test
    void aTableWithoutIdentityThatSomebodyPublishedSendsItsInserts() {
        database.execute("create table log (line text)", "alter table log replica identity nothing");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "alter publication " + subscriber.name() + " add table log", "insert into log values ('a')");

            assertThat(subscriber.awaitModifications(1).get(0).after().toMap()).isEqualTo(Map.of("line", "a"));
        }
    }

    @Test
    void aTruncateOfSeveralTablesIsAModificationOfEach() {
        database.execute("create table child (id int primary key references example)");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("truncate example cascade");

            List<Modification> changes = subscriber.awaitModifications(2);
            assertThat(changes).extracting(Modification::operation).containsOnly(Operation.TRUNCATE);
            assertThat(changes).extracting(Modification::sequence).containsExactly(1L, 2L);
            assertThat(changes)
                    .extracting(change -> change.table().name())
                    .containsExactlyInAnyOrder("example", "child");
            assertThat(changes).allSatisfy(change -> {
                assertThat(change.before()).isNull();
                assertThat(change.after()).isNull();
            });
        }
    }

    @Test
    void logicalMessagesComeAsModificationsWithoutATable() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "select pg_logical_emit_message(true, 'audit', 'in a transaction')",
                    "select pg_logical_emit_message(false, 'audit', '\\xff00'::bytea)",
                    "insert into example (msg) values ('a')");

            List<Modification> changes = subscriber.awaitModifications(3);
            Modification transactional = changes.get(0);
            assertThat(transactional.operation()).isEqualTo(Operation.MESSAGE);
            assertThat(transactional.table().namespace()).isNull();
            assertThat(transactional.table().name()).isEqualTo("audit");
            assertThat(transactional.after().toMap()).isEqualTo(Map.of("content", "in a transaction"));
            assertThat(changes.get(1).after().toMap()).isEqualTo(Map.of("content", "\\xff00"));
            assertThat(changes.get(1).transaction().xid()).isZero();
            assertThat(subscriber.json().get(1))
                    .contains("\"namespace\":null,\"name\":\"audit\"")
                    .endsWith("\"xid\":null,\"timeline\":\"1\"}");
            subscriber.awaitAllConfirmed();
        }
    }

    @Test
    void aSchemaComesAgainOnlyWhenTheDefinitionChanged() {
        try (Subscriber subscriber = Subscriber.start(database, "batching=true")) {
            database.execute(
                    "insert into example values (1, 'a')",
                    "truncate example",
                    "insert into example values (2, 'b')",
                    "alter table example add column n int default 5",
                    "insert into example values (3, 'c', 6)",
                    "alter table example rename column msg to text",
                    "insert into example values (4, 'd', 7)",
                    "alter table example alter column n type numeric(10, 2)",
                    "insert into example values (5, 'e', 8)",
                    "alter table example drop column text",
                    "insert into example values (6, 9)",
                    "alter table example rename to renamed",
                    "insert into renamed values (7, 10)");

            subscriber.awaitModifications(8);
            List<Entry> entries = subscriber.entries();
            assertThat(entries)
                    .extracting(entry -> entry instanceof Schema
                            ? "schema"
                            : ((Modification) entry).operation().toString())
                    .containsExactly(
                            "schema",
                            "insert",
                            "truncate",
                            "insert",
                            "schema",
                            "insert",
                            "schema",
                            "insert",
                            "schema",
                            "insert",
                            "schema",
                            "insert",
                            "schema",
                            "insert");
            assertThat(subscriber.modifications())
                    .filteredOn(change -> change.after() != null)
                    .extracting(Modification::after)
                    .extracting(row -> String.join(",", row.toMap().keySet()))
                    .containsExactly("id,msg", "id,msg", "id,msg,n", "id,text,n", "id,text,n", "id,n", "id,n");
            assertThat(subscriber.modifications().get(7).table().name()).isEqualTo("renamed");
        }
    }

    @Test
    void generatedColumnsAreInTheSchemaOnlyIfTheServerSendsThem() {
        database.execute(
                "create table summed (id int primary key, n int, twice int generated always as (n * 2) stored)");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into summed values (1, 21)");

            // from 18 on the publication carries them
            boolean sent = Integer.parseInt(database.value("show server_version_num")) >= 180_000;
            assertThat(subscriber.awaitModifications(1).get(0).after().toMap())
                    .isEqualTo(sent ? Map.of("id", 1, "n", 21, "twice", 42) : Map.of("id", 1, "n", 21));
            assertThat(subscriber.entries().get(0).table().columns())
                    .extracting(column -> column.name())
                    .isEqualTo(sent ? List.of("id", "n", "twice") : List.of("id", "n"));
        }
    }

    @Test
    void aPartitionedTableIsOneTable() {
        database.execute(
                "create table measured (id int, day date, primary key (id, day)) partition by range (day)",
                "create table measured_2025 partition of measured for values from ('2025-01-01') to ('2026-01-01')");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "insert into measured values (1, '2025-05-05')",
                    "create table measured_2026 partition of measured for values from ('2026-01-01') to ('2027-01-01')",
                    "insert into measured values (2, '2026-05-05')");

            assertThat(subscriber.awaitModifications(2))
                    .extracting(change -> change.table().name())
                    .containsOnly("measured");
        }
    }

    @Test
    void anyNameIsJustAName() {
        database.execute(
                "create schema \"Odd \"\"schema\"\", no. 1\"",
                "create table \"Odd \"\"schema\"\", no. 1\".\"select * from; -- 'x' ${body} \uD83D\uDC18\" ("
                        + "\"order\" int primary key, \"Name with spaces\" text, \"ünïcode\" text, \"\"\"\" text)");
        // the option takes no schema whose name has a comma, so somebody publishes the table by hand
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "alter publication " + subscriber.name()
                            + " add table \"Odd \"\"schema\"\", no. 1\".\"select * from; -- 'x' ${body} \uD83D\uDC18\"",
                    "insert into \"Odd \"\"schema\"\", no. 1\".\"select * from; -- 'x' ${body} \uD83D\uDC18\""
                            + " values (1, 'a', 'b', 'c')");

            Row row = subscriber.awaitModifications(1).get(0).after();
            assertThat(row.table().namespace()).isEqualTo("Odd \"schema\", no. 1");
            assertThat(row.table().name()).isEqualTo("select * from; -- 'x' ${body} \uD83D\uDC18");
            assertThat(row.toMap()).isEqualTo(Map.of("order", 1, "Name with spaces", "a", "ünïcode", "b", "\"", "c"));
            assertThat(AvroRecords.row(row).get(0)).isEqualTo(1);
            assertThat(new org.apache.avro.Schema.Parser()
                            .parse(AvroRowSchema.of(row.table()).json())
                            .getField("_u0022")
                            .getProp("column"))
                    .isEqualTo("\"");
        }
    }

    @Test
    void noServerSettingChangesHowAValueReads() {
        String name = database.value("select current_database()");
        database.execute(
                "alter database " + name + " set datestyle = 'SQL, DMY'",
                "alter database " + name + " set intervalstyle = 'iso_8601'",
                "alter database " + name + " set timezone = 'Asia/Kolkata'",
                "alter database " + name + " set bytea_output = 'escape'",
                "alter database " + name + " set extra_float_digits = -5",
                "alter database " + name + " set search_path = 'pg_catalog'",
                "create table times (id int primary key, d date, t timestamptz, i interval, b bytea, f float8, r regclass)");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "insert into public.times values (1, '2026-02-01', '2026-02-01 00:00:00+00', '1 day 2 hours',"
                            + " '\\xff', 0.1::float8 + 0.2, 'public.times')");

            subscriber.awaitModifications(1);
            assertThat(subscriber.json().get(1))
                    .contains("\"d\":\"2026-02-01\",\"t\":\"2026-02-01T00:00:00+00:00\",\"i\":\"1 day 02:00:00\","
                            + "\"b\":\"\\\\xff\",\"f\":0.30000000000000004,\"r\":\"public.times\"");
        }
    }
}
