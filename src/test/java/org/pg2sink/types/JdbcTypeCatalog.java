package org.pg2sink.types;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The catalog of a real server. */
record JdbcTypeCatalog(Connection connection) implements TypeCatalog {

    private static final String QUERY = """
            select n.nspname, t.typname, t.typtype,
                   case when t.typsubscript = 'array_subscript_handler'::regproc and t.typlen = -1 then t.typelem else 0 end,
                   t.typdelim, t.typbasetype, t.typtypmod
            from pg_type t join pg_namespace n on n.oid = t.typnamespace
            where t.oid = ?""";

    @Override
    public Optional<PgType> find(long oid) {
        try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(read(oid, row)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PgType read(long oid, ResultSet row) throws SQLException {
        return new PgType(
                oid,
                row.getString(1),
                row.getString(2),
                row.getString(3).charAt(0),
                row.getLong(4),
                row.getString(5).charAt(0),
                row.getLong(6),
                row.getInt(7));
    }
}
