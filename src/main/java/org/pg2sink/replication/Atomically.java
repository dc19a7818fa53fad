package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.SQLException;
import org.pg2sink.replication.KeptConnections.Work;

/** Does several things on a connection in one transaction. */
public final class Atomically {

    private Atomically() {}

    /**
     * Returns what the work returns, once its transaction has been committed. If the work throws, nothing of it is done.
     *
     * @param connection in autocommit mode, and left so
     */
    public static <T> T run(Connection connection, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T result = work.on(connection);
            connection.commit();
            return result;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }
}
