package org.pg2sink.changelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pg2sink.changelog.Examples.UNCHANGED;
import static org.pg2sink.changelog.Examples.tuple;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.pgoutput.Message.OldTuple;
import org.pg2sink.pgoutput.Message.ReplicaIdentity;
import org.pg2sink.pgoutput.PgOutputException;
import org.pg2sink.pgoutput.Tuple;

/** Messages in, entries out, without a server. The table is {@code example (id bigint primary key, msg text)}. */
class ChangelogTest {

    private static final long EXAMPLE = 16_384;
    private static final Instant TIME = Instant.parse("2019-10-04T15:05:55.123456Z");

    private final List<Entry> entries = new ArrayList<>();
    private final List<Lsn> commits = new ArrayList<>();
    private final List<String> watermarks = new ArrayList<>();
    private final Changelog changelog = new Changelog(
            new IdCatalog(), ZoneId.of("Europe/London"), position -> "1", new Announcements(), new Changelog.Output() {
                @Override
                public void entry(Entry entry) {
                    entries.add(entry);
                }

                @Override
                public void committed(Lsn endLsn) {
                    commits.add(endLsn);
                }

                @Override
                public void watermark(Transaction transaction, String watermark) {
                    watermarks.add(watermark + " of " + transaction.xid());
                }
            });

    private static Message.Relation relation(long oid, String namespace, String name, ReplicaIdentity identity) {
        boolean full = identity == ReplicaIdentity.FULL;
        return new Message.Relation(
                oid,
                namespace,
                name,
                identity,
                List.of(new Message.Column(true, "id", 20, -1), new Message.Column(full, "msg", 25, -1)));
    }

    private static Message.Relation example() {
        return relation(EXAMPLE, "public", "example", ReplicaIdentity.DEFAULT);
    }

    private static Message.Begin begin(long xid) {
        return new Message.Begin(new Lsn(1_000 + xid), TIME, xid);
    }

    private static Message.Commit commit(long xid) {
        return new Message.Commit(0, new Lsn(1_000 + xid), new Lsn(2_000 + xid), TIME);
    }

    private static Message.Insert insert(String... values) {
        return new Message.Insert(EXAMPLE, tuple(values));
    }

    private static OldTuple old(boolean full, String... values) {
        return new OldTuple(full, tuple(values));
    }

    private void apply(Message... messages) {
        for (Message message : messages) {
            changelog.apply(message);
        }
    }

    private List<Modification> changes() {
        return entries.stream()
                .filter(Modification.class::isInstance)
                .map(Modification.class::cast)
                .toList();
    }

    private Modification lastChange() {
        return changes().get(changes().size() - 1);
    }

    @Test
    void anInsertHasTheNewRow() {
        apply(example(), begin(7), insert("1", "hello"));

        Modification change = lastChange();
        assertThat(change.operation()).isEqualTo(Operation.INSERT);
        assertThat(change.before()).isNull();
        assertThat(change.after().toMap()).containsEntry("id", 1L).containsEntry("msg", "hello");
        assertThat(change.table()).hasToString("public.example");
    }

    @Test
    void anUpdateUnderTheDefaultIdentityHasNoOldRow() {
        apply(example(), begin(7), new Message.Update(EXAMPLE, null, tuple("1", "new")));

        assertThat(lastChange().operation()).isEqualTo(Operation.UPDATE);
        assertThat(lastChange().before()).isNull();
        assertThat(lastChange().after().toMap()).containsEntry("msg", "new");
    }

    @Test
    void anUpdateThatChangesTheKeyHasTheOldKeyOnly() {
        apply(example(), begin(7), new Message.Update(EXAMPLE, old(false, "1", null), tuple("2", "new")));

        assertThat(lastChange().before().toMap()).containsOnlyKeys("id");
        assertThat(lastChange().after().toMap()).containsEntry("id", 2L);
    }

    @Test
    void anUpdateUnderFullIdentityHasTheWholeOldRow() {
        apply(
                relation(EXAMPLE, "public", "example", ReplicaIdentity.FULL),
                begin(7),
                new Message.Update(EXAMPLE, old(true, "1", null), tuple("1", "new")));

        assertThat(lastChange().before().toMap()).containsEntry("msg", null);
    }

    @Test
    void anUnchangedValueIsFilledFromAWholeOldRow() {
        apply(
                relation(EXAMPLE, "public", "example", ReplicaIdentity.FULL),
                begin(7),
                new Message.Update(EXAMPLE, old(true, "1", "long"), tuple("2", UNCHANGED)));

        assertThat(lastChange().after().toMap()).containsEntry("msg", "long");
        assertThat(lastChange().unchanged()).isEmpty();
    }

    @Test
    void anUnchangedValueOfWhichNothingIsKnownIsNamed() {
        apply(example(), begin(7), new Message.Update(EXAMPLE, null, tuple("1", UNCHANGED)));

        assertThat(lastChange().unchanged()).containsExactly("msg");
        assertThat(lastChange().after().toMap()).containsOnlyKeys("id");
    }

    @Test
    void aDeleteHasTheOldRow() {
        apply(example(), begin(7), new Message.Delete(EXAMPLE, old(false, "1", null)));

        assertThat(lastChange().operation()).isEqualTo(Operation.DELETE);
        assertThat(lastChange().before().toMap()).containsOnlyKeys("id");
        assertThat(lastChange().after()).isNull();
    }

    @Test
    void aTruncateIsAChangeOfEachTable() {
        apply(
                example(),
                relation(2, "public", "child", ReplicaIdentity.DEFAULT),
                begin(7),
                new Message.Truncate(List.of(EXAMPLE, 2L), true, false));

        assertThat(changes()).extracting(Modification::operation).containsOnly(Operation.TRUNCATE);
        assertThat(changes()).extracting(change -> change.table().name()).containsExactly("example", "child");
        assertThat(changes()).extracting(Modification::sequence).containsExactly(1L, 2L);
        assertThat(lastChange().row()).isNull();
    }

    @Test
    void theSequenceCountsTheChangesOfATransactionFromOne() {
        apply(example(), begin(7), insert("1", "a"), insert("2", "b"), commit(7), begin(8), insert("3", "c"));

        assertThat(changes()).extracting(Modification::sequence).containsExactly(1L, 2L, 1L);
    }

    @Test
    void aChangeCarriesItsTransaction() {
        apply(example(), begin(7), insert("1", "a"));

        Transaction transaction = lastChange().transaction();
        assertThat(transaction.xid()).isEqualTo(7);
        assertThat(transaction.lsn()).isEqualTo(new Lsn(1_007));
        assertThat(transaction.commitTime()).isEqualTo(OffsetDateTime.parse("2019-10-04T16:05:55.123456+01:00"));
    }

    @Test
    void aCommitTellsItsEndNotItsBeginning() {
        apply(example(), begin(7), insert("1", "a"), commit(7));

        assertThat(commits).containsExactly(new Lsn(2_007));
    }

    @Test
    void aTransactionIsOpenFromBeginToCommit() {
        assertThat(changelog.inTransaction()).isFalse();
        apply(begin(7));
        assertThat(changelog.inTransaction()).isTrue();
        apply(commit(7));
        assertThat(changelog.inTransaction()).isFalse();
    }

    @Test
    void aSchemaComesBeforeTheFirstChangeOfItsTable() {
        apply(example(), begin(7), insert("1", "a"), insert("2", "b"));

        assertThat(entries)
                .extracting(Object::getClass)
                .containsExactly(Schema.class, Modification.class, Modification.class);
        assertThat(entries.get(0).table()).isSameAs(entries.get(1).table());
    }

    @Test
    void aRelationAloneIsNoChange() {
        apply(example(), begin(7), example(), commit(7));

        assertThat(entries).isEmpty();
    }

    @Test
    void aRelationThatSaysTheSameAgainKeepsTheTable() {
        apply(example(), begin(7), insert("1", "a"), example(), insert("2", "b"));

        assertThat(entries).hasSize(3);
        assertThat(entries.get(2).table()).isSameAs(entries.get(1).table());
    }

    @Test
    void aRelationWithAnotherColumnBringsANewSchema() {
        apply(
                example(),
                begin(7),
                insert("1", "a"),
                new Message.Relation(
                        EXAMPLE,
                        "public",
                        "example",
                        ReplicaIdentity.DEFAULT,
                        List.of(new Message.Column(true, "id", 20, -1), new Message.Column(false, "text", 25, -1))),
                insert("2", "b"));

        assertThat(entries)
                .extracting(Object::getClass)
                .containsExactly(Schema.class, Modification.class, Schema.class, Modification.class);
        assertThat(lastChange().after().toMap()).containsEntry("text", "b");
    }

    @Test
    void changesOfPg2sinksOwnTablesAreNotDelivered() {
        apply(
                relation(3, "pg2sink", "import_jobs", ReplicaIdentity.DEFAULT),
                example(),
                begin(7),
                new Message.Insert(3, tuple("1", "own")),
                new Message.Truncate(List.of(3L), false, false),
                insert("1", "a"),
                commit(7));

        assertThat(entries).extracting(entry -> entry.table().name()).containsOnly("example");
        assertThat(lastChange().sequence()).isEqualTo(1);
        assertThat(commits).hasSize(1);
    }

    @Test
    void aTransactionalMessageIsAChangeOfItsTransaction() {
        apply(begin(7), logical(true, "audit", "who".getBytes(StandardCharsets.UTF_8)));

        Modification message = lastChange();
        assertThat(message.operation()).isEqualTo(Operation.MESSAGE);
        assertThat(message.table().namespace()).isNull();
        assertThat(message.table().name()).isEqualTo("audit");
        assertThat(message.after().toMap()).containsEntry("content", "who");
        assertThat(message.transaction().xid()).isEqualTo(7);
        assertThat(message.sequence()).isEqualTo(1);
    }

    @Test
    void aMessageOutsideOfTransactionsStandsAtItsOwnPosition() {
        apply(logical(false, "audit", "who".getBytes(StandardCharsets.UTF_8)));

        assertThat(lastChange().transaction().xid()).isZero();
        assertThat(lastChange().transaction().lsn()).isEqualTo(new Lsn(500));
        assertThat(lastChange().sequence()).isEqualTo(1);
    }

    @Test
    void aMessageThatIsNotUtf8IsWrittenAsBytea() {
        apply(logical(false, "audit", new byte[] {(byte) 0xff, 0}));

        assertThat(lastChange().after().toMap()).containsEntry("content", "\\xff00");
    }

    @Test
    void aWatermarkIsNoEntry() {
        apply(begin(7), logical(true, "pg2sink.watermark", "token low".getBytes(StandardCharsets.UTF_8)));

        assertThat(entries).isEmpty();
        assertThat(watermarks).containsExactly("token low of 7");
    }

    @Test
    void whatLooksLikeAWatermarkOutsideOfATransactionIsAMessage() {
        apply(logical(false, "pg2sink.watermark", "token low".getBytes(StandardCharsets.UTF_8)));

        assertThat(watermarks).isEmpty();
        assertThat(entries).hasSize(1);
    }

    private static Message.Logical logical(boolean transactional, String prefix, byte[] content) {
        return new Message.Logical(transactional, new Lsn(500), prefix, content);
    }

    @Test
    void typesAndOriginsAreNoEntries() {
        apply(begin(7), new Message.Type(99, "public", "mood"), new Message.Origin(new Lsn(1), "elsewhere"), commit(7));

        assertThat(entries).isEmpty();
    }

    @Test
    void aRowOfAnUnknownRelationIsRefused() {
        assertThatThrownBy(() -> apply(begin(7), insert("1", "a")))
                .isInstanceOf(PgOutputException.class)
                .hasMessageContaining("OID 16384");
    }

    @Test
    void aRowWithAnotherNumberOfColumnsIsRefused() {
        assertThatThrownBy(() -> apply(example(), begin(7), insert("1")))
                .isInstanceOf(PgOutputException.class)
                .hasMessageContaining("2 columns of public.example")
                .hasMessageContaining("found 1");
    }

    @Test
    void aChangeOutsideOfATransactionIsRefused() {
        assertThatThrownBy(() -> apply(example(), insert("1", "a")))
                .isInstanceOf(PgOutputException.class)
                .hasMessageContaining("Begin");
    }

    @Test
    void messagesOfOtherProtocolVersionsAreRefused() {
        assertThatThrownBy(() -> apply(new Message.StreamStart(7, true)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("StreamStart");
    }

    @Test
    void underFullIdentityThePrimaryKeyIsTheKey() {
        apply(relation(EXAMPLE, "public", "example", ReplicaIdentity.FULL), begin(7), insert("1", "a"));

        assertThat(lastChange().table().keyNames()).containsExactly("id");
    }

    @Test
    void aTupleWithoutColumnsFitsATableWithoutColumns() {
        apply(new Message.Relation(EXAMPLE, "public", "empty", ReplicaIdentity.DEFAULT, List.of()), begin(7));
        apply(new Message.Insert(EXAMPLE, Tuple.of()));

        assertThat(lastChange().after().toMap()).isEmpty();
    }
}
