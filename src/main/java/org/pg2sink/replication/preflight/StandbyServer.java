package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.replication.ReplicationSlot;

/**
 * Checks that the server is a primary, and of a standby, whether the slot would be there once it is promoted.
 *
 * @see <a href="https://www.postgresql.org/docs/current/logicaldecoding-explanation.html#LOGICALDECODING-REPLICATION-SLOTS-SYNCHRONIZATION">Replication
 *     Slot Synchronization</a>
 */
final class StandbyServer implements Check {

    private static final int SYNCHRONIZES_SINCE = 17;

    @Override
    public String name() {
        return "standby";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        if (!ReplicationSlot.isStandby(on.connection())) {
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(error(
                on.database().toString(), "The server at " + on.database() + " " + ReplicationSlot.STANDBY, null));
        if (on.major() >= SYNCHRONIZES_SINCE
                && on.row("select current_setting('sync_replication_slots')")
                        .get(0)
                        .equals("off")) {
            findings.add(warning(
                    "sync_replication_slots",
                    "The standby " + on.database()
                            + " does not synchronize slots, so if it is promoted, the slot "
                            + on.subscription().name() + " is missing there.",
                    "ALTER SYSTEM SET sync_replication_slots = on; SELECT pg_reload_conf();"));
        }
        return findings;
    }
}
