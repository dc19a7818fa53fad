package org.pg2sink.sinks.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what the role of the copy may do in the target.
 *
 * @param replica whether it may apply changes as a replica does, without triggers and foreign keys
 */
public record TargetRole(boolean replica) {

    private static final Logger LOG = LoggerFactory.getLogger(TargetRole.class);

    private static final String STREAMS_FROM_HERE =
            "select exists (select from pg_replication_slots where slot_name = ? and database = current_database())";

    private static final String IS_SUPERUSER = "select rolsuper from pg_roles where rolname = current_user";

    private static final String MAY_SET = "select has_parameter_privilege('session_replication_role', 'set')";

    /** First version in which a role that is no superuser may be granted a setting. */
    private static final int GRANTS_SETTINGS = 15;

    /** @throws IllegalArgumentException if the subscription streams from this database */
    public static TargetRole check(Connection target, String subscription) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(STREAMS_FROM_HERE)) {
            statement.setString(1, subscription);
            if (isTrue(statement)) {
                throw new IllegalArgumentException("The database for the copy is the one that the subscription "
                        + subscription + " streams from.");
            }
        }
        boolean grants = target.getMetaData().getDatabaseMajorVersion() >= GRANTS_SETTINGS;
        try (PreparedStatement statement = target.prepareStatement(grants ? MAY_SET : IS_SUPERUSER)) {
            boolean replica = isTrue(statement);
            if (!replica) {
                LOG.info(
                        "The role of the copy of {} may not set session_replication_role, so triggers and foreign keys of"
                                + " the copy act on what it applies.",
                        subscription);
            }
            return new TargetRole(replica);
        }
    }

    private static boolean isTrue(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }
}
