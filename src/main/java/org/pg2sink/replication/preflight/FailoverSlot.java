package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.pg2sink.replication.Sql;

/**
 * Checks whether the slot would be there on a standby that is promoted, and whether the stream waits for standbys that are
 * away.
 *
 * @see <a href="https://www.postgresql.org/docs/current/logical-replication-failover.html">Logical Replication Failover</a>
 */
final class FailoverSlot implements Check {

    private static final int SINCE = 17;
    private static final String STANDBYS = "synchronized_standby_slots";

    @Override
    public String name() {
        return "failover";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        List<List<String>> physical =
                on.rows("select slot_name, active from pg_replication_slots where slot_type = 'physical' order by 1");
        List<Finding> findings = new ArrayList<>();
        if (on.major() < SINCE) {
            if (!physical.isEmpty()) {
                findings.add(info(
                        on.subscription().name(),
                        "The server has standbys, but before PostgreSQL 17 the slot "
                                + on.subscription().name()
                                + " does not move to one that is promoted: pg2sink then imports all tables again.",
                        null));
            }
            return findings;
        }
        List<String> named = Arrays.stream(on.row("select current_setting('" + STANDBYS + "')")
                        .get(0)
                        .split(","))
                .map(it -> it.strip().replace("\"", ""))
                .filter(it -> !it.isEmpty())
                .toList();
        if (on.slot().isEmpty()) {
            absent(on, physical, named, findings);
        } else if (on.slot().get().failover()) {
            standbys(on, physical, named, findings);
        } else if (!physical.isEmpty() || !named.isEmpty()) {
            findings.add(warning(
                    on.subscription().name(),
                    "The replication slot " + on.subscription().name()
                            + " was created without failover, so it is missing on a standby that is promoted, and pg2sink"
                            + " then imports all tables again. Stop pg2sink to alter it, over a replication connection"
                            + " (psql \"dbname=" + on.catalog() + " replication=database\").",
                    "ALTER_REPLICATION_SLOT " + on.subscription().name() + " (FAILOVER true);"));
        }
        return findings;
    }

    private void absent(Inspected on, List<List<String>> physical, List<String> named, List<Finding> findings) {
        if (!physical.isEmpty() || !named.isEmpty()) {
            String create = on.publication().isPresent()
                    ? ""
                    : "CREATE PUBLICATION " + on.quotedPublication() + " WITH (publish_via_partition_root = true); ";
            findings.add(info(
                    on.subscription().name(),
                    "The server has standbys, and the slot that pg2sink creates is missing on one that is promoted. Create"
                            + " publication and slot yourself to have it synchronized.",
                    create + "SELECT pg_create_logical_replication_slot("
                            + Sql.literal(on.subscription().name()) + ", 'pgoutput', failover => true);"));
        }
    }

    private void standbys(Inspected on, List<List<String>> physical, List<String> named, List<Finding> findings) {
        List<String> active = physical.stream()
                .filter(row -> row.get(1).equals(Rows.TRUE))
                .map(row -> row.get(0))
                .toList();
        List<String> away = named.stream().filter(it -> !active.contains(it)).toList();
        if (!away.isEmpty()) {
            findings.add(warning(
                    STANDBYS,
                    "The stream waits for the standby of the slot " + String.join(", ", away) + ", which " + STANDBYS
                            + " names, but which is not connected: start it, or take it out of the setting.",
                    set(named.stream().filter(active::contains).toList())));
        } else if (named.isEmpty() && !physical.isEmpty()) {
            findings.add(info(
                    STANDBYS,
                    STANDBYS + " names no standby, so the slot "
                            + on.subscription().name()
                            + " can be ahead of the one that is promoted: pg2sink notices, and imports all tables again.",
                    set(physical.stream().map(row -> row.get(0)).toList())));
        }
    }

    private static String set(List<String> slots) {
        return "ALTER SYSTEM SET " + STANDBYS + " = "
                + (slots.isEmpty() ? "''" : slots.stream().map(Sql::literal).collect(Collectors.joining(", ")))
                + "; SELECT pg_reload_conf();";
    }
}
