package org.pg2sink.types;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.changelog.Row;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.DatabaseCatalog;

/**
 * A column of some type on a real server, filled with values: the oracle. Its session has the settings of the replication
 * session.
 */
public final class ServerColumn {

    private static final String[] SETTINGS = {
        "set TimeZone = 'UTC'",
        "set DateStyle = 'ISO'",
        "set IntervalStyle = 'postgres'",
        "set extra_float_digits = 1",
        "set bytea_output = 'hex'",
        "set xmloption = 'content'"
    };

    private final Connection connection;
    private final long oid;
    private final int modifier;

    /** A value as the server itself gives it. */
    record Row(byte[] text, String json) {
        @Override
        public String toString() {
            return new String(text, StandardCharsets.UTF_8);
        }
    }

    /** @param literals the values in SQL, of which any may be null */
    public ServerColumn(Connection connection, String type, List<String> literals) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            for (String setting : SETTINGS) {
                statement.execute(setting);
            }
            statement.execute("drop table if exists sample");
            statement.execute("create table sample (id serial, v " + type + ")");
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into sample (v) select v::" + type + " from unnest(?) with ordinality as l(v, n) order by n")) {
            insert.setArray(1, connection.createArrayOf("text", literals.toArray()));
            insert.execute();
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select atttypid, atttypmod from pg_attribute"
                        + " where attrelid = 'sample'::regclass and attname = 'v'")) {
            row.next();
            oid = row.getLong(1);
            modifier = row.getInt(2);
        }
    }

    public Codec codec() throws SQLException {
        return codec(connection, oid, modifier);
    }

    /** The codec that the server's catalog leads to. */
    static Codec codec(Connection connection, long oid, int modifier) throws SQLException {
        try (DatabaseCatalog catalog = catalog(connection)) {
            return new Codecs(catalog).of(oid, modifier);
        }
    }

    static DatabaseCatalog catalog(Connection connection) throws SQLException {
        return new DatabaseCatalog(new Database(connection.getMetaData().getURL(), null, null));
    }

    // format calls the output function of the type, which for boolean and character is not the cast to text

    /** @param json the SQL of the expected JSON, for the value v */
    List<Row> rows(String json) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("select format('%s', v), " + json + "::text from sample order by id")) {
            List<Row> rows = new ArrayList<>();
            while (result.next()) {
                byte[] text = result.getString(1).getBytes(StandardCharsets.UTF_8);
                rows.add(new Row(text, result.getString(2)));
            }
            return rows;
        }
    }
}
