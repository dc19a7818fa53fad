package org.pg2sink.sinks.sql;

import static org.pg2sink.replication.Sql.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.pg2sink.changelog.Modification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the rows of a copy that the source does not have, at the end of a run of an import. Whatever has been written since
 * the begin of the run is right, because the run or the stream wrote it; the versions of other rows are older than the
 * transaction in which the copy learned of the begin.
 *
 * @see <a href="https://www.postgresql.org/docs/current/ddl-system-columns.html">System columns</a>
 */
final class CopyRun {

    private static final Logger LOG = LoggerFactory.getLogger(CopyRun.class);

    private static final String WHERE = " where subscription = ? and namespace = ? and name = ?";

    /** A restored copy is in another server, or an earlier state of it, whose transactions have other numbers. */
    private static final String BEGIN = """
            update pg2sink_copy.position set import_run = ?, import_began = pg_current_xact_id(),
                   import_server = (select system_identifier from pg_control_system())""" + WHERE;

    private static final String BEGAN = """
            select import_began::text,
                   import_run is not distinct from ?
                   and import_server = (select system_identifier from pg_control_system())
                   and import_began <= pg_current_xact_id(),
                   exists (select from pg2sink_copy.position other
                           where other.namespace = position.namespace and other.name = position.name
                             and other.subscription <> position.subscription)
            from pg2sink_copy.position""" + WHERE;

    /**
     * Never true of what was written since, also not of what a savepoint wrote just now, whose age is negative. Numbers of
     * transactions go round: a row from two thousand million transactions ago seems new, and stays.
     */
    private static final String OLDER = " where age(xmin) > age(?::xid8::xid)";

    private final Connection target;
    private final String subscription;
    private final Modification mark;

    /** @param mark the begin or end of the run */
    CopyRun(Connection target, String subscription, Modification mark) {
        this.target = target;
        this.subscription = subscription;
        this.mark = mark;
    }

    /** Keeps the transaction in which the run begins. */
    void begin() throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(BEGIN)) {
            identify(statement);
            statement.executeUpdate();
        }
    }

    /** Deletes what was not written since. All that was written in this transaction has been sent. */
    void end() throws SQLException {
        String began;
        try (PreparedStatement statement = target.prepareStatement(BEGAN)) {
            identify(statement);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (row.getBoolean(3)) {
                    LOG.warn(
                            "Subscription {}: rows of {} that the source does not have stay in the copy, because another"
                                    + " subscription feeds the table, too.",
                            subscription,
                            mark.table());
                    return;
                }
                if (!row.getBoolean(2)) {
                    LOG.warn(
                            "Subscription {}: rows of {} that the source does not have stay in the copy, which did not see"
                                    + " the begin of the import: resync the table to delete them.",
                            subscription,
                            mark.table());
                    return;
                }
                began = row.getString(1);
            }
        }
        delete(began);
    }

    private void identify(PreparedStatement statement) throws SQLException {
        statement.setLong(1, mark.transaction().importRun());
        CopyPosition.identify(statement, 2, subscription, mark.table().qualifiedName());
    }

    private void delete(String began) throws SQLException {
        String sql = "delete from " + quoted(mark.table().qualifiedName()) + OLDER;
        try (PreparedStatement statement = target.prepareStatement(sql)) {
            statement.setString(1, began);
            int deleted = statement.executeUpdate();
            if (deleted > 0) {
                LOG.warn(
                        "Subscription {}: deleted {} rows of the copy of {} that the source does not have.",
                        subscription,
                        deleted,
                        mark.table());
            }
        }
    }
}
