package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.pg2sink.changelog.TableName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Executes the statements that change a publication. Each method works in the transaction of the connection. */
final class PublicationDdl {

    private static final Logger LOG = LoggerFactory.getLogger(PublicationDdl.class);

    private static final String COMMENT = """
            select obj_description(oid, 'pg_publication'), %s, pg_has_role(pubowner, 'USAGE')
            from pg_publication where pubname = ?""".formatted(Sql.THIS_DATABASE);

    private static final String NAMES = """
            select c.oid, n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.oid = any (?)""";

    private final String publication;
    private final String quotedName;

    PublicationDdl(String publication) {
        this.publication = publication;
        this.quotedName = Sql.quoted(publication);
    }

    /** Waits until no other process changes the publication, and keeps others out until the transaction ends. */
    void lock(Connection connection) throws SQLException {
        execute(connection, "set local lock_timeout = '10s'");
        // if the network is cut now, the server must not keep the lock for a client that never comes back
        execute(connection, "set local idle_in_transaction_session_timeout = '10s'");
        try (PreparedStatement statement =
                connection.prepareStatement("select pg_advisory_xact_lock(hashtextextended(?, 0))")) {
            statement.setString(1, "pg2sink publication " + publication);
            statement.execute();
        }
    }

    /** Publishes stored generated columns where the server can: it would refuse UPDATEs of a table with one in its key. */
    void create(Connection connection) throws SQLException {
        boolean generated = connection.getMetaData().getDatabaseMajorVersion() >= 18;
        execute(
                connection,
                "CREATE PUBLICATION " + quotedName + " WITH (publish_via_partition_root = true"
                        + (generated ? ", publish_generated_columns = stored)" : ")"));
        LOG.info("Created the publication {}", publication);
    }

    void add(Connection connection, CatalogTable table) throws SQLException {
        execute(connection, "ALTER PUBLICATION " + quotedName + " ADD TABLE ONLY " + table.quotedName());
    }

    void remove(Connection connection, CatalogTable table) throws SQLException {
        execute(connection, "ALTER PUBLICATION " + quotedName + " DROP TABLE ONLY " + table.quotedName());
    }

    /** Replaces the comment, unless it stays the same: only the owner of a publication may write it. */
    void comment(Connection connection, PublicationComment old, PublicationComment now) throws SQLException {
        if (now.equals(old) && now.tables().isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(COMMENT)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                Map<Long, TableName> names = names(connection, now);
                String text = now.text() + new CommentNames(row.getString(2), names).text();
                boolean outdated = row.getBoolean(3) && !text.equals(row.getString(1)); // such as after a renaming
                if (!now.equals(old) || outdated) {
                    execute(connection, "COMMENT ON PUBLICATION " + quotedName + " IS " + Sql.literal(text));
                }
            }
        }
    }

    private static Map<Long, TableName> names(Connection connection, PublicationComment comment) throws SQLException {
        Map<Long, TableName> names = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(NAMES)) {
            statement.setArray(
                    1, connection.createArrayOf("oid", comment.tables().toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    names.put(row.getLong(1), new TableName(row.getString(2), row.getString(3)));
                }
            }
        }
        return names;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
