package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pg2sink.changelog.Catalog;
import org.pg2sink.types.PgType;

/** Asks the catalog of the subscribed database, over a connection of its own. For one thread. */
public final class DatabaseCatalog implements Catalog, AutoCloseable {

    private static final String TYPE = """
            select n.nspname, t.typname, t.typtype,
                   case when t.typsubscript = 'array_subscript_handler'::regproc and t.typlen = -1 then t.typelem else 0 end,
                   t.typdelim, t.typbasetype, t.typtypmod
            from pg_type t join pg_namespace n on n.oid = t.typnamespace
            where t.oid = ?""";

    private static final String PRIMARY_KEY = """
            select a.attname
            from pg_index i
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1])
            where i.indrelid = ? and i.indisprimary
            order by array_position(i.indkey::int2[], a.attnum)""";

    private final Database database;
    private Connection connection;

    public DatabaseCatalog(Database database) {
        this.database = database;
    }

    @Override
    public Optional<PgType> find(long oid) {
        try (PreparedStatement statement = connection().prepareStatement(TYPE)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new PgType(
                                oid,
                                row.getString(1),
                                row.getString(2),
                                row.getString(3).charAt(0),
                                row.getLong(4),
                                row.getString(5).charAt(0),
                                row.getLong(6),
                                row.getInt(7)))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "looking up the type with OID " + oid, database);
        }
    }

    @Override
    public List<String> primaryKey(long relationOid) {
        try (PreparedStatement statement = connection().prepareStatement(PRIMARY_KEY)) {
            statement.setLong(1, relationOid);
            try (ResultSet rows = statement.executeQuery()) {
                List<String> names = new ArrayList<>();
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
                return names;
            }
        } catch (SQLException e) {
            throw SubscriptionException.of(
                    e, "looking up the primary key of the relation with OID " + relationOid, database);
        }
    }

    /** Opens the connection for the first question and keeps it, because relations come in bursts when a stream starts. */
    private Connection connection() throws SQLException {
        if (connection == null || !connection.isValid(5)) {
            close();
            connection = database.connect();
        }
        return connection;
    }

    @Override
    public void close() throws SQLException {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
