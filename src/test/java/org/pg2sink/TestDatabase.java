package org.pg2sink;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A database that a test has for itself, with short ways to talk to it. */
public record TestDatabase(String url) {

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** Runs each statement in a transaction of its own. */
    public void execute(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Runs all statements in one transaction. */
    public void transaction(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** The rows of a table as text, in the order of that. */
    List<String> rows(String table) {
        return query("select t::text from " + table + " t order by 1");
    }

    /** The first column of each row, as text. */
    public List<String> query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** The only value of a query with one row and one column, as text. */
    public String value(String sql) {
        List<String> values = query(sql);
        if (values.size() != 1) {
            throw new IllegalStateException("expected one row, but got " + values.size() + ": " + sql);
        }
        return values.get(0);
    }
}
