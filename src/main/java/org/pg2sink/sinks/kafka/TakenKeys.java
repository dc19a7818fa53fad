package org.pg2sink.sinks.kafka;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.format.JsonLines;

/**
 * Tells changes that take a row from a key which another row has got before, in the same transaction. Only a deferrable key
 * allows that: {@code update … set id = id + 1} gives 2 to the row that had 1 before it gives 3 to the row that had 2. What says
 * that a key is gone must not come after what says which row has it now.
 */
final class TakenKeys {

    /** Bounds the memory for a transaction that changes the keys of more rows than that; the oldest are forgotten. */
    private static final int MAX_KEYS = 100_000;

    private static final class Rows extends LinkedHashMap<List<Object>, Row> {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Object>, Row> eldest) {
            return size() > MAX_KEYS;
        }
    }

    /** Guarded by this, as is the other. The stream and the imports are two threads. */
    private Transaction transaction;

    private final Rows rows = new Rows();

    /** Notes a change, and returns whether the key that it takes its row from has another row already. */
    synchronized boolean isTaken(Modification change) {
        if (!change.table().isKeyDeferrable()) {
            return false;
        }
        if (!change.transaction().equals(transaction)) {
            transaction = change.transaction();
            rows.clear();
        }
        Row before = withKey(change.before());
        Row after = withKey(change.after());
        Row holder = before == null ? null : rows.get(key(change, before));
        boolean isHolder = holder != null && holder.toMap().equals(before.toMap());
        boolean stays = before != null && after != null && after.hasKeyOf(before);
        if (isHolder) {
            rows.remove(key(change, before));
        }
        if (after != null && (!stays || isHolder)) {
            rows.put(key(change, after), after);
        }
        return holder != null && !isHolder && !stays;
    }

    private static Row withKey(Row row) {
        return row != null && row.hasKey() ? row : null;
    }

    private static List<Object> key(Modification change, Row row) {
        return List.of(change.table().oid(), JsonLines.key(row));
    }
}
