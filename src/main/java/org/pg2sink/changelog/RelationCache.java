package org.pg2sink.changelog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.pgoutput.Message.ReplicaIdentity;
import org.pg2sink.pgoutput.PgOutputException;
import org.pg2sink.types.Codecs;

/**
 * The tables that a stream has spoken of.
 *
 * <ul>
 *   <li>The server sends a Relation before the first row of a table in each connection, and again after anything that
 *       touches its catalog entry, a TRUNCATE too: the latest one counts, and it need not differ from the one before.
 *   <li>The catalog may be ahead of the stream, so names in the Relation win; of the catalog only the primary key and
 *       the types are taken.
 * </ul>
 *
 * For one thread and one connection.
 */
final class RelationCache {

    private final Catalog catalog;
    private final Codecs codecs;
    private final Map<Long, Known> relations = new HashMap<>();

    private record Known(Message.Relation relation, List<String> key, Table table) {}

    RelationCache(Catalog catalog) {
        this.catalog = catalog;
        this.codecs = new Codecs(catalog);
    }

    void put(Message.Relation relation) {
        List<String> key = key(relation);
        Known known = relations.get(relation.oid());
        if (known != null && known.relation.equals(relation) && known.key.equals(key)) {
            return;
        }
        List<Column> columns = new ArrayList<>();
        for (Message.Column column : relation.columns()) {
            columns.add(new Column(
                    column.name(), codecs.of(column.typeOid(), column.typeModifier()), key.contains(column.name())));
        }
        Table table = new Table(relation.namespace(), relation.name(), columns);
        relations.put(relation.oid(), new Known(relation, key, table));
    }

    Table get(long oid) {
        Known known = relations.get(oid);
        if (known == null) {
            throw new PgOutputException(
                    "Relation", 0, "expected a Relation message for the OID " + oid + ", but none came");
        }
        return known.table;
    }

    /**
     * The primary key, if every operation tells it; else the replica identity, so that all operations on a row have the
     * same key. With FULL identity every column is marked, with NOTHING none: then it is the primary key, if there is one.
     */
    private List<String> key(Message.Relation relation) {
        List<String> marked = relation.columns().stream()
                .filter(Message.Column::key)
                .map(Message.Column::name)
                .toList();
        List<String> primaryKey = catalog.primaryKey(relation.oid());
        List<String> names =
                relation.columns().stream().map(Message.Column::name).toList();
        boolean told = relation.identity() == ReplicaIdentity.NOTHING || marked.containsAll(primaryKey);
        if (!primaryKey.isEmpty() && told && names.containsAll(primaryKey)) {
            return primaryKey;
        }
        return relation.identity() == ReplicaIdentity.FULL ? List.of() : marked;
    }
}
