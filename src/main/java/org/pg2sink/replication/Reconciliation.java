package org.pg2sink.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares the tables of a subscription with those of its publication, and decides what has to change.
 *
 * @param additions tables to add to the publication
 * @param removals OIDs of the tables to take out: pg2sink added them, and they left the subscription
 * @param forgotten OIDs of tables that pg2sink added and that are no longer listed: they were dropped, or somebody took
 *     them out
 * @param unidentifiable tables that are left out because publishing them would break their UPDATEs and DELETEs
 */
record Reconciliation(
        List<CatalogTable> additions, Set<Long> removals, Set<Long> forgotten, List<CatalogTable> unidentifiable) {

    /**
     * Decides what has to change.
     *
     * @param subscribed the tables of the subscription
     * @param members the tables of the publication by OID
     * @param comment what the publication's comment records
     */
    static Reconciliation of(List<CatalogTable> subscribed, Map<Long, Membership> members, PublicationComment comment) {
        List<CatalogTable> additions = new ArrayList<>();
        List<CatalogTable> unidentifiable = new ArrayList<>();
        Set<Long> wanted = new TreeSet<>();
        for (CatalogTable table : subscribed) {
            if (comment.removed().contains(table.oid())) {
                continue;
            }
            if (!table.identifiable()) {
                unidentifiable.add(table);
                continue;
            }
            wanted.add(table.oid());
            if (!members.containsKey(table.oid())) {
                additions.add(table);
            }
        }
        Set<Long> removals = new TreeSet<>();
        Set<Long> forgotten = new TreeSet<>();
        for (long oid : comment.added()) {
            if (members.get(oid) != Membership.LISTED) {
                forgotten.add(oid);
            } else if (!wanted.contains(oid)) {
                removals.add(oid);
            }
        }
        return new Reconciliation(additions, removals, forgotten, unidentifiable);
    }
}
