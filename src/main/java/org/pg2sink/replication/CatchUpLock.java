package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Marks a slot as being caught up with, by an advisory lock that a session holds until it ends. The slot itself does not show
 * it, because nobody streams from it meanwhile.
 *
 * @see <a href="https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS">Advisory Locks</a>
 */
final class CatchUpLock {

    private CatchUpLock() {}

    /** Takes the lock for the session of {@code connection}, unless another session has it. Returns whether it succeeded. */
    static boolean tryTake(Connection connection, String slot) throws SQLException {
        return ask(connection, "select pg_try_advisory_lock(hashtextextended(?, 0))", slot);
    }

    /** Returns whether another session has the lock. */
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
