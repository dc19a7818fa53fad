package org.pg2sink.replication.preflight;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.SlotDescription;
import org.pg2sink.replication.Sql;
import org.pg2sink.replication.Subscription;

/**
 * Holds what checks look at.
 *
 * @param connection an ordinary connection in autocommit mode
 * @param readers how many chunks imports read at the same time; 0 if nothing is imported
 * @param major the major version of the server
 * @param role the role of the connection
 * @param catalog the name of the database on the server
 * @param superuser whether the role is one
 * @param slot the slot of the subscription; empty if there is none
 * @param publication the publication of the subscription; empty if there is none
 */
record Inspected(
        Connection connection,
        Database database,
        Subscription subscription,
        int readers,
        int major,
        String role,
        String catalog,
        boolean superuser,
        Optional<SlotDescription> slot,
        Optional<PublicationOwner> publication) {

    static Inspected of(Connection connection, Database database, Subscription subscription, int readers)
            throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select current_user, current_database(),"
                        + " (select rolsuper from pg_roles where rolname = current_user)")) {
            row.next();
            return new Inspected(
                    connection,
                    database,
                    subscription,
                    readers,
                    connection.getMetaData().getDatabaseMajorVersion(),
                    row.getString(1),
                    row.getString(2),
                    row.getBoolean(3),
                    SlotDescription.of(connection, subscription.name()),
                    PublicationOwner.of(connection, subscription.name()));
        }
    }

    /** Returns the role for SQL, in double quotes. */
    String quotedRole() {
        return Sql.quoted(role);
    }

    /** Returns the publication for SQL, in double quotes. */
    String quotedPublication() {
        return Sql.quoted(subscription.name());
    }

    /** Returns whether rows that are there before are imported. */
    boolean imports() {
        return readers > 0;
    }

    /** Returns how grave it is if rows cannot be imported. */
    Severity severityForImports() {
        return imports() ? Severity.WARNING : Severity.INFO;
    }

    /** Returns the values of a query with one row, as texts. */
    List<String> row(String sql, Object... parameters) throws SQLException {
        return Rows.of(connection, sql, parameters).get(0);
    }

    /** Returns the rows of a query, each as a list of texts. */
    List<List<String>> rows(String sql, Object... parameters) throws SQLException {
        return Rows.of(connection, sql, parameters);
    }
}
