package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pg2sink.changelog.TableName;

/**
 * Describes a table that belongs to a subscription, or to its publication.
 *
 * @param published whether its changes are streamed
 * @param removed whether it was taken out on request, and so stays out
 * @param fault why it cannot be published; null if it can
 */
public record SubscribedTable(long oid, TableName name, boolean published, boolean removed, IdentityFault fault) {

    /** Returns the tables of the subscription, then those that only its publication has. */
    public static List<SubscribedTable> of(Connection connection, Subscription subscription) throws SQLException {
        PublicationCatalog catalog = new PublicationCatalog(subscription);
        Set<Long> removed =
                catalog.comment(connection).map(PublicationComment::removed).orElse(Set.of());
        Map<Long, Membership> members = catalog.members(connection);
        List<SubscribedTable> tables = new ArrayList<>();
        for (CatalogTable table : catalog.subscribed(connection)) {
            boolean published = members.remove(table.oid()) != null;
            tables.add(new SubscribedTable(
                    table.oid(), table.name(), published, removed.contains(table.oid()), table.fault()));
        }
        for (CatalogTable other : catalog.byOid(connection, members.keySet())) {
            tables.add(new SubscribedTable(other.oid(), other.name(), true, false, other.fault()));
        }
        return tables;
    }

    /** Returns whether pg2sink adds it to the publication, if it may. */
    public boolean isWanted() {
        return !published && !removed && fault == null;
    }
}
