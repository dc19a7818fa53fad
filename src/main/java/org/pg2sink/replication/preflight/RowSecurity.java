package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.List;
import org.pg2sink.changelog.TableName;

/**
 * Checks that row-level security hides no rows from the role. The stream has them all, but an import would not.
 *
 * @see <a href="https://www.postgresql.org/docs/current/ddl-rowsecurity.html">Row Security Policies</a>
 */
final class RowSecurity implements Check {

    private static final String HIDDEN = """
            select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where %s and row_security_active(c.oid)
            order by 1, 2""";

    @Override
    public String name() {
        return "row_security";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        return on.rows(HIDDEN.formatted(TableQueries.streamed(on))).stream()
                .map(TableQueries::name)
                .map(table -> finding(on, table))
                .toList();
    }

    private Finding finding(Inspected on, TableName table) {
        return new Finding(
                name(),
                on.severityForImports(),
                table.toString(),
                "Row-level security hides rows of " + table + " from role '" + on.role() + "', so it is not imported.",
                "ALTER ROLE " + on.quotedRole() + " BYPASSRLS;");
    }
}
