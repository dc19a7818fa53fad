package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.TableName;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds tables to a publication, removes and lists them, on request. Such a request outlasts what {@link Publication} does
 * by itself.
 *
 * <p>Safe for any thread. Processes exclude each other by an advisory lock on the server.
 */
public final class PublicationAdministration {

    private static final Logger LOG = LoggerFactory.getLogger(PublicationAdministration.class);

    private final Database database;
    private final Subscription subscription;
    private final String publication;
    private final PublicationCatalog catalog;
    private final PublicationDdl ddl;

    public PublicationAdministration(Database database, Subscription subscription) {
        this.database = database;
        this.subscription = subscription;
        this.publication = subscription.name();
        this.catalog = new PublicationCatalog(subscription);
        this.ddl = new PublicationDdl(publication);
    }

    /**
     * Says whether a table is published that belongs to the subscribed schemas or to the publication.
     *
     * @param published whether its changes are streamed
     * @param reason why they are not; null if they are
     */
    public record TableStatus(TableName table, boolean published, String reason) {}

    /**
     * Publishes a table, whether or not its schema is subscribed to. It stays published until it is removed on request.
     *
     * @param connection an ordinary connection in a transaction, which the caller commits
     * @throws SubscriptionException if there is no such table or publication, the table cannot be published, or the server
     *     refuses
     */
    public void add(Connection connection, TableName name) {
        try {
            ddl.lock(connection);
            PublicationComment comment = comment(connection);
            CatalogTable table = table(connection, name);
            if (membership(connection, table) == Membership.ABSENT) {
                checkPublishable(table);
                ddl.add(connection, table);
                LOG.info("Publication {}: added {}", publication, table.quotedName());
            }
            ddl.comment(connection, comment, comment.withoutRemoved(table.oid()));
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "adding " + name + " to the publication", database);
        }
    }

    /**
     * Takes a table out of the publication. It stays out until it is added on request.
     *
     * @param connection an ordinary connection in a transaction, which the caller commits
     * @return the OID of the table
     * @throws SubscriptionException if there is no such table or publication, the table is published with its schema, its
     *     partitioned table or all tables, or the server refuses
     */
    public long remove(Connection connection, TableName name) {
        try {
            ddl.lock(connection);
            PublicationComment comment = comment(connection);
            CatalogTable table = table(connection, name);
            Membership membership = membership(connection, table);
            if (membership == Membership.COVERED) {
                throw refused("The table " + table + " is published with its schema or all tables,"
                        + " so it cannot be taken out of the publication " + publication + " alone.");
            }
            if (membership == Membership.LISTED) {
                ddl.remove(connection, table);
                LOG.info("Publication {}: removed {}", publication, table.quotedName());
            }
            ddl.comment(connection, comment, comment.withRemoved(table.oid()));
            return table.oid();
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "removing " + name + " from the publication", database);
        }
    }

    /**
     * Lists the tables of the subscribed schemas, and after them what else the publication has.
     *
     * @param connection an ordinary connection, not null
     * @throws SubscriptionException if the server refuses
     */
    public List<TableStatus> tables(Connection connection) {
        try {
            List<TableStatus> tables = new ArrayList<>();
            for (SubscribedTable table : SubscribedTable.of(connection, subscription)) {
                tables.add(table.published() ? published(table) : unpublished(table));
            }
            return tables;
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "listing the tables of " + publication, database);
        }
    }

    private static TableStatus published(SubscribedTable table) {
        return new TableStatus(table.name(), true, null);
    }

    private static TableStatus unpublished(SubscribedTable table) {
        String reason = "it was not added yet, or could not be added: see the log";
        if (table.removed()) {
            reason = "it was removed";
        } else if (table.fault() != null) {
            reason = "it " + table.fault().reason(table.name());
        }
        return new TableStatus(table.name(), false, reason);
    }

    private PublicationComment comment(Connection connection) throws SQLException {
        return catalog.comment(connection)
                .orElseThrow(() -> new UnknownObjectException(
                        Remedy.RETRY,
                        "There is no publication " + publication + " at " + database
                                + ": it is created when the subscription is streamed for the first time."));
    }

    private CatalogTable table(Connection connection, TableName name) throws SQLException {
        return catalog.find(connection, name)
                .orElseThrow(() ->
                        new UnknownObjectException(Remedy.STOP, "There is no table " + name + " at " + database + "."));
    }

    private Membership membership(Connection connection, CatalogTable table) throws SQLException {
        Map<Long, Membership> members = catalog.members(connection);
        Membership membership = members.getOrDefault(table.oid(), Membership.ABSENT);
        if (membership == Membership.ABSENT) {
            for (CatalogTable ancestor : catalog.partitionAncestors(connection, table)) {
                if (members.containsKey(ancestor.oid())) {
                    throw refused("The table " + table + " is a partition of " + ancestor
                            + ", which is published: its rows are delivered as rows of " + ancestor + ".");
                }
            }
        }
        return membership;
    }

    private void checkPublishable(CatalogTable table) {
        if (table.name().namespace().equals(Changelog.OWN_SCHEMA)) {
            throw refused("The schema " + table.name().namespace() + " is pg2sink's own, so it is not published.");
        }
        if (!table.identifiable()) {
            throw refused("The table " + table + " " + table.unidentifiable() + ". "
                    + table.fault().remedy(publication));
        }
    }

    private static SubscriptionException refused(String message) {
        return new SubscriptionException(Remedy.STOP, message);
    }
}
