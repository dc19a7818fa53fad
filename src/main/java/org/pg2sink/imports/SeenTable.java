package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.pg2sink.changelog.TableName;

/**
 * Names a table as it has to be locked, before it is known whether it is still the table of a job.
 *
 * @param partitioned whether its partitions have to be locked, too
 */
record SeenTable(TableName name, boolean partitioned) {

    private static final String FIND = "select n.nspname, c.relname, c.relkind = 'p'"
            + " from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ?";

    /** Looks up a table; empty if it is gone. */
    static Optional<SeenTable> find(Connection connection, long oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(
                                new SeenTable(new TableName(row.getString(1), row.getString(2)), row.getBoolean(3)))
                        : Optional.empty();
            }
        }
    }
}
