package org.pg2sink.replication;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.types.PgType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers types and primary keys, because the stream may tell of changes that were made before a type or a key was dropped
 * or altered. A type never changes as far as values depend on it, and its OID is not used again soon. Of a key it remembers
 * at which positions it was seen. Safe for any thread.
 */
public final class CatalogMemory {

    private static final Logger LOG = LoggerFactory.getLogger(CatalogMemory.class);

    private final Map<Long, PgType> types = new ConcurrentHashMap<>();
    /** By relation, in the order of the WAL. Each list is replaced, not changed. */
    private final Map<Long, List<KeySpan>> keys = new ConcurrentHashMap<>();

    private final Set<Object> warned = ConcurrentHashMap.newKeySet();

    /**
     * The primary key of a relation over a span of the WAL.
     *
     * @param columns the names of its columns; empty if the table had none
     * @param first where it was seen first
     * @param last where it was seen last
     * @param madeBy the xid that made its index; 0 if there is none
     * @param here whether this process saw it; if not, it is from the memory of an earlier one
     */
    public record KeySpan(long relation, List<String> columns, Lsn first, Lsn last, long madeBy, boolean here) {}

    /** Returns a type, or null if it is not remembered. */
    PgType type(long oid) {
        return types.get(oid);
    }

    public void remember(PgType type) {
        types.put(type.oid(), type);
    }

    /** Remembers a type of an earlier process, unless this one has seen it. */
    public void rememberIfAbsent(PgType type) {
        types.putIfAbsent(type.oid(), type);
    }

    public Collection<PgType> types() {
        return types.values();
    }

    /** Remembers spans of an earlier process, in the order of the WAL. */
    public void remember(KeySpan span) {
        keys.merge(span.relation(), List.of(span), CatalogMemory::concatenated);
    }

    public List<KeySpan> keys() {
        return keys.values().stream().flatMap(List::stream).toList();
    }

    /** Notes the key that a relation has now. */
    void see(KeySpan now) {
        keys.merge(now.relation(), List.of(now), (known, seen) -> {
            KeySpan latest = known.get(known.size() - 1);
            if (!latest.columns().equals(now.columns())) {
                return concatenated(known, seen);
            }
            List<KeySpan> longer = new ArrayList<>(known.subList(0, known.size() - 1));
            longer.add(new KeySpan(
                    latest.relation(),
                    latest.columns(),
                    latest.first(),
                    latest.last().max(now.last()),
                    latest.madeBy(),
                    true));
            return List.copyOf(longer);
        });
    }

    private static List<KeySpan> concatenated(List<KeySpan> known, List<KeySpan> more) {
        List<KeySpan> all = new ArrayList<>(known);
        all.addAll(more);
        all.sort(Comparator.comparing(KeySpan::first));
        return List.copyOf(all);
    }

    /** Returns whether it is certain which key a relation had at a position. */
    boolean isKnown(long relation, Lsn at) {
        return keys.getOrDefault(relation, List.of()).stream()
                .anyMatch(span -> !span.first().isAfter(at) && !at.isAfter(span.last()));
    }

    /** Returns the key that a relation had when the changes of a transaction were made. */
    List<String> key(Message.Relation relation, Transaction transaction) {
        KeySpan before = null;
        for (KeySpan span : keys.getOrDefault(relation.oid(), List.of())) {
            if (!span.first().isAfter(transaction.lsn())) {
                before = span;
            } else if (before == null) {
                return span.columns();
            } else if (transaction.lsn().isAfter(before.last())) {
                return between(relation, transaction, before, span);
            }
        }
        return before == null ? List.of() : before.columns();
    }

    /**
     * Decides between two spans. The lock that makes a key waits for the transactions that changed the table before, so
     * those began, and have their ids, before that of the key. Of a key that was dropped there is no id: then it is gone,
     * because whoever looks often sees that soon after; unless nobody looked.
     */
    private List<String> between(Message.Relation relation, Transaction transaction, KeySpan before, KeySpan after) {
        if (after.madeBy() != 0) {
            boolean later = (int) (transaction.xid() - after.madeBy()) >= 0; // ids go round
            return later ? after.columns() : before.columns();
        }
        if (before.here()) {
            return after.columns();
        }
        if (warned.add(after)) {
            LOG.warn(
                    "The primary key {} of {}.{} was dropped while no process saw it, between {} and {}: changes from in"
                            + " between have that key. If that was wrong for some, resync the table.",
                    before.columns(),
                    relation.namespace(),
                    relation.name(),
                    before.last(),
                    after.first());
        }
        return before.columns();
    }

    /** Returns whether something is to be said for the first time. */
    boolean isNews(Object what) {
        return warned.add(what);
    }
}
