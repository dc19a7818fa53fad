package org.pg2sink.component;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A transaction that stays open until it is closed. */
record OpenTransaction(Connection connection) implements AutoCloseable {

    OpenTransaction {
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    OpenTransaction execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return this;
    }

    @Override
    public void close() throws SQLException {
        connection.commit();
        connection.close();
    }
}
