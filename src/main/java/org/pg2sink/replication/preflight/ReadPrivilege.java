package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.Sql;

/**
 * Checks that the role may read the tables, which imports need: as a whole, since that is what locking them and reading where
 * their rows lie takes. Partitions are read through their root if the role may not read them.
 */
final class ReadPrivilege implements Check {

    private static final String UNREADABLE = """
            select n.nspname, c.relname, has_schema_privilege(n.oid, 'USAGE'),
                   has_table_privilege(c.oid, 'SELECT')
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where %s
            order by 1, 2""";

    @Override
    public String name() {
        return "select";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        Set<String> closed = new LinkedHashSet<>();
        for (List<String> row : on.rows(UNREADABLE.formatted(TableQueries.streamed(on)))) {
            TableName table = TableQueries.name(row);
            if (!row.get(2).equals(Rows.TRUE) && closed.add(table.namespace())) {
                findings.add(finding(
                        on,
                        table.namespace(),
                        "Role '" + on.role() + "' may not use the schema " + table.namespace()
                                + ", so its tables cannot be imported.",
                        "GRANT USAGE ON SCHEMA " + Sql.quoted(table.namespace()) + " TO " + on.quotedRole() + ";"));
            }
            if (!row.get(3).equals(Rows.TRUE)) {
                findings.add(finding(
                        on,
                        table.toString(),
                        "Role '" + on.role() + "' may not read " + table + ", so it cannot be imported.",
                        "GRANT SELECT ON " + Sql.quoted(table) + " TO " + on.quotedRole() + ";"));
            }
        }
        return findings;
    }

    private Finding finding(Inspected on, String subject, String sentence, String sql) {
        return new Finding(name(), on.severityForImports(), subject, sentence, sql);
    }
}
