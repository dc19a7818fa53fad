package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.util.List;
import org.pg2sink.replication.SubscriptionException;

/**
 * Checks that the server takes replication connections from the role. It opens one, because only the server knows: managed
 * services have rules of their own, and a pooler passes none on.
 */
final class ReplicationAccess implements Check {

    @Override
    public String name() {
        return "replication";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        if (!FreeWalSenders.isOneFree(on)) {
            return List.of();
        }
        try {
            on.database().checkReplication();
            return List.of();
        } catch (SubscriptionException e) {
            boolean withoutAttribute = on.row(
                            "select not (rolreplication or rolsuper) from pg_roles" + " where rolname = current_user")
                    .get(0)
                    .equals(Rows.TRUE);
            return List.of(error(
                    on.role(),
                    e.getMessage(),
                    withoutAttribute ? "ALTER ROLE " + on.quotedRole() + " REPLICATION;" : null));
        }
    }
}
