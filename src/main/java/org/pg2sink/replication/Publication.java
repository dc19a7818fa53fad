package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps the publication of a subscription in line with the subscribed schemas.
 *
 * <ul>
 *   <li>It adds tables that appear in the subscribed schemas, and removes those that leave.
 *   <li>It leaves alone what somebody else put into the publication: the publication's comment lists the tables that
 *       pg2sink added, and it removes only those ({@link PublicationComment}).
 *   <li>It leaves out a table whose rows cannot be identified, because the server would refuse its UPDATEs and DELETEs
 *       if it were published.
 * </ul>
 *
 * Safe for any thread. Processes exclude each other by an advisory lock on the server.
 *
 * @see <a href="https://www.postgresql.org/docs/current/logical-replication-publication.html">Publication</a>
 */
public final class Publication {

    private static final Logger LOG = LoggerFactory.getLogger(Publication.class);

    /** More tables than this share a line of the log. */
    private static final int MAX_LINES = 10;

    private final Database database;
    private final String name;
    private final Subscription subscription;
    private final PublicationCatalog catalog;
    private final PublicationDdl ddl;
    /** Warnings that the log has already, so that it gets each once and not every few seconds. */
    private final Set<Warning> logged = ConcurrentHashMap.newKeySet();

    /** Schemas that the log has a warning of. */
    private final Set<String> missingSchemas = ConcurrentHashMap.newKeySet();

    private enum Trouble {
        NOT_ADDED("could not be added"),
        NOT_REMOVED("could not be removed"),
        LEFT_OUT("is left out");

        private final String text;

        Trouble(String text) {
            this.text = text;
        }
    }

    /** Holds what the log has said already of what the publication withholds. */
    private final Set<String> reviewed = ConcurrentHashMap.newKeySet();

    private record Warning(CatalogTable table, Trouble trouble, String reason) {}

    private interface Change {
        void execute(Connection connection, CatalogTable table) throws SQLException;
    }

    public Publication(Database database, Subscription subscription) {
        this.database = database;
        this.name = subscription.name();
        this.subscription = subscription;
        this.catalog = new PublicationCatalog(subscription);
        this.ddl = new PublicationDdl(name);
    }

    /**
     * Creates the publication if neither it nor the slot exists, and brings its tables in line with the subscription.
     *
     * @param connection an ordinary connection in autocommit mode, not null
     * @param slotExists whether the slot exists; if it does, a missing publication is not created, because the slot
     *     holds changes from before it
     * @throws SubscriptionException if the slot is older than the publication, or the server refuses
     */
    public void reconcile(Connection connection, boolean slotExists) {
        try {
            Atomically.run(connection, transaction -> {
                reconcileInTransaction(transaction, slotExists);
                return null;
            });
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "maintaining the publication " + name, database);
        }
    }

    private void reconcileInTransaction(Connection connection, boolean slotExists) throws SQLException {
        ddl.lock(connection);
        Optional<PublicationComment> found = catalog.comment(connection);
        if (found.isEmpty() && slotExists) {
            throw SubscriptionException.olderThanPublication(name);
        }
        if (found.isEmpty()) {
            ddl.create(connection);
        }
        PublicationComment comment = found.orElseGet(() -> PublicationComment.parse(null));
        List<CatalogTable> subscribed = catalog.subscribed(connection);
        Map<Long, Membership> before = catalog.members(connection);
        Reconciliation changes = Reconciliation.of(subscribed, before, comment);

        Set<Long> added = new TreeSet<>(comment.added());
        added.removeAll(changes.forgotten());
        List<CatalogTable> arrived = new ArrayList<>();
        for (CatalogTable table : changes.additions()) {
            if (succeeds(connection, table, ddl::add, Trouble.NOT_ADDED)) {
                added.add(table.oid());
                arrived.add(table);
            }
        }
        List<CatalogTable> left = new ArrayList<>();
        for (CatalogTable table : catalog.byOid(connection, changes.removals())) {
            if (succeeds(connection, table, ddl::remove, Trouble.NOT_REMOVED)) {
                added.remove(table.oid());
                left.add(table);
            }
        }
        Map<Long, Membership> members = arrived.isEmpty() && left.isEmpty() ? before : catalog.members(connection);
        log("added", arrived);
        log("removed", left);
        warnOfMissingSchemas(catalog.missingSchemas(connection));
        for (CatalogTable table : changes.unidentifiable()) {
            if (!members.containsKey(table.oid())) { // else the review says more
                warn(
                        table,
                        Trouble.LEFT_OUT,
                        "it " + table.unidentifiable() + ". " + table.fault().remedy(name));
            }
        }
        ddl.comment(connection, comment, comment.withAdded(added));
        for (PublicationReview.Fault fault :
                PublicationReview.of(connection, subscription, catalog, subscribed, members)) {
            if (reviewed.add(fault.text())) {
                LOG.warn("Subscription {}: {}", name, fault.text());
            }
        }
    }

    /** Logs each table, or only how many there are if there are many. */
    private void log(String verb, List<CatalogTable> tables) {
        boolean few = tables.size() <= MAX_LINES;
        for (CatalogTable table : tables) {
            LOG.atLevel(few ? Level.INFO : Level.DEBUG).log("Publication {}: {} {}", name, verb, table.quotedName());
        }
        if (!few) {
            LOG.info("Publication {}: {} {} tables", name, verb, tables.size());
        }
    }

    /** A schema may come later, so it is no error; the log gets each once as long as it is missing. */
    private void warnOfMissingSchemas(List<String> missing) {
        missingSchemas.retainAll(missing);
        for (String schema : missing) {
            if (missingSchemas.add(schema)) {
                LOG.warn(
                        "Subscription {}: there is no schema {} in {}, so none of its tables is streamed: check the option"
                                + " schemas, unless the schema is created later",
                        name,
                        Sql.quoted(schema),
                        database);
            }
        }
    }

    /** Changes one table. A table that is locked or owned by another role must not hold up the others. */
    private boolean succeeds(Connection connection, CatalogTable table, Change change, Trouble otherwise)
            throws SQLException {
        Savepoint savepoint = connection.setSavepoint();
        try {
            change.execute(connection, table);
            connection.releaseSavepoint(savepoint);
            logged.removeIf(warning -> warning.table().oid() == table.oid());
            return true;
        } catch (SQLException e) {
            connection.rollback(savepoint);
            warn(
                    table,
                    otherwise,
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            return false;
        }
    }

    private void warn(CatalogTable table, Trouble trouble, String reason) {
        if (logged.add(new Warning(table, trouble, reason))) {
            LOG.warn("Publication {}: table {} {}: {}", name, table.quotedName(), trouble.text, reason);
        }
    }
}
