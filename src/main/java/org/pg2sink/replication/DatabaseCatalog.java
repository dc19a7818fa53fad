package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pg2sink.changelog.Attribute;
import org.pg2sink.changelog.Catalog;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.replication.CatalogMemory.KeySpan;
import org.pg2sink.types.PgType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the catalog of the subscribed database, over a connection of its own, and remembers what it told. For one thread.
 */
public final class DatabaseCatalog implements Catalog, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseCatalog.class);

    private static final String TYPE = CatalogQueries.TYPES + " where t.oid = ?";

    private static final String BUILT_IN =
            "select oid from pg_type where typname = ? and typnamespace = 'pg_catalog'::regnamespace";

    private static final String WAL_END = "select pg_current_wal_insert_lsn()";

    private static final String DEFERRABLE =
            "select 1 from pg_index where indrelid = ? and indisprimary and not indimmediate";

    /** Finds the values of old rows at the partitions, since a partitioned table stores none. Locks none of them. */
    private static final String ATTRIBUTES = """
            with old as (
                select distinct on (m.attname) m.attname, (m.attmissingval::text::text[])[1] as value
                from pg_class c
                cross join lateral (%s) stored
                join pg_attribute m on m.attrelid = stored.oid and m.atthasmissing
                where c.oid = ? and (c.relkind = 'p' or stored.oid = c.oid) order by m.attname
            )
            select a.attname, a.attnum, old.value
            from pg_attribute a left join old on old.attname = a.attname
            where a.attrelid = ? and a.attnum > 0 and not a.attisdropped and (? = '0' or age(a.xmin) >= age(?::xid))""".formatted(Sql.PARTITION_TREE);

    private static final String COLUMNS =
            "select attnum, attname from pg_attribute where attrelid = ? and attnum > 0 and not attisdropped";

    private final Database database;
    private final CatalogMemory memory;
    /** The names that the stream told, by OID. Of a domain it is that of the base type. */
    private final Map<Long, Message.Type> named = new HashMap<>();

    private Connection connection;

    public DatabaseCatalog(Database database) {
        this(database, new CatalogMemory());
    }

    /** @param memory outlasts this catalog */
    public DatabaseCatalog(Database database, CatalogMemory memory) {
        this.database = database;
        this.memory = memory;
    }

    @Override
    public Optional<PgType> find(long oid) {
        PgType known = memory.type(oid);
        if (known != null) {
            return Optional.of(known);
        }
        try (PreparedStatement statement = connection().prepareStatement(TYPE)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    PgType type = CatalogQueries.type(row);
                    memory.remember(type);
                    return Optional.of(type);
                }
            }
            return domain(oid);
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "looking up the type with OID " + oid, database);
        }
    }

    /** Returns a dropped domain over a built-in type, whose name the stream told. */
    private Optional<PgType> domain(long oid) throws SQLException {
        Message.Type told = named.get(oid);
        if (told == null || !told.namespace().equals("pg_catalog")) {
            return Optional.empty();
        }
        try (PreparedStatement statement = connection().prepareStatement(BUILT_IN)) {
            statement.setString(1, told.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new PgType(oid, told.namespace(), told.name(), 'd', 0, ',', row.getLong(1), -1))
                        : Optional.empty();
            }
        }
    }

    @Override
    public void named(Message.Type type) {
        named.put(type.oid(), type);
    }

    @Override
    public void unknown(long typeOid, TableName table, List<String> columns) {
        if (memory.isNews(List.of(typeOid, table))) {
            Message.Type told = named.get(typeOid);
            LOG.warn(
                    "The type {} of {} was dropped before its rows were streamed, and nobody has seen it before: the values"
                            + " of {} come as text. If that matters, stream a table before its types are dropped.",
                    told == null ? "with OID " + typeOid : told.namespace() + "." + told.name(),
                    table,
                    String.join(", ", columns));
        }
    }

    @Override
    public List<String> primaryKey(long relationOid) {
        try (PreparedStatement statement = connection().prepareStatement(CatalogQueries.KEYS + " where c.oid = ?")) {
            statement.setLong(1, relationOid);
            return CatalogQueries.keys(statement, Lsn.ZERO).stream()
                    .map(KeySpan::columns)
                    .findFirst()
                    .orElse(List.of());
        } catch (SQLException e) {
            throw SubscriptionException.of(
                    e, "looking up the primary key of the relation with OID " + relationOid, database);
        }
    }

    @Override
    public List<String> primaryKey(Message.Relation relation, Transaction transaction) {
        if (!memory.isKnown(relation.oid(), transaction.lsn())) {
            look(relation.oid());
        }
        return memory.key(relation, transaction);
    }

    /** Looks which key a relation has now. If it is gone, what is remembered stays. */
    private void look(long relationOid) {
        try (PreparedStatement statement = connection().prepareStatement(CatalogQueries.KEYS + " where c.oid = ?")) {
            statement.setLong(1, relationOid);
            CatalogQueries.keys(statement, walEnd(connection)).forEach(memory::see);
        } catch (SQLException e) {
            throw SubscriptionException.of(
                    e, "looking up the primary key of the relation with OID " + relationOid, database);
        }
    }

    /** Remembers types and keys of all tables of a publication, before anybody drops them. */
    public static void observe(Connection connection, String publication, CatalogMemory memory) throws SQLException {
        try (PreparedStatement types = connection.prepareStatement(CatalogQueries.publishedTypes(connection));
                PreparedStatement keys = connection.prepareStatement(CatalogQueries.publishedKeys(connection))) {
            types.setString(1, publication);
            try (ResultSet row = types.executeQuery()) {
                while (row.next()) {
                    memory.remember(CatalogQueries.type(row));
                }
            }
            keys.setString(1, publication);
            // the end of the WAL before the look: a key that is made in between is seen a little too early at most
            CatalogQueries.keys(keys, walEnd(connection)).forEach(memory::see);
        }
    }

    /** Returns the encoding of the database. */
    public DatabaseEncoding encoding() {
        try {
            return encoding(connection());
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "looking up the encoding of the database", database);
        }
    }

    /** Returns the encoding of the database that a connection leads to. */
    public static DatabaseEncoding encoding(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show server_encoding")) {
            row.next();
            return DatabaseEncoding.of(row.getString(1));
        }
    }

    private static Lsn walEnd(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(WAL_END)) {
            row.next();
            return Lsn.parse(row.getString(1));
        }
    }

    @Override
    public boolean isKeyDeferrable(long relationOid) {
        try (PreparedStatement statement = connection().prepareStatement(DEFERRABLE)) {
            statement.setLong(1, relationOid);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        } catch (SQLException e) {
            throw SubscriptionException.of(
                    e, "looking up the primary key of the relation with OID " + relationOid, database);
        }
    }

    @Override
    public Map<String, Attribute> attributes(long relationOid, long xid) {
        try (PreparedStatement statement = connection().prepareStatement(ATTRIBUTES)) {
            statement.setLong(1, relationOid);
            statement.setLong(2, relationOid);
            statement.setString(3, String.valueOf(xid));
            statement.setString(4, String.valueOf(xid));
            Map<String, Attribute> attributes = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    attributes.put(row.getString(1), new Attribute(row.getInt(2), row.getString(3)));
                }
            }
            return attributes;
        } catch (SQLException e) {
            throw SubscriptionException.of(
                    e, "looking up the columns of the relation with OID " + relationOid, database);
        }
    }

    @Override
    public Map<Integer, String> columns(long relationOid) {
        try (PreparedStatement statement = connection().prepareStatement(COLUMNS)) {
            statement.setLong(1, relationOid);
            Map<Integer, String> columns = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    columns.put(row.getInt(1), row.getString(2));
                }
            }
            return columns;
        } catch (SQLException e) {
            throw SubscriptionException.of(
                    e, "looking up the columns of the relation with OID " + relationOid, database);
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
    public void close() {
        if (connection != null) {
            Connections.closeQuietly(connection);
            connection = null;
        }
    }
}
