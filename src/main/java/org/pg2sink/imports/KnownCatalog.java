package org.pg2sink.imports;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.CatalogMemory;
import org.pg2sink.replication.CatalogMemory.KeySpan;
import org.pg2sink.replication.CatalogQueries;
import org.pg2sink.replication.Sql;
import org.pg2sink.types.PgType;

/**
 * Keeps a {@link CatalogMemory} across restarts, in pg2sink's own tables. A role that may not write there, or a subscription
 * that has no such tables, goes without. Safe for any thread.
 */
public final class KnownCatalog {

    private static final String USABLE = """
            select count(*) = 2 and bool_and(has_schema_privilege('pg2sink', 'usage')
                   and has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert'))
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'pg2sink' and c.relname in ('known_types', 'known_keys')""";

    private final CatalogMemory memory;
    private final Set<PgType> savedTypes = ConcurrentHashMap.newKeySet();
    private final Set<List<Object>> savedKeys = ConcurrentHashMap.newKeySet();
    private volatile boolean loaded;

    public KnownCatalog(CatalogMemory memory) {
        this.memory = memory;
    }

    /** Loads what an earlier process kept, unless that was done before. */
    public void load(Connection connection) throws SQLException {
        if (!loaded && isUsable(connection)) {
            read(connection);
            loaded = true;
        }
    }

    /** Saves what is new. */
    public void save(Connection connection) throws SQLException {
        boolean news = !savedTypes.containsAll(memory.types())
                || memory.keys().stream().anyMatch(span -> !savedKeys.contains(identity(span)));
        if (news && isUsable(connection)) {
            write(connection);
        }
    }

    private static boolean isUsable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(USABLE)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private void read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("select type, namespace, name, kind, element, delimiter, base,"
                    + " base_modifier from pg2sink.known_types where origin = " + Sql.THIS_DATABASE)) {
                while (row.next()) {
                    PgType type = CatalogQueries.type(row);
                    savedTypes.add(type);
                    memory.rememberIfAbsent(type);
                }
            }
            try (ResultSet row = statement.executeQuery(
                    "select relation, key, since, made_by from pg2sink.known_keys where origin = " + Sql.THIS_DATABASE
                            + " order by since")) {
                while (row.next()) {
                    Lsn since = Lsn.parse(row.getString(3));
                    List<String> columns = List.of((String[]) row.getArray(2).getArray());
                    KeySpan span = new KeySpan(row.getLong(1), columns, since, since, row.getLong(4), false);
                    savedKeys.add(identity(span));
                    memory.remember(span);
                }
            }
        }
    }

    private static List<Object> identity(KeySpan span) {
        return List.of(span.relation(), span.first());
    }

    private void write(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("insert into pg2sink.known_types values ("
                + Sql.THIS_DATABASE + ", ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing")) {
            for (PgType type : memory.types()) {
                if (!savedTypes.contains(type)) {
                    statement.setLong(1, type.oid());
                    statement.setString(2, type.namespace());
                    statement.setString(3, type.name());
                    statement.setString(4, String.valueOf(type.kind()));
                    statement.setLong(5, type.elementOid());
                    statement.setString(6, String.valueOf(type.delimiter()));
                    statement.setLong(7, type.baseOid());
                    statement.setInt(8, type.baseModifier());
                    statement.executeUpdate();
                    savedTypes.add(type);
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement("insert into pg2sink.known_keys values ("
                + Sql.THIS_DATABASE + ", ?, ?, ?::pg_lsn, ?) on conflict do nothing")) {
            for (KeySpan span : memory.keys()) {
                if (!savedKeys.contains(identity(span))) {
                    Array columns =
                            connection.createArrayOf("text", span.columns().toArray());
                    statement.setLong(1, span.relation());
                    statement.setArray(2, columns);
                    statement.setString(3, span.first().toString());
                    statement.setLong(4, span.madeBy());
                    statement.executeUpdate();
                    savedKeys.add(identity(span));
                }
            }
        }
    }
}
