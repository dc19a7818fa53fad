package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * Tells whether a server writes enough WAL to decode changes. From version 19 on the first logical slot makes it write enough
 * by itself, unless {@code wal_level} is {@code minimal}.
 *
 * @param major the major version of the server
 * @param configured its {@code wal_level}
 * @param effective its {@code effective_wal_level}; null before version 19, which does not have it
 * @see <a href="https://www.postgresql.org/docs/19/runtime-config-wal.html#GUC-WAL-LEVEL">wal_level</a>
 */
public record WalLevel(int major, String configured, String effective) {

    private static final int RISES_BY_ITSELF_VERSION = 19;
    private static final String QUERY =
            "select current_setting('wal_level'), current_setting('effective_wal_level', true)";

    /** Asks a server for its level. */
    public static WalLevel of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            return new WalLevel(connection.getMetaData().getDatabaseMajorVersion(), row.getString(1), row.getString(2));
        }
    }

    /** Returns what is wrong with the level, and the remedy; empty if it suffices. */
    public Optional<String> problem() {
        boolean rises = major >= RISES_BY_ITSELF_VERSION;
        if (configured.equals("logical") || rises && configured.equals("replica")) {
            return Optional.empty();
        }
        return Optional.of("The server's wal_level is " + configured
                + (effective == null ? "" : " (effective_wal_level is " + effective + ")")
                + ", but pg2sink needs " + (rises ? "replica or logical" : "logical")
                + ": run ALTER SYSTEM SET wal_level = logical, then restart the server.");
    }
}
