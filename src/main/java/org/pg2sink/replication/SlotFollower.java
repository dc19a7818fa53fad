package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.SubscriptionException.Remedy;

/**
 * Moves a slot that nobody streams from to the confirmed position, every few seconds and at the end. Such a slot does not
 * look busy, so an advisory lock of the same session keeps other instances waiting. For one thread.
 */
final class SlotFollower {

    /** Makes the server release the lock even if a proxy keeps its side of a broken connection alive. */
    private static final String IDLE_TIMEOUT = "set idle_session_timeout = '30s'";

    /** Reads failover through JSON, because servers before 17 do not have the column. */
    private static final String STATE = """
            select active_pid, coalesce((to_jsonb(s) ->> 'failover')::boolean, false)
                   and coalesce(current_setting('synchronized_standby_slots', true), '') <> ''
            from pg_replication_slots s where slot_name =\s""";

    private static final long ADVANCE_INTERVAL_MILLIS = 5_000;
    private static final int MAX_ANSWER_MILLIS = 20_000;
    private static final int MAX_ADVANCE_MILLIS = 600_000;

    private final Connection connection;
    private final String slot;
    private final Supplier<Lsn> confirmed;

    /**
     * Takes the lock of the slot.
     *
     * @param connection an ordinary connection, which is closed with this object
     * @param slot the name of the slot
     * @param confirmed tells the position to which the slot may move
     * @throws SubscriptionException if another instance has the slot
     */
    SlotFollower(Connection connection, String slot, Supplier<Lsn> confirmed) throws SQLException {
        this.connection = connection;
        this.slot = slot;
        this.confirmed = confirmed;
        if (!CatchUpLock.tryTake(connection, slot)) {
            throw new SubscriptionException(
                    Remedy.WAIT,
                    "Another instance catches up with the replication slot " + slot
                            + ": waiting until it has finished.");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(IDLE_TIMEOUT);
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
                            + ": waiting until it is free.");
        }
        if (failover) {
            throw new SubscriptionException(
                    Remedy.RETRY,
                    "The replication slot " + slot
                            + " is a failover slot, and a copy of it would not wait for the standbys of"
                            + " synchronized_standby_slots.");
        }
    }

    /** Moves the slot until {@code closing} is counted down, and then once more. */
    void follow(CountDownLatch closing) throws SQLException, InterruptedException {
        Lsn moved = Lsn.ZERO;
        boolean open = true;
        while (open) {
            open = !closing.await(ADVANCE_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
            checkServer();
            Lsn position = confirmed.get();
            if (!position.equals(moved)) {
                advanceTo(position);
                moved = position;
            }
        }
    }

    /** Finds out whether the session that holds the lock has ended, which nobody would notice otherwise. */
    private void checkServer() throws SQLException {
        connection.setNetworkTimeout(Runnable::run, MAX_ANSWER_MILLIS);
        try (Statement statement = connection.createStatement()) {
            statement.execute("select 1");
        }
    }

    /** Closes the connection, which releases the lock. */
    void close() {
        Connections.closeQuietly(connection);
    }

    private void advanceTo(Lsn position) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, MAX_ADVANCE_MILLIS); // the server decodes what the slot passes
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_replication_slot_advance(slot_name, '" + position
                    + "') from pg_replication_slots where slot_name = " + Sql.literal(slot)
                    + " and confirmed_flush_lsn < '" + position + "'");
        }
    }
}
