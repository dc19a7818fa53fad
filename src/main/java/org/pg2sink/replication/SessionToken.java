package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.pg2sink.pgoutput.Lsn;

/**
 * Identifies a session of a stream. A slot has one reader at a time, so of two sessions of a stream the one that began later
 * is in the right: a target can refuse what an earlier one still writes.
 *
 * @param stream server, database and subscription, which all instances of a subscription name alike
 * @param began when the session had the slot, in microseconds of the server's clock
 * @param walEnd the end of the server's WAL then
 */
public record SessionToken(String stream, long began, Lsn walEnd) {

    private static final String NOW = """
            select system_identifier || '/' || current_database() || '/' || ?,
                (extract(epoch from clock_timestamp()) * 1000000)::bigint, pg_current_wal_flush_lsn()
            from pg_control_system()""";

    /** Returns the token of a session that begins now. The caller holds the slot already. */
    public static SessionToken take(Connection connection, String subscription) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NOW)) {
            statement.setString(1, subscription);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new SessionToken(row.getString(1), row.getLong(2), Lsn.parse(row.getString(3)));
            }
        }
    }
}
