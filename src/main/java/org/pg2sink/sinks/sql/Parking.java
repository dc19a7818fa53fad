package org.pg2sink.sinks.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves out the changes of tables that the target refused for good, until an import brings the table again. Changes are taken
 * again from the begin of its run, and the table counts as parked until the end. Tables are known by their OIDs. What it does
 * becomes true with the transaction of its connection.
 */
public final class Parking {

    private static final Logger LOG = LoggerFactory.getLogger(Parking.class);

    private static final String EXISTS = "select to_regclass('pg2sink_copy.parked') is not null";

    private static final String CREATE = """
            create table if not exists pg2sink_copy.parked (
              source text, relation bigint, namespace text not null, name text not null, reason text not null,
              timeline text, lsn pg_lsn not null, parked_at timestamptz not null, import_run bigint,
              primary key (source, relation));
            comment on table pg2sink_copy.parked is 'Tables whose changes the copy leaves out until they are imported again'""";

    private static final String SELECT =
            "select import_run is null from pg2sink_copy.parked where source = ? and relation = ?";

    private static final String PARK = """
            insert into pg2sink_copy.parked (source, relation, namespace, name, reason, timeline, lsn, parked_at)
            values (?, ?, ?, ?, ?, ?, ?::pg_lsn, now())
            on conflict (source, relation) do update
            set namespace = excluded.namespace, name = excluded.name, reason = excluded.reason, import_run = null""";

    private static final String PARKED = """
            select exists (select from pg2sink_copy.parked where namespace = ? and name = ? and import_run is null)""";

    private static final String BEGIN =
            "update pg2sink_copy.parked set import_run = ? where source = ? and relation = ?";

    /** Also forgets a table that had the name before, and is gone. */
    private static final String END = """
            delete from pg2sink_copy.parked
            where source = ? and (relation = ? and import_run = ? or relation <> ? and namespace = ? and name = ?)""";

    private static final String ALL =
            "select namespace || '.' || name, lsn, reason from pg2sink_copy.parked where source = ? order by 1";

    private final Connection target;
    private final String subscription;
    private final String source;

    /** @param source names the server and database that the OIDs of tables belong to */
    Parking(Connection target, String subscription, String source) {
        this.target = target;
        this.subscription = subscription;
        this.source = source;
    }

    /** Creates the table of parked tables if it does not exist, and otherwise reminds of those that it has. */
    void prepare() throws SQLException {
        try (Statement statement = target.createStatement()) {
            boolean exists;
            try (ResultSet row = statement.executeQuery(EXISTS)) {
                row.next();
                exists = row.getBoolean(1);
            }
            if (exists) {
                remind();
            } else {
                statement.execute(CREATE);
            }
        }
    }

    /** Returns whether changes of a table are left out. */
    public static boolean isParked(Connection target, TableName table) throws SQLException {
        try (Statement exists = target.createStatement();
                ResultSet row = exists.executeQuery(EXISTS)) {
            row.next();
            if (!row.getBoolean(1)) {
                return false;
            }
        }
        try (PreparedStatement statement = target.prepareStatement(PARKED)) {
            statement.setString(1, table.namespace());
            statement.setString(2, table.name());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private void remind() throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(ALL)) {
            statement.setString(1, source);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    LOG.warn(
                            "Subscription {}: the copy of {} is parked since {}: {} Mend that and resync the table.",
                            subscription,
                            row.getString(1),
                            row.getString(2),
                            row.getString(3));
                }
            }
        }
    }

    /** Returns whether a batch is left out. One with the begin of an import is not, nor what follows it. */
    boolean skips(Batch batch) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(SELECT)) {
            statement.setString(1, source);
            statement.setLong(2, batch.table().oid());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                return !begins(batch) && row.getBoolean(1);
            }
        }
    }

    private static boolean begins(Batch batch) {
        for (Entry entry : batch) {
            if (entry instanceof Modification change && change.operation() == Operation.IMPORT_BEGIN) {
                return true;
            }
        }
        return false;
    }

    /** Notes the run of an import at its begin, also one that takes the place of another. */
    void begin(Modification begin) throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(BEGIN)) {
            statement.setLong(1, begin.transaction().importRun());
            statement.setString(2, source);
            statement.setLong(3, begin.table().oid());
            statement.executeUpdate();
        }
    }

    /**
     * Parks a table.
     *
     * @param at the transaction that the target refused
     * @param reason the server's words, without values of rows
     */
    void park(Table table, Transaction at, String reason) throws SQLException {
        String sentence = reason.endsWith(".") ? reason : reason + ".";
        try (PreparedStatement statement = target.prepareStatement(PARK)) {
            statement.setString(1, source);
            statement.setLong(2, table.oid());
            statement.setString(3, table.namespace());
            statement.setString(4, table.name());
            statement.setString(5, sentence);
            statement.setString(6, at.timeline());
            statement.setString(7, at.lsn().toString());
            statement.executeUpdate();
        }
        LOG.error(
                "Subscription {}: the copy of {} is parked: from {} on its changes are left out, while the other tables go"
                        + " on. {} Mend that and resync the table.",
                subscription,
                table,
                at.lsn(),
                sentence);
    }

    /** Ends the parking of a table at the end of an import that it saw the begin of. */
    void imported(Modification end) throws SQLException {
        Table table = end.table();
        try (PreparedStatement statement = target.prepareStatement(END)) {
            statement.setString(1, source);
            statement.setLong(2, table.oid());
            statement.setLong(3, end.transaction().importRun());
            statement.setLong(4, table.oid());
            statement.setString(5, table.namespace());
            statement.setString(6, table.name());
            if (statement.executeUpdate() > 0) {
                LOG.info("Subscription {}: the copy of {} is parked no more.", subscription, table);
            }
        }
    }
}
