package org.pg2sink.changelog;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.pgoutput.PgOutputException;

/**
 * Keeps the tables of the relations that a stream has described. The server sends a Relation before the first row of a
 * table in each connection,
 * and again after anything that touches its catalog entry, a TRUNCATE too: the latest one counts, and it need not differ
 * from the one before.
 *
 * <p>For one thread and one connection.
 */
final class RelationCache {

    private final Tables tables;
    private final Map<Long, Known> relations = new HashMap<>();
    /** Relation of the latest question. The next one is nearly always about the same relation. */
    private Known latest;

    private record Known(Message.Relation relation, Table table) {

        boolean sameAs(Known other) {
            return relation.equals(other.relation)
                    && table.keyNames().equals(other.table.keyNames())
                    && hasColumnsOf(other.table);
        }

        /** Compares what is known of the columns: one may have been dropped and another got its name. */
        private boolean hasColumnsOf(Table other) {
            List<Integer> known = table.numbers();
            List<Integer> numbers = other.numbers();
            return IntStream.range(0, numbers.size())
                    .allMatch(i -> numbers.get(i) == 0 || numbers.get(i).equals(known.get(i)));
        }
    }

    RelationCache(Catalog catalog) {
        this.tables = new Tables(catalog);
    }

    /** @param transaction the one in which the relation came */
    void put(Message.Relation relation, Transaction transaction) {
        Known now = new Known(relation, tables.of(relation, transaction));
        Known known = relations.get(relation.oid());
        if (known == null || !known.sameAs(now)) { // else its table stays the same object, so batches go on
            relations.put(relation.oid(), now);
            latest = null;
        }
    }

    Table get(long oid) {
        if (latest != null && latest.relation.oid() == oid) {
            return latest.table;
        }
        Known known = relations.get(oid);
        if (known == null) {
            throw new PgOutputException(
                    "Relation", 0, "expected a Relation message for the OID " + oid + ", but none came");
        }
        latest = known;
        return known.table;
    }
}
