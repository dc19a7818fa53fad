package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.SubscriptionException.Remedy;

/**
 * Describes a replication slot as the server tells it.
 *
 * @param name its name
 * @param plugin its output plugin; null for a physical slot
 * @param slotDatabase the database that it belongs to; null for a physical slot
 * @param currentDatabase the database that was asked
 * @param activePid the server process that uses it; null if nobody does
 * @param confirmed its confirmed position; null for a physical slot
 * @param walStatus whether its WAL is there
 * @param invalidation why the server invalidated it; null if it did not, or is older than 16
 * @param twoPhase whether it tells of prepared transactions before they are committed
 * @param failover whether it is synchronized to standbys; false before 17
 * @see <a href="https://www.postgresql.org/docs/current/view-pg-replication-slots.html">pg_replication_slots</a>
 */
public record SlotDescription(
        String name,
        String plugin,
        String slotDatabase,
        String currentDatabase,
        String activePid,
        String confirmed,
        String walStatus,
        String invalidation,
        boolean twoPhase,
        boolean failover) {

    static final String PLUGIN = "pgoutput";

    /** Reads columns that older servers do not have through JSON, where a missing column is null. */
    private static final String STATE = """
            select s.plugin, s.database, current_database(), s.active_pid, s.confirmed_flush_lsn::text,
                   s.wal_status, to_jsonb(s)->>'invalidation_reason', to_jsonb(s)->>'two_phase',
                   to_jsonb(s)->>'failover'
            from pg_replication_slots s where s.slot_name = ?""";

    /** Returns the slot of that name; empty if there is none. */
    public static Optional<SlotDescription> of(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(STATE)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new SlotDescription(
                                name,
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6),
                                row.getString(7),
                                "true".equals(row.getString(8)),
                                "true".equals(row.getString(9))))
                        : Optional.empty();
            }
        }
    }

    /** Returns whether a client uses it. */
    public boolean isActive() {
        return activePid != null;
    }

    /** Returns whether it can never be used again. */
    public boolean isLost() {
        return "lost".equals(walStatus) || invalidation != null;
    }

    Lsn position() {
        return Lsn.parse(confirmed);
    }

    /** Returns why it cannot be streamed from, whoever uses it now; empty if it can. */
    public Optional<SubscriptionException> fault() {
        if (!PLUGIN.equals(plugin)) {
            return stop((plugin == null ? " is a physical slot" : " uses the plugin " + plugin) + ", but pg2sink needs "
                    + PLUGIN + ": choose another subscription name, or drop that slot.");
        }
        if (!currentDatabase.equals(slotDatabase)) {
            return stop(" belongs to the database " + slotDatabase + ", not to " + currentDatabase
                    + ": choose another subscription name.");
        }
        if (twoPhase) {
            return stop(" was created with two_phase, which pg2sink does not support: choose another subscription name,"
                    + " or drop that slot.");
        }
        if (isLost()) {
            return stop(" is lost (" + (invalidation == null ? "WAL it needs was removed" : invalidation)
                    + "). Changes after " + confirmed + " are no longer available. Run SELECT pg_drop_replication_slot("
                    + Sql.literal(name) + ") and restart pg2sink to start over with a new slot.");
        }
        return Optional.empty();
    }

    private Optional<SubscriptionException> stop(String fault) {
        return Optional.of(new SubscriptionException(Remedy.STOP, "The replication slot " + name + fault));
    }
}
