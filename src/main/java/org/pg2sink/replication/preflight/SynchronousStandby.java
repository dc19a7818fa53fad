package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.pg2sink.replication.Sql;
import org.pg2sink.replication.SynchronousStandbys;

/** Checks that the server's commits do not wait for pg2sink. */
final class SynchronousStandby implements Check {

    private static final String SETTING = "synchronous_standby_names";

    /** Of pg2sink's namesakes none, and of logical streams none. */
    private static final String STANDBYS = """
            select distinct r.application_name from pg_stat_replication r
            where r.application_name <> current_setting('application_name')
              and not exists (select from pg_replication_slots s where s.active_pid = r.pid and s.slot_type = 'logical')
            order by 1""";

    @Override
    public String name() {
        return "synchronous";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        String problem = SynchronousStandbys.problem(on.connection()).orElse(null);
        if (problem != null) {
            String others = on.rows(STANDBYS).stream()
                    .map(row -> Sql.quoted(row.get(0)))
                    .collect(Collectors.joining(", "));
            findings.add(warning(
                    SETTING,
                    problem,
                    "ALTER SYSTEM SET " + SETTING + " = " + Sql.literal(others) + "; SELECT pg_reload_conf();"));
        }
        return findings;
    }
}
