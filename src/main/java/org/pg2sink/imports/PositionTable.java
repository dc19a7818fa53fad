package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.ServerHistory;

/**
 * Reads and writes the row of a subscription in the table {@code pg2sink.positions}. A session writes only as long as no
 * other one has begun since, so a process that was thought dead can do no harm.
 */
public final class PositionTable {

    private static final String READ = """
            select system_identifier, database_oid, timeline, restarts, confirmed, permitted, session, revision, open
            from pg2sink.positions where subscription = ?""";

    private static final String BEGIN = """
            insert into pg2sink.positions as kept
                (subscription, system_identifier, database_oid, timeline, restarts, confirmed, permitted, session)
            values (?, ?, ?::bigint, ?, ?, ?::pg_lsn, ?::pg_lsn, ?)
            on conflict (subscription) do update
            set system_identifier = excluded.system_identifier, database_oid = excluded.database_oid,
                timeline = excluded.timeline, restarts = excluded.restarts, confirmed = excluded.confirmed,
                permitted = excluded.permitted, session = greatest(kept.session + 1, excluded.session), revision = 0,
                open = true, updated_at = now()
            returning session""";

    private static final String UPDATE = """
            update pg2sink.positions
            set confirmed = ?::pg_lsn, permitted = ?::pg_lsn, revision = revision + 1, open = ?, updated_at = now()
            where subscription = ? and session = ? and open""";

    private final String subscription;

    public PositionTable(String subscription) {
        this.subscription = subscription;
    }

    /** Returns the row; empty if there is none, or the role may not write it. */
    public Optional<KeptPosition> read(Connection connection) throws SQLException {
        if (!isUsable(connection)) {
            return Optional.empty();
        }
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, subscription);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new KeptPosition(
                                row.getString(1),
                                row.getLong(2),
                                row.getLong(3),
                                row.getInt(4),
                                Lsn.parse(row.getString(5)),
                                Lsn.parse(row.getString(6)),
                                row.getLong(7),
                                row.getLong(8),
                                row.getBoolean(9)))
                        : Optional.empty();
            }
        }
    }

    /** Returns whether there is such a table that the role may write: what nobody keeps up to date tells nothing. */
    public boolean isUsable(Connection connection) throws SQLException {
        return OwnSchema.mayWrite(connection, "positions");
    }

    /**
     * Begins a session, which ends the right of earlier ones to write.
     *
     * @param atLeast the least number that the session may get
     * @return the number of the session
     */
    public long begin(
            Connection connection, ServerHistory history, int restarts, Lsn confirmed, Lsn permitted, long atLeast)
            throws SQLException {
        commitLocally(connection);
        try (PreparedStatement statement = connection.prepareStatement(BEGIN)) {
            statement.setString(1, subscription);
            statement.setString(2, history.system());
            statement.setLong(3, history.database());
            statement.setLong(4, history.timeline());
            statement.setInt(5, restarts);
            statement.setString(6, confirmed.toString());
            statement.setString(7, permitted.toString());
            statement.setLong(8, atLeast);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /**
     * Records how far a session is.
     *
     * @param open whether the session goes on
     * @return whether the row is still the session's
     */
    public boolean update(Connection connection, long session, Lsn confirmed, Lsn permitted, boolean open)
            throws SQLException {
        commitLocally(connection);
        try (PreparedStatement statement = connection.prepareStatement(UPDATE)) {
            statement.setString(1, confirmed.toString());
            statement.setString(2, permitted.toString());
            statement.setBoolean(3, open);
            statement.setString(4, subscription);
            statement.setLong(5, session);
            return statement.executeUpdate() > 0;
        }
    }

    /** Waits for the disk but not for standbys: pg2sink may be one, and waits for this write before it confirms. */
    private static void commitLocally(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set synchronous_commit = local");
        }
    }
}
