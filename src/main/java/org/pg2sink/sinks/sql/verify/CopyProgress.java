package org.pg2sink.sinks.sql.verify;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Waits until the copy has all that had committed at the source, and until all see at the source what the copy may have. The slot
 * tells the one: what it has confirmed, the copy has committed.
 */
final class CopyProgress {

    /** The longest time in which the slot confirms nothing. */
    private static final Duration MAX_STANDSTILL = Duration.ofSeconds(60);

    private static final long LOOK_MILLIS = 20;

    /** Not transactional: it comes after all whose commit a reader has seen. */
    private static final String END = "select pg_current_wal_insert_lsn()::text";

    /** Commits something, so that the WAL has an end after the position, which a server at rest need not have. */
    private static final String MOVE = "select pg_current_xact_id()";

    private static final String CONFIRMED = """
            select confirmed_flush_lsn >= ?::pg_lsn, confirmed_flush_lsn::text
            from pg_replication_slots where slot_name = ? and database = current_database()""";

    private static final String RUNNING = "select pg_snapshot_xmax(pg_current_snapshot())::text";

    private static final String ENDED = """
            select pg_snapshot_xmin(pg_current_snapshot()) >= ?::xid8, current_setting('synchronous_standby_names') <> ''""";

    /** A commit takes that long only if it waits for standbys. */
    private static final Duration MAX_COMMIT = Duration.ofSeconds(10);

    private final Connection source;
    private final String slot;

    CopyProgress(Connection source, String slot) {
        this.source = source;
        this.slot = slot;
    }

    /** @throws VerificationException if nothing is confirmed for a while, since nobody streams, or a sink hangs */
    void awaitAllCommitted() throws SQLException, InterruptedException {
        String end;
        try (Statement statement = source.createStatement()) {
            try (ResultSet row = statement.executeQuery(END)) {
                row.next();
                end = row.getString(1);
            }
            statement.execute(MOVE);
        }
        await(end);
    }

    /**
     * Waits until the transactions that run now have ended, because one of them may be in the copy already: a commit reaches the
     * stream before other sessions see it.
     *
     * @return false if some of them may still be about to be seen
     */
    boolean awaitAllSeen() throws SQLException, InterruptedException {
        String running;
        try (Statement statement = source.createStatement();
                ResultSet row = statement.executeQuery(RUNNING)) {
            row.next();
            running = row.getString(1);
        }
        long begunNanos = System.nanoTime();
        try (PreparedStatement statement = source.prepareStatement(ENDED)) {
            statement.setString(1, running);
            while (true) {
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    if (row.getBoolean(1)) {
                        return true;
                    }
                    if (System.nanoTime() - begunNanos > MAX_COMMIT.toNanos()) {
                        return !row.getBoolean(2);
                    }
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
    }

    private void await(String end) throws SQLException, InterruptedException {
        String last = "";
        long sinceNanos = System.nanoTime();
        try (PreparedStatement statement = source.prepareStatement(CONFIRMED)) {
            statement.setString(1, end);
            statement.setString(2, slot);
            while (true) {
                try (ResultSet row = statement.executeQuery()) {
                    if (!row.next()) {
                        throw new VerificationException("There is no replication slot " + slot
                                + " in the source's database: nothing feeds the copy.");
                    }
                    if (row.getBoolean(1)) {
                        return;
                    }
                    String confirmed = row.getString(2);
                    if (!last.equals(confirmed)) {
                        last = String.valueOf(confirmed);
                        sinceNanos = System.nanoTime();
                    }
                }
                if (System.nanoTime() - sinceNanos > MAX_STANDSTILL.toNanos()) {
                    throw new VerificationException(
                            "The slot " + slot + " has confirmed nothing after " + last + " for "
                                    + MAX_STANDSTILL.toSeconds()
                                    + " seconds, so rows that the copy does not have yet cannot be told from those that it has lost:"
                                    + " is pg2sink running?");
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
    }
}
