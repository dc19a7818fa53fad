package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.replication.OpenTransactions;
import org.pg2sink.replication.ServerWarnings;
import org.pg2sink.replication.Sql;

/** Checks that no transaction has been open for so long that the slot keeps WAL because of it, and imports wait for it. */
final class LongTransactions implements Check {

    private static final int MAX_OPEN_SECONDS = 3600;

    private static final String OPEN = """
            select pid, usename, datname, date_trunc('second', xact_start)::text from pg_stat_activity
            where backend_xid is not null and pid <> pg_backend_pid() and xact_start < now() - ? * interval '1 second'
            order by xact_start limit 1""";

    private static final String SEES_OTHERS = "select pg_has_role('pg_read_all_stats', 'USAGE')";

    private static final String PREPARED = """
            select gid from pg_prepared_xacts where prepared <= now() - ? * interval '1 second' order by prepared, gid
            limit 1""";

    private final int maxOpenSeconds;

    LongTransactions() {
        this(MAX_OPEN_SECONDS);
    }

    LongTransactions(int maxOpenSeconds) {
        this.maxOpenSeconds = maxOpenSeconds;
    }

    @Override
    public String name() {
        return "transactions";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        if (!on.row(SEES_OTHERS).get(0).equals(Rows.TRUE)) {
            findings.add(info(
                    on.role(),
                    "The server does not tell role '" + on.role()
                            + "' since when transactions of other roles are open, so long ones of theirs are not found here.",
                    "GRANT pg_read_all_stats TO " + on.quotedRole() + ";"));
        }
        int minSeconds = Math.min(maxOpenSeconds, ServerWarnings.MIN_PREPARED_SECONDS);
        String prepared = OpenTransactions.prepared(on.connection(), minSeconds).orElse(null);
        if (prepared != null) {
            String gid = on.row(PREPARED, minSeconds).get(0);
            findings.add(warning(
                    gid,
                    "The slot keeps all WAL since it began, and imports may wait: " + prepared + ".",
                    "ROLLBACK PREPARED " + Sql.literal(gid) + ";"));
        }
        for (List<String> row : on.rows(OPEN, maxOpenSeconds)) {
            findings.add(warning(
                    "pid " + row.get(0),
                    "The slot keeps all WAL since " + row.get(3) + ", and imports may wait, because of a transaction of"
                            + " the session with pid " + row.get(0) + " (role " + row.get(1) + ", database "
                            + row.get(2) + ").",
                    "SELECT pg_terminate_backend(" + row.get(0) + ");"));
        }
        return findings;
    }
}
