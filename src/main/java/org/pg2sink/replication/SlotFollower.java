package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.replication.SubscriptionException.Remedy;

/**
 * Moves a slot that nobody streams from to what was delivered, every few seconds and at the end. Such a slot does not look
 * busy, so an advisory lock of the same session keeps other instances waiting. For one thread.
 */
final class SlotFollower {

    /** The same where something in between, such as a proxy, keeps the server's side of a broken connection alive. */
    private static final String LET_GO = "; set idle_session_timeout = '30s'";

    /** Servers before 17 know no failover. */
    private static final String STATE = """
            select active_pid, coalesce((to_jsonb(s) ->> 'failover')::boolean, false)
                   and coalesce(current_setting('synchronized_standby_slots', true), '') <> ''
            from pg_replication_slots s where slot_name =\s""";

    private static final long ADVANCE_MILLIS = 5_000;
    /** How long the server may take to answer, and to move the slot. */
    private static final int ANSWER_MILLIS = 20_000;

    private static final int MOVE_MILLIS = 600_000;

    private final Connection connection;
    private final String slot;
    private final LongSupplier confirmed;

    /**
     * @param connection an ordinary one, which ends with this
     * @param slot which slot
     * @param confirmed asked for the position to which it may move
     * @throws SubscriptionException if another instance has the slot
     */
    SlotFollower(Connection connection, String slot, LongSupplier confirmed) throws SQLException {
        this.connection = connection;
        this.slot = slot;
        this.confirmed = confirmed;
        if (!CatchUpLock.tryTake(connection, slot)) {
            throw new SubscriptionException(Remedy.WAIT, "Another instance catches up with the slot " + slot + ".");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(SlotCopy.KEEPALIVES + LET_GO);
            try (ResultSet row = statement.executeQuery(STATE + Sql.literal(slot))) {
                if (row.next()) {
                    refuse(row.getString(1), row.getBoolean(2));
                }
            }
        }
    }

    private void refuse(String activePid, boolean failover) {
        if (activePid != null) {
            throw new SubscriptionException(
                    Remedy.WAIT,
                    "The replication slot " + slot + " is in use by the server process " + activePid
                            + ": waiting for it to become free.");
        }
        if (failover) {
            throw new SubscriptionException(
                    Remedy.RETRY,
                    "the slot is one for failover, and a copy of it would not wait for the standbys of"
                            + " synchronized_standby_slots.");
        }
    }

    /** Follows until {@code closing} is counted down, and once more then. */
    void follow(CountDownLatch closing) throws SQLException, InterruptedException {
        long moved = 0;
        boolean open = true;
        while (open) {
            open = !closing.await(ADVANCE_MILLIS, TimeUnit.MILLISECONDS);
            checkServer();
            long position = confirmed.getAsLong();
            if (position != moved) {
                advanceTo(position);
                moved = position;
            }
        }
    }

    /** Also keeps what nobody hears of, that the session with the lock has ended, from going unnoticed. */
    private void checkServer() throws SQLException {
        connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
        try (Statement statement = connection.createStatement()) {
            statement.execute("select 1");
        }
    }

    /** Ends the connection, and with it the lock. */
    void close() {
        Connections.closeQuietly(connection);
    }

    private void advanceTo(long position) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, MOVE_MILLIS); // a slot moves as slowly as it decodes
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_replication_slot_advance(slot_name, '" + Transaction.lsnText(position)
                    + "') from pg_replication_slots where slot_name = " + Sql.literal(slot)
                    + " and confirmed_flush_lsn < '" + Transaction.lsnText(position) + "'");
        }
    }
}
