package org.pg2sink.changelog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.pgoutput.Message.ReplicaIdentity;
import org.pg2sink.types.Codec;
import org.pg2sink.types.Codecs;

/**
 * Makes the {@link Table} of a relation. Its names are those of the relation, which a catalog that is ahead of the stream
 * may no longer have; of the catalog only the types are taken and, if the relation does not mark it, the primary key. For one
 * thread.
 */
public final class Tables {

    /** The server's own types have smaller OIDs. */
    private static final long FIRST_OWN_OID = 16384;

    private final Catalog catalog;
    private final Codecs codecs;

    /** @param catalog where types and primary keys are looked up, not null */
    public Tables(Catalog catalog) {
        this.catalog = catalog;
        this.codecs = new Codecs(catalog);
    }

    /** Returns the table of a relation, with the key that the table has now. */
    public Table of(Message.Relation relation) {
        return of(relation, catalog.primaryKey(relation.oid()), 0);
    }

    /** Returns the table of a relation as the changes of a transaction found it, or as it is now if the transaction is null. */
    Table of(Message.Relation relation, Transaction transaction) {
        boolean told = relation.identity() == ReplicaIdentity.DEFAULT; // then the primary key is what is marked
        return of(
                relation,
                told ? List.of() : catalog.primaryKey(relation, transaction),
                transaction == null ? 0 : transaction.xid());
    }

    private Table of(Message.Relation relation, List<String> primaryKey, long xid) {
        Map<String, Attribute> attributes = catalog.attributes(relation.oid(), xid);
        List<String> key = key(relation, primaryKey);
        List<Column> columns = new ArrayList<>();
        Map<Long, List<String>> unknown = new TreeMap<>();
        for (Message.Column column : relation.columns()) {
            Codec codec = codecs.of(column.typeOid(), column.typeModifier());
            columns.add(new Column(
                    column.name(),
                    codec,
                    key.contains(column.name()),
                    modifier(column.typeOid(), column.typeModifier()),
                    attributes.getOrDefault(column.name(), Attribute.UNKNOWN)));
            if (codec == Codecs.UNKNOWN) {
                unknown.computeIfAbsent(column.typeOid(), oid -> new ArrayList<>())
                        .add(column.name());
            }
        }
        TableName name = new TableName(relation.namespace(), relation.name());
        unknown.forEach((type, of) -> catalog.unknown(type, name, of));
        boolean deferrable = !key.isEmpty() && catalog.isKeyDeferrable(relation.oid());
        Map<Integer, String> withheld = new TreeMap<>(catalog.columns(relation.oid()));
        columns.forEach(column -> withheld.remove(column.attribute().number()));
        relation.columns().forEach(column -> withheld.values().remove(column.name()));
        return new Table(relation.oid(), name, columns, deferrable, withheld);
    }

    /** A column of a domain has no modifier of its own; the domain may have one. */
    private int modifier(long typeOid, int modifier) {
        if (modifier >= 0 || typeOid < FIRST_OWN_OID) {
            return modifier;
        }
        return catalog.find(typeOid)
                .filter(type -> type.kind() == 'd')
                .map(domain -> modifier(domain.baseOid(), domain.baseModifier()))
                .orElse(modifier);
    }

    /**
     * Returns the primary key if every operation tells it; otherwise the replica identity, so that all operations on a
     * row have the
     * same key. With FULL identity every column is marked, with NOTHING none: then it is the primary key, if there is one.
     */
    private static List<String> key(Message.Relation relation, List<String> primaryKey) {
        List<String> marked = relation.columns().stream()
                .filter(Message.Column::key)
                .map(Message.Column::name)
                .toList();
        List<String> names =
                relation.columns().stream().map(Message.Column::name).toList();
        boolean told = relation.identity() == ReplicaIdentity.NOTHING || marked.containsAll(primaryKey);
        if (!primaryKey.isEmpty() && told && names.containsAll(primaryKey)) {
            return primaryKey;
        }
        return relation.identity() == ReplicaIdentity.FULL ? List.of() : marked;
    }
}
