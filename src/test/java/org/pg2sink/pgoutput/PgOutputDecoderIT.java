package org.pg2sink.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pg2sink.pgoutput.Message.Column;
import org.pg2sink.pgoutput.Message.OldTuple;
import org.pg2sink.pgoutput.Message.ReplicaIdentity;
import org.pg2sink.pgoutput.TupleValue.Absent;
import org.pg2sink.pgoutput.TupleValue.Format;

@Tag("core")
class PgOutputDecoderIT extends SlotFixture {

    @Test
    void aTransactionIsItsChangesBetweenBeginAndCommit() {
        database.transaction(
                "insert into example values (1, 'hello world'), (2, null), (3, '')",
                "update example set msg = 'Grüße, 世界 🐘' where id = 1",
                "delete from example where id = 3");

        List<Message> messages = slot.read(1);

        long example = oid("example");
        assertThat(messages)
                .hasSize(8)
                .contains(
                        new Message.Insert(example, row("1", "hello world")),
                        new Message.Insert(example, row("2", null)),
                        new Message.Insert(example, row("3", "")),
                        new Message.Update(example, null, row("1", "Grüße, 世界 🐘")),
                        new Message.Delete(example, new OldTuple(false, row("3", null))));
        Message.Begin begin = (Message.Begin) messages.get(0);
        Message.Commit commit = (Message.Commit) messages.get(7);
        assertThat(begin.finalLsn()).isEqualTo(commit.commitLsn());
        assertThat(commit.endLsn()).isGreaterThan(commit.commitLsn());
        assertThat(begin.commitTime()).isEqualTo(commit.commitTime());
        assertThat(begin.commitTime()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
        assertThat(begin.xid()).isEqualTo(Long.parseLong(database.value("select xmin from example where id = 1")));
    }

    @Test
    void aRelationDescribesItsTable() {
        database.execute(
                "create schema \"Odd \"\"schema\"",
                "create table \"Odd \"\"schema\".\"tä'ble\" (price numeric(10,2), \"KEY\" varchar(20) primary key)",
                "insert into \"Odd \"\"schema\".\"tä'ble\" values (1, 'a')");

        long oid = Long.parseLong(database.value("select oid from pg_class where relname = 'tä''ble'"));
        assertThat(only(Message.Relation.class, slot.read(1)))
                .containsExactly(new Message.Relation(
                        oid,
                        "Odd \"schema",
                        "tä'ble",
                        ReplicaIdentity.DEFAULT,
                        List.of(
                                new Column(false, "price", 1700, (10 << 16) + 2 + 4),
                                new Column(true, "KEY", 1043, 24))));
    }

    @Test
    void anUpdateOfTheKeyHasTheOldKey() {
        database.execute("insert into example values (1, 'a')", "update example set id = 2");

        assertThat(only(Message.Update.class, slot.read(1)))
                .containsExactly(
                        new Message.Update(oid("example"), new OldTuple(false, row("1", null)), row("2", "a")));
    }

    @Test
    void underFullIdentityUpdateAndDeleteHaveTheWholeOldRow() {
        database.execute(
                "alter table example replica identity full",
                "insert into example values (1, 'a')",
                "update example set msg = 'b'",
                "delete from example");

        List<Message> messages = slot.read(1);

        assertThat(only(Message.Relation.class, messages).get(0).identity()).isEqualTo(ReplicaIdentity.FULL);
        assertThat(messages)
                .contains(
                        new Message.Update(oid("example"), new OldTuple(true, row("1", "a")), row("1", "b")),
                        new Message.Delete(oid("example"), new OldTuple(true, row("1", "b"))));
    }

    @Test
    void anIndexCanBeTheIdentity() {
        database.execute(
                "create table indexed (a int, b text not null unique)",
                "alter table indexed replica identity using index indexed_b_key",
                "insert into indexed values (1, 'x')",
                "delete from indexed");

        List<Message> messages = slot.read(1);

        Message.Relation relation = only(Message.Relation.class, messages).get(0);
        assertThat(relation.identity()).isEqualTo(ReplicaIdentity.INDEX);
        assertThat(relation.columns()).extracting(Column::key).containsExactly(false, true);
        assertThat(only(Message.Delete.class, messages))
                .containsExactly(new Message.Delete(relation.oid(), new OldTuple(false, row(null, "x"))));
    }

    @Test
    void aTableWithoutIdentityCanBeInsertedInto() {
        database.execute("alter table example replica identity nothing", "insert into example values (1, 'a')");

        List<Message> messages = slot.read(1);

        assertThat(only(Message.Relation.class, messages).get(0).identity()).isEqualTo(ReplicaIdentity.NOTHING);
        assertThat(only(Message.Insert.class, messages)).hasSize(1);
    }

    @Test
    void anUnchangedToastValueIsNotSent() {
        database.execute(
                "create table toasted (id int primary key, n int, large text)",
                "alter table toasted alter large set storage external",
                "insert into toasted values (1, 1, repeat('x', 10000))",
                "update toasted set n = 2");

        List<Message> messages = slot.read(1);

        assertThat(only(Message.Insert.class, messages).get(0).after().get(2))
                .isEqualTo(Sample.text("x".repeat(10_000)));
        assertThat(only(Message.Update.class, messages).get(0).after())
                .isEqualTo(Tuple.of(Sample.text("1"), Sample.text("2"), Absent.UNCHANGED));
    }

    @Test
    void typesThatAreNotBuiltInAreNamedBeforeTheirRelation() {
        database.execute(
                "create type mood as enum ('sad', 'ok')",
                "create domain price as numeric",
                "create table typed (m mood, ms mood[], p price)",
                "insert into typed values ('ok', '{sad,ok}', 1.5)");

        List<Message> messages = slot.read(1);

        assertThat(messages)
                .contains(
                        new Message.Type(typeOid("mood"), "public", "mood"),
                        new Message.Type(typeOid("_mood"), "public", "_mood"),
                        new Message.Type(typeOid("price"), "pg_catalog", "numeric")); // the server names the base type
        assertThat(messages.get(1)).isInstanceOf(Message.Type.class);
        assertThat(only(Message.Insert.class, messages))
                .extracting(Message.Insert::after)
                .containsExactly(row("ok", "{sad,ok}", "1.5"));
    }

    @Test
    void aTruncateNamesAllItsTables() {
        database.execute(
                "create table child (id int primary key, parent bigint references example)",
                "truncate example restart identity cascade",
                "truncate child");

        assertThat(only(Message.Truncate.class, slot.read(1)))
                .containsExactly(
                        new Message.Truncate(List.of(oid("example"), oid("child")), true, true),
                        new Message.Truncate(List.of(oid("child")), false, false));
    }

    @Test
    void messagesComeWithTheirTransactionOrWithoutOne() {
        database.execute("select pg_logical_emit_message(true, 'in', 'ä')");
        database.execute("begin; select pg_logical_emit_message(false, 'out', '\\x00ff'::bytea),"
                + " pg_logical_emit_message(true, 'never', ''); rollback");
        flush();

        List<Message> messages = slot.read(1, "messages", "true");

        assertThat(messages)
                .extracting(message -> message.getClass().getSimpleName())
                .containsExactly("Begin", "Logical", "Commit", "Logical");
        Message.Logical inside = (Message.Logical) messages.get(1);
        assertThat(inside.transactional()).isTrue();
        assertThat(inside.prefix()).isEqualTo("in");
        assertThat(inside.content()).asString().isEqualTo("ä");
        assertThat(inside.lsn()).isLessThanOrEqualTo(((Message.Commit) messages.get(2)).commitLsn());
        Message.Logical outside = (Message.Logical) messages.get(3);
        assertThat(outside.transactional()).isFalse();
        assertThat(outside.prefix()).isEqualTo("out");
        assertThat(outside.content()).containsExactly(0x00, 0xff);
    }

    @Test
    void theOriginTellsWhereATransactionWasCommittedFirst() {
        String origin = replay("insert into example values (1, 'replayed')");

        assertThat(slot.read(1))
                .extracting(message -> (Object) message.getClass())
                .containsExactly(
                        Message.Begin.class,
                        Message.Origin.class,
                        Message.Relation.class,
                        Message.Insert.class,
                        Message.Commit.class);
        assertThat(slot.read(1)).contains(new Message.Origin(Lsn.parse("16/B374D848"), origin));
    }

    @Test
    void binaryValuesComeInTheTypesBinaryForm() {
        database.execute(
                "create table binaries (i int, b bytea, t text, n int)",
                "insert into binaries values (258, '\\x00ff', 'text', null)");

        assertThat(only(Message.Insert.class, slot.read(1, "binary", "true")))
                .extracting(Message.Insert::after)
                .containsExactly(Tuple.of(
                        Sample.binary((byte) 0, (byte) 0, (byte) 1, (byte) 2),
                        Sample.binary((byte) 0, (byte) 0xff),
                        Sample.binary("text".getBytes()),
                        Absent.NULL));
    }

    @Test
    void aTypeWithoutABinaryFormComesAsTextAmongBinaries() {
        database.execute(
                "create table mixed (a aclitem, i int)", "insert into mixed values ('postgres=r/postgres', 1)");

        Tuple row = only(Message.Insert.class, slot.read(1, "binary", "true"))
                .get(0)
                .after();

        assertThat(row.get(0)).isEqualTo(Sample.text("postgres=r/postgres"));
        assertThat(row.get(1)).extracting("format").isEqualTo(Format.BINARY);
    }

    @Test
    @Timeout(60)
    void aReplicationConnectionGivesTheSame() throws SQLException {
        database.transaction("insert into example values (1, 'a')", "update example set msg = 'b'");

        List<Message> received;
        try (SlotStream stream = SlotStream.open(slot, 1)) {
            received = stream.readUntil(Message.Commit.class::isInstance);
        }
        assertThat(received).isEqualTo(slot.read(1));
    }

    private static Tuple row(String... texts) {
        TupleValue[] values = new TupleValue[texts.length];
        for (int i = 0; i < texts.length; i++) {
            values[i] = texts[i] == null ? Absent.NULL : Sample.text(texts[i]);
        }
        return Tuple.of(values);
    }

    private long oid(String table) {
        return Long.parseLong(database.value("select '" + table + "'::regclass::oid"));
    }

    private long typeOid(String type) {
        return Long.parseLong(database.value("select '" + type + "'::regtype::oid"));
    }
}
