package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.OptionalLong;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logical replication slot of a subscription: the durable position.
 *
 * @see <a href="https://www.postgresql.org/docs/current/view-pg-replication-slots.html">pg_replication_slots</a>
 */
public final class ReplicationSlot {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicationSlot.class);

    static final int OLDEST_MAJOR = 14;
    private static final String PLUGIN = "pgoutput";

    /** Columns that only newer servers have are read through JSON, where an absent one is null. */
    private static final String STATE = """
            select s.plugin, s.database, current_database(), s.active_pid, s.confirmed_flush_lsn::text,
                   s.wal_status, to_jsonb(s)->>'invalidation_reason', to_jsonb(s)->>'two_phase'
            from pg_replication_slots s where s.slot_name = ?""";

    private final Database database;
    private final String name;

    public ReplicationSlot(Database database, String name) {
        this.database = database;
        this.name = name;
    }

    private record State(
            String plugin,
            String slotDatabase,
            String currentDatabase,
            String activePid,
            String confirmed,
            String walStatus,
            String invalidation,
            String twoPhase) {}

    /**
     * Makes sure that the slot, if it exists, can be streamed from.
     *
     * @param connection an ordinary connection in autocommit mode, not null
     * @param lastConfirmed the position that this process confirmed last, 0 if it has not streamed yet
     * @return the confirmed position of the slot, unsigned; empty if there is no slot
     * @throws SubscriptionException if it cannot be streamed from, or was dropped since {@code lastConfirmed}
     */
    public OptionalLong position(Connection connection, long lastConfirmed) {
        try {
            checkServer(connection);
            if (CatchUpLock.isTaken(connection, name)) {
                throw new SubscriptionException(
                        Remedy.WAIT, "Another instance catches up with the replication slot " + name + ".");
            }
            Optional<State> state = state(connection);
            if (state.isPresent()) {
                return OptionalLong.of(check(state.get(), lastConfirmed));
            }
            if (lastConfirmed != 0) {
                throw new SubscriptionException(
                        Remedy.STOP,
                        "The replication slot " + name + " was dropped while pg2sink used it: changes after "
                                + Transaction.lsnText(lastConfirmed)
                                + " can no longer be had from it. Restart pg2sink to begin anew with a new slot.");
            }
            return OptionalLong.empty();
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "looking at the replication slot " + name, database);
        }
    }

    /**
     * Creates the slot. Its publication must exist by then: what is in the WAL from before cannot be decoded.
     *
     * @param connection an ordinary connection in autocommit mode, not null; it waits as long as transactions run that have
     *     begun before
     * @return the confirmed position of the slot, unsigned
     */
    public long create(Connection connection) {
        LOG.info("Creating the replication slot {}; it waits for transactions that are running now", name);
        try (PreparedStatement statement =
                connection.prepareStatement("select pg_create_logical_replication_slot(?, ?)")) {
            connection.setNetworkTimeout(Runnable::run, 0);
            statement.setString(1, name);
            statement.setString(2, PLUGIN);
            statement.execute();
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "creating the replication slot " + name, database);
        }
        return position(connection, 0)
                .orElseThrow(() -> new SubscriptionException(
                        Remedy.RETRY, "The replication slot " + name + " was dropped as soon as it was created."));
    }

    private void checkServer(Connection connection) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        if (major < OLDEST_MAJOR) {
            throw new SubscriptionException(
                    Remedy.STOP,
                    "The server at " + database + " is PostgreSQL " + major + ", but pg2sink needs " + OLDEST_MAJOR
                            + " or newer.");
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show wal_level")) {
            row.next();
            if (!row.getString(1).equals("logical")) {
                throw new SubscriptionException(
                        Remedy.RETRY,
                        "The server's wal_level is " + row.getString(1) + ", but pg2sink needs logical:"
                                + " run ALTER SYSTEM SET wal_level = logical, then restart the server.");
            }
        }
    }

    private Optional<State> state(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(STATE)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new State(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6),
                                row.getString(7),
                                row.getString(8)))
                        : Optional.empty();
            }
        }
    }

    private long check(State state, long lastConfirmed) {
        if (!PLUGIN.equals(state.plugin)) {
            throw new SubscriptionException(
                    Remedy.STOP,
                    "The replication slot " + name + " is "
                            + (state.plugin == null ? "a physical one" : "of the plugin " + state.plugin)
                            + ", but pg2sink needs " + PLUGIN
                            + ": choose another subscription name, or drop that slot.");
        }
        if (!state.currentDatabase.equals(state.slotDatabase)) {
            throw new SubscriptionException(
                    Remedy.STOP,
                    "The replication slot " + name + " belongs to the database " + state.slotDatabase + ", not to "
                            + state.currentDatabase + ": choose another subscription name.");
        }
        if ("true".equals(state.twoPhase)) {
            throw new SubscriptionException(
                    Remedy.STOP,
                    "The replication slot " + name
                            + " was made with two_phase, which pg2sink does not read: choose another"
                            + " subscription name, or drop that slot.");
        }
        if ("lost".equals(state.walStatus) || state.invalidation != null) {
            throw new SubscriptionException(
                    Remedy.STOP,
                    "The replication slot " + name + " is lost ("
                            + (state.invalidation == null ? "WAL it needs was removed" : state.invalidation)
                            + "): changes after " + state.confirmed + " can no longer be had from it. Run SELECT"
                            + " pg_drop_replication_slot(" + Sql.literal(name)
                            + ") and restart pg2sink to begin anew with a new slot.");
        }
        if (state.activePid != null) {
            throw new SubscriptionException(
                    Remedy.WAIT,
                    "The replication slot " + name + " is in use by the server process " + state.activePid
                            + ": waiting for it to become free.");
        }
        long confirmed = LogSequenceNumber.valueOf(state.confirmed).asLong();
        if (lastConfirmed != 0 && Long.compareUnsigned(confirmed, lastConfirmed) > 0) {
            LOG.warn(
                    "The replication slot {} stands at {}, beyond {} where this process left it: another client moved or"
                            + " recreated it, and the changes in between did not pass through this process",
                    name,
                    state.confirmed,
                    Transaction.lsnText(lastConfirmed));
        }
        return confirmed;
    }
}
