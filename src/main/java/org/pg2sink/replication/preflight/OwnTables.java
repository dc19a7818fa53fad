package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Checks that the role may create and use the tables of the schema {@code pg2sink}, which imports need. */
final class OwnTables implements Check {

    /** Those that are there already, with what the role lacks. */
    private static final String LACKING = """
            select p.privilege, c.relname
            from (values ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) p (privilege)
            join pg_class c on c.relkind = 'r'
            join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'pg2sink'
            where case p.privilege
                    when 'SELECT' then c.relname not in ('schema_history')
                    when 'INSERT' then c.relname not in ('schema_version', 'schema_history')
                    when 'UPDATE' then c.relname in ('import_jobs', 'positions', 'known_partitions', 'known_parts')
                    when 'DELETE' then c.relname = 'known_parts'
                  end
              and not has_table_privilege(c.oid, p.privilege)
            order by 1 desc, 2""";

    @Override
    public String name() {
        return "own_tables";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<List<String>> schema =
                on.rows("select has_schema_privilege(oid, 'USAGE') from pg_namespace where nspname = 'pg2sink'");
        if (schema.isEmpty()) {
            return DatabasePrivilege.mayCreate(on)
                    ? List.of()
                    : List.of(finding(
                            on,
                            "Role '" + on.role()
                                    + "' cannot create the schema pg2sink, in which imports keep their jobs.",
                            "CREATE SCHEMA pg2sink AUTHORIZATION " + on.quotedRole() + ";"));
        }
        if (!schema.get(0).get(0).equals(Rows.TRUE)) {
            return List.of(finding(
                    on,
                    "Role '" + on.role() + "' may not use the schema pg2sink, in which imports keep their jobs.",
                    "GRANT USAGE ON SCHEMA pg2sink TO " + on.quotedRole() + ";"));
        }
        Map<String, List<String>> lacking = on.rows(LACKING).stream()
                .collect(Collectors.groupingBy(
                        row -> row.get(0),
                        TreeMap::new,
                        Collectors.mapping(row -> "pg2sink." + row.get(1), Collectors.toList())));
        if (lacking.isEmpty()) {
            return List.of();
        }
        return List.of(finding(
                on,
                "Role '" + on.role() + "' lacks privileges on tables of the schema pg2sink, in which imports keep their"
                        + " jobs.",
                lacking.entrySet().stream()
                        .map(it -> "GRANT " + it.getKey() + " ON " + String.join(", ", it.getValue()) + " TO "
                                + on.quotedRole() + ";")
                        .collect(Collectors.joining(" "))));
    }

    private Finding finding(Inspected on, String sentence, String sql) {
        return new Finding(name(), on.severityForImports(), "pg2sink", sentence, sql);
    }
}
