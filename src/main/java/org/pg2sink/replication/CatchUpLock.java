package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Who catches up with a slot: nobody streams from it then, so the slot itself does not tell. An advisory lock on the server,
 * held as long as the session that took it.
 *
 * @see <a href="https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS">Advisory Locks</a>
 */
final class CatchUpLock {

    private CatchUpLock() {}

    /** Takes the lock for the session of {@code connection}, if nobody has it. */
    static boolean tryTake(Connection connection, String slot) throws SQLException {
        return ask(connection, "select pg_try_advisory_lock(hashtextextended(?, 0))", slot);
    }

    /** Whether another session has the lock. */
    static boolean isTaken(Connection connection, String slot) throws SQLException {
        boolean free = tryTake(connection, slot);
        if (free) {
            ask(connection, "select pg_advisory_unlock(hashtextextended(?, 0))", slot);
        }
        return !free;
    }

    private static boolean ask(Connection connection, String sql, String slot) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, "pg2sink catch-up " + slot);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
