package org.pg2sink.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pg2sink.TestServer;

/** What protocols 2 to 4 add: transactions that are sent before they end. */
@Tag("core")
class StreamedTransactionsIT extends SlotFixture {

    private static final String LARGE = "select g, repeat('x', 100) from generate_series(1, 2000) g";

    // protocol 2: transactions are streamed before they end

    @Test
    void aLargeTransactionComesInBlocks() {
        database.transaction(
                "insert into example " + LARGE,
                "update example set msg = 'changed' where id = 1",
                "delete from example where id = 2",
                "truncate example",
                "create type mood as enum ('ok')",
                "create table typed (m mood)",
                "insert into typed values ('ok')",
                "select pg_logical_emit_message(true, 'large', repeat('x', 200000))");

        List<Message> messages = slot.read(2, "streaming", "on", "messages", "true");

        assertWellStreamed(messages);
        long xid = ((Message.StreamStart) messages.get(0)).xid();
        assertThat(streamed(messages)).allMatch(streamed -> streamed.xid() == xid);
        assertThat(streamed(messages))
                .extracting(streamed -> streamed.message().getClass().getSimpleName())
                .contains("Relation", "Type", "Insert", "Update", "Delete", "Truncate", "Logical");
        assertThat(streamed(messages))
                .filteredOn(streamed -> streamed.message() instanceof Message.Insert)
                .hasSize(2001);
        assertThat(only(Message.StreamStart.class, messages))
                .hasSizeGreaterThan(2)
                .extracting(Message.StreamStart::first)
                .startsWith(true, false);
        assertThat(messages.get(messages.size() - 1)).isInstanceOfSatisfying(Message.StreamCommit.class, commit -> {
            assertThat(commit.xid()).isEqualTo(xid);
            assertThat(commit.endLsn()).isGreaterThan(commit.commitLsn());
        });
    }

    @Test
    void aSmallTransactionIsNotStreamedEvenIfItCouldBe() {
        database.execute("insert into example values (1, 'a')");

        assertThat(slot.read(2, "streaming", "on"))
                .hasExactlyElementsOfTypes(
                        Message.Begin.class, Message.Relation.class, Message.Insert.class, Message.Commit.class);
    }

    @Test
    void aRolledBackSubtransactionIsAbortedAlone() {
        database.transaction(
                "insert into example values (-1, 'kept')",
                "savepoint s",
                "insert into example " + LARGE,
                "rollback to s",
                "insert into example " + LARGE);

        List<Message> messages = slot.read(2, "streaming", "on");

        assertWellStreamed(messages);
        long xid = only(Message.StreamCommit.class, messages).get(0).xid();
        assertThat(only(Message.StreamAbort.class, messages)).isNotEmpty().allSatisfy(abort -> {
            assertThat(abort.xid()).isEqualTo(xid);
            assertThat(abort.subXid()).isNotEqualTo(xid);
            assertThat(abort.abortTime()).isNull();
        });
        assertThat(streamed(messages)).extracting(Message.Streamed::xid).contains(xid);
    }

    @Test
    void theChangesOfASubtransactionCarryItsId() {
        database.transaction(
                "insert into example values (-1, 'outside')",
                "savepoint s",
                "insert into example " + LARGE,
                "release s");

        List<Message> messages = slot.read(2, "streaming", "on");

        assertWellStreamed(messages);
        long xid = ((Message.StreamStart) messages.get(0)).xid();
        assertThat(streamed(messages)).extracting(Message.Streamed::xid).contains(xid, xid + 1);
        assertThat(only(Message.StreamStart.class, messages)).allMatch(start -> start.xid() == xid);
    }

    @Test
    @Timeout(60)
    void aRolledBackTransactionIsAborted() throws SQLException {
        List<Message> messages = readWhileALargeTransactionRollsBack(2, "on");

        assertThat(only(Message.StreamAbort.class, messages)).hasSize(1).allSatisfy(abort -> {
            assertThat(abort.subXid()).isEqualTo(abort.xid());
            assertThat(abort.abortLsn()).isNull();
            assertThat(abort.abortTime()).isNull();
        });
    }

    @Test
    void theBlocksOfTransactionsThatRunTogetherTakeTurns() throws SQLException {
        try (Connection one = database.connect();
                Connection other = database.connect();
                Statement inOne = one.createStatement();
                Statement inOther = other.createStatement()) {
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            inOne.execute("insert into example " + LARGE);
            inOther.execute("insert into example select -g, repeat('y', 100) from generate_series(1, 2000) g");
            inOne.execute("update example set msg = msg || 'z'");
            inOther.execute("update example set msg = msg || 'z'");
            one.commit();
            other.commit();
        }

        List<Message> messages = slot.read(2, "streaming", "on");

        assertWellStreamed(messages);
        List<Long> turns = only(Message.StreamStart.class, messages).stream()
                .map(Message.StreamStart::xid)
                .toList();
        assertThat(turns).contains(turns.get(0));
        assertThat(turns.lastIndexOf(turns.get(0)))
                .as("the first goes on after the other began")
                .isGreaterThan(turns.stream()
                        .filter(turn -> !turn.equals(turns.get(0)))
                        .findFirst()
                        .map(turns::indexOf)
                        .orElseThrow());
    }

    @Test
    void theOriginStandsWithinABlockWithoutATransactionId() {
        String origin = replay("insert into example " + LARGE);

        List<Message> messages = slot.read(2, "streaming", "on");

        assertWellStreamed(messages);
        assertThat(messages.get(0)).isInstanceOf(Message.StreamStart.class);
        assertThat(messages.get(1)).isInstanceOfSatisfying(Message.Origin.class, found -> assertThat(found.name())
                .isEqualTo(origin));
    }

    // protocol 3: two-phase commit

    @Test
    void aPreparedTransactionComesWhenPrepared() {
        requireMajor(15);
        replaceTheSlotByATwoPhaseOne();
        String committed = prepare("insert into example values (1, 'a')");
        database.execute("commit prepared '" + committed + "'");
        String rolledBack = prepare("insert into example values (2, 'b')");
        database.execute("rollback prepared '" + rolledBack + "'");

        List<Message> messages = slot.read(3, "two_phase", "true");

        assertThat(messages)
                .hasExactlyElementsOfTypes(
                        Message.BeginPrepare.class,
                        Message.Relation.class,
                        Message.Insert.class,
                        Message.Prepare.class,
                        Message.CommitPrepared.class,
                        Message.BeginPrepare.class,
                        Message.Insert.class,
                        Message.Prepare.class,
                        Message.RollbackPrepared.class);
        Message.BeginPrepare begin = (Message.BeginPrepare) messages.get(0);
        Message.Prepare prepare = (Message.Prepare) messages.get(3);
        Message.CommitPrepared commit = (Message.CommitPrepared) messages.get(4);
        assertThat(List.of(begin.gid(), prepare.gid(), commit.gid())).containsOnly(committed);
        assertThat(List.of(begin.xid(), prepare.xid(), commit.xid())).containsOnly(begin.xid());
        assertThat(begin.prepareLsn()).isEqualTo(prepare.prepareLsn());
        assertThat(prepare.endLsn()).isLessThanOrEqualTo(commit.commitLsn());
        assertThat(commit.endLsn()).isGreaterThan(commit.commitLsn());
        Message.Prepare second = (Message.Prepare) messages.get(7);
        Message.RollbackPrepared rollback = (Message.RollbackPrepared) messages.get(8);
        assertThat(rollback.gid()).isEqualTo(rolledBack);
        assertThat(rollback.prepareEndLsn()).isEqualTo(second.endLsn());
        assertThat(rollback.rollbackEndLsn()).isGreaterThan(rollback.prepareEndLsn());
        assertThat(rollback.rollbackTime()).isAfterOrEqualTo(rollback.prepareTime());
    }

    @Test
    void aLargePreparedTransactionIsStreamed() {
        requireMajor(15);
        replaceTheSlotByATwoPhaseOne();
        String gid = prepare("insert into example " + LARGE);
        database.execute("commit prepared '" + gid + "'");

        List<Message> messages = slot.read(3, "two_phase", "true", "streaming", "on");

        assertWellStreamed(messages);
        Message.StreamPrepare prepare =
                only(Message.StreamPrepare.class, messages).get(0);
        assertThat(prepare.gid()).isEqualTo(gid);
        assertThat(messages.get(messages.size() - 1))
                .isInstanceOfSatisfying(Message.CommitPrepared.class, commit -> assertThat(commit.xid())
                        .isEqualTo(prepare.xid()));
    }

    // protocol 4: parallel streaming

    @Test
    @Timeout(60)
    void anAbortForParallelReadersTellsWhereAndWhen() throws SQLException {
        requireMajor(16);

        List<Message> messages = readWhileALargeTransactionRollsBack(4, "parallel");

        assertThat(only(Message.StreamAbort.class, messages)).hasSize(1).allSatisfy(abort -> {
            assertThat(abort.subXid()).isEqualTo(abort.xid());
            assertThat(abort.abortLsn()).isGreaterThan(Lsn.ZERO);
            assertThat(abort.abortTime()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
        });
    }

    private void replaceTheSlotByATwoPhaseOne() {
        slot.drop();
        slot = Slot.createTwoPhase(database);
    }

    /** Prepares a transaction and gives its name. */
    private String prepare(String sql) {
        String gid = database.value("select current_database() || '_' || clock_timestamp()");
        database.execute("begin; " + sql + "; prepare transaction '" + gid + "'");
        return gid;
    }

    /** An abort is sent only if the changes were: to a reader that was there when nobody knew of the rollback. */
    private List<Message> readWhileALargeTransactionRollsBack(int protocol, String streaming) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                SlotStream stream = SlotStream.open(slot, protocol, "streaming", streaming)) {
            connection.setAutoCommit(false);
            statement.execute("insert into example " + LARGE);
            flush();
            List<Message> messages = stream.readUntil(Message.StreamStop.class::isInstance);
            connection.rollback();
            flush();
            messages.addAll(stream.readUntil(Message.StreamAbort.class::isInstance));
            assertWellStreamed(messages);
            return messages;
        }
    }

    /** Blocks of changes and, between them, what ends a transaction. */
    private static void assertWellStreamed(List<Message> messages) {
        boolean inBlock = false;
        for (Message message : messages) {
            boolean belongsInABlock = message instanceof Message.Streamed
                    || message instanceof Message.StreamStop
                    || message instanceof Message.Origin;
            assertThat(belongsInABlock).as("%s in a block", message).isEqualTo(inBlock);
            inBlock = inBlock ? !(message instanceof Message.StreamStop) : message instanceof Message.StreamStart;
        }
        assertThat(inBlock).isFalse();
        assertThat(streamed(messages)).isNotEmpty();
    }

    private static List<Message.Streamed> streamed(List<Message> messages) {
        return only(Message.Streamed.class, messages);
    }

    private static void requireMajor(int version) {
        assumeTrue(TestServer.majorVersion() >= version, "needs PostgreSQL " + version);
    }
}
