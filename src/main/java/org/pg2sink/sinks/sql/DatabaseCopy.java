package org.pg2sink.sinks.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.replication.SessionSettings;
import org.pg2sink.sinks.BatchBody;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Keeps another PostgreSQL database an exact copy. A batch is one transaction there, which also stores how far its table has
 * been copied: changes that come again are skipped, so each is applied exactly once.
 */
public class DatabaseCopy implements Processor {

    private static final String STREAMS_FROM_HERE =
            "select exists (select from pg_replication_slots where slot_name = ? and database = current_database())";

    private DataSource dataSource;
    private String subscription;
    private volatile boolean prepared;
    /** Versions of tables that the copy has the columns of. */
    private final Set<Version> fitted = ConcurrentHashMap.newKeySet();

    private record Version(long oid, String fingerprint) {

        static Version of(Table table) {
            return new Version(table.oid(), table.fingerprint());
        }
    }

    public DataSource getDataSource() {
        return dataSource;
    }

    /** Sets the database that becomes the copy. */
    public void setDataSource(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    public String getSubscription() {
        return subscription;
    }

    /** Sets the subscription that feeds the copy. Several subscriptions may feed one database. */
    public void setSubscription(String subscription) {
        this.subscription = subscription;
    }

    @Override
    public void process(Exchange exchange) throws SQLException {
        Batch batch = BatchBody.batch(exchange.getMessage().getBody());
        Table table = batch.table();
        if (table.namespace() == null) {
            return; // a logical message is of no table
        }
        if (table.keyNames().isEmpty()) {
            throw new IllegalArgumentException(
                    "The table " + table + " has no key, so its rows cannot be told from each other in a copy."
                            + " Give it a primary key, or take it out of the subscription.");
        }
        try (Connection target = dataSource.getConnection()) {
            target.setAutoCommit(false);
            try {
                SessionSettings.applyToTransaction(target);
                prepare(target);
                copy(target, table, batch);
                target.commit();
                prepared = true;
                fitted.add(Version.of(table));
            } finally {
                target.rollback(); // nothing, once it is committed
            }
        } catch (SQLException e) {
            throw withoutValues(e, table);
        }
    }

    private void prepare(Connection target) throws SQLException {
        if (prepared) {
            return;
        }
        try (PreparedStatement statement = target.prepareStatement(STREAMS_FROM_HERE)) {
            statement.setString(1, subscription);
            try (ResultSet here = statement.executeQuery()) {
                here.next();
                if (here.getBoolean(1)) {
                    throw new IllegalArgumentException("The database for the copy is the one that the subscription "
                            + subscription + " streams from.");
                }
            }
        }
        CopyPosition.prepare(target);
    }

    private void copy(Connection target, Table table, Batch batch) throws SQLException {
        // without schemas in the stream, the first change of a version tells of it
        if (batch.get(0) instanceof Schema || !fitted.contains(Version.of(table))) {
            new CopyTable(target).fit(table);
        }
        CopyPosition position = CopyPosition.read(target, subscription, table);
        CopyPosition reached = position;
        try (CopyWriter writer = new CopyWriter(target, table)) {
            for (Entry entry : batch) {
                if (entry instanceof Modification change && !reached.covers(change)) {
                    writer.apply(change);
                    reached = CopyPosition.of(change);
                }
            }
            writer.flush();
        }
        if (reached != position) {
            reached.save(target, subscription, table);
        }
    }

    /** Returns what the server says, without the row, which the driver and the server's detail quote. */
    private static SQLException withoutValues(SQLException e, Table table) {
        SQLException telling = e;
        while (!(telling instanceof PSQLException) && telling.getNextException() != null) {
            telling = telling.getNextException();
        }
        ServerErrorMessage server = telling instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        return server == null
                ? e
                : new SQLException("Copying " + table + " failed: " + server.getMessage(), e.getSQLState());
    }
}
