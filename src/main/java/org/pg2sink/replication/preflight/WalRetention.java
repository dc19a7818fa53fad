package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.replication.Sql;

/**
 * Checks how long the slot may wait for pg2sink: forever, which fills the disk, or until it is lost.
 *
 * @see <a href="https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-SLOT-WAL-KEEP-SIZE">max_slot_wal_keep_size</a>
 */
final class WalRetention implements Check {

    private static final String KEEP_SIZE = "max_slot_wal_keep_size";
    private static final String IDLE_TIMEOUT = "idle_replication_slot_timeout";
    private static final String RELOAD = "; SELECT pg_reload_conf();";

    /** The slot is near its end when it may keep less than this part of the limit. */
    private static final int NEAR_PART = 5;

    private static final int MIN_IDLE_SECONDS = 3600;

    @Override
    public String name() {
        return "wal_retention";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        keepSize(on, findings);
        idleTimeout(on, findings);
        return findings;
    }

    private void keepSize(Inspected on, List<Finding> findings) throws SQLException {
        String slot = on.subscription().name();
        List<String> row = on.row("""
                select setting::bigint, current_setting('%1$s'),
                       pg_size_pretty(s.safe_wal_size), s.wal_status = 'unreserved'
                       or s.safe_wal_size < setting::bigint * 1024 * 1024 / %2$d
                from pg_settings left join pg_replication_slots s on s.slot_name = %3$s
                where name = '%1$s'""".formatted(KEEP_SIZE, NEAR_PART, Sql.literal(slot)));
        long megabytes = Long.parseLong(row.get(0));
        if (megabytes < 0) {
            findings.add(info(
                    KEEP_SIZE,
                    KEEP_SIZE
                            + " sets no limit, so while pg2sink is down or its sink is slow, the server keeps WAL until"
                            + " its disk is full. With a limit, the slot is lost instead.",
                    "ALTER SYSTEM SET " + KEEP_SIZE + " = '100GB'" + RELOAD));
        } else if (Rows.TRUE.equals(row.get(3))) {
            findings.add(warning(
                    KEEP_SIZE,
                    "The replication slot " + slot + " is lost after " + row.get(2) + " more of WAL, because "
                            + KEEP_SIZE + " = " + row.get(1) + ".",
                    "ALTER SYSTEM SET " + KEEP_SIZE + " = '" + Math.max(1024, 2 * megabytes) + "MB'" + RELOAD));
        }
    }

    private void idleTimeout(Inspected on, List<Finding> findings) throws SQLException {
        for (List<String> row : on.rows("select setting::bigint * case unit when 'min' then 60 else 1 end,"
                + " current_setting(name) from pg_settings where name = '" + IDLE_TIMEOUT + "'")) {
            long seconds = Long.parseLong(row.get(0));
            if (seconds > 0 && seconds < MIN_IDLE_SECONDS) {
                findings.add(warning(
                        IDLE_TIMEOUT,
                        IDLE_TIMEOUT + " = " + row.get(1) + " has the replication slot "
                                + on.subscription().name()
                                + " lost after so short a time without pg2sink, or while it waits for a sink as it catches"
                                + " up.",
                        "ALTER SYSTEM SET " + IDLE_TIMEOUT + " = '1d'" + RELOAD));
            }
        }
    }
}
