package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Names the transactions that slots and imports wait for. A prepared transaction belongs to no session, so
 * {@code pg_stat_activity} does not show it.
 *
 * @see <a href="https://www.postgresql.org/docs/current/view-pg-prepared-xacts.html">pg_prepared_xacts</a>
 */
public final class OpenTransactions {

    private static final String PREPARED = """
            select gid, owner, database, date_trunc('second', prepared)::text
            from pg_prepared_xacts
            where prepared <= now() - ? * interval '1 second'
              and (?::text is null or transaction::text = ?)
            order by prepared, gid limit 1""";

    private static final String SESSION = """
            select pid, usename, datname, date_trunc('second', xact_start)::text
            from pg_stat_activity where backend_xid::text = ?""";

    private OpenTransactions() {}

    /** Names the oldest transaction that has been prepared for some seconds, with the remedy; empty if there is none. */
    public static Optional<String> prepared(Connection connection, int minSeconds) throws SQLException {
        return prepared(connection, minSeconds, null);
    }

    private static Optional<String> prepared(Connection connection, int minSeconds, String xid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PREPARED)) {
            statement.setInt(1, minSeconds);
            statement.setString(2, xid);
            statement.setString(3, xid);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of("the prepared transaction " + Sql.literal(row.getString(1)) + " of role "
                                + row.getString(2) + ", prepared at " + row.getString(4)
                                + ", which somebody has to end by COMMIT PREPARED or ROLLBACK PREPARED in the database "
                                + row.getString(3))
                        : Optional.empty();
            }
        }
    }

    /**
     * Names a transaction as well as the server tells.
     *
     * @param xid its number, with or without epoch
     */
    public static String name(Connection connection, long xid) throws SQLException {
        String shown = Long.toString(xid & 0xffff_ffffL);
        Optional<String> prepared = prepared(connection, 0, shown);
        if (prepared.isPresent()) {
            return prepared.get();
        }
        try (PreparedStatement statement = connection.prepareStatement(SESSION)) {
            statement.setString(1, shown);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? "transaction " + xid + " of the session with pid " + row.getInt(1) + " (role "
                                + row.getString(2) + ", database " + row.getString(3) + "), open since "
                                + row.getString(4)
                        : "transaction " + xid;
            }
        }
    }
}
