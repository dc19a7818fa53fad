package org.pg2sink.changelog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One change of one row. {@code (transaction.timeline, transaction.lsn, sequence)} is the same at each delivery of the same
 * change.
 *
 * @param transaction the transaction that made it, not null
 * @param sequence which operation of the transaction it is, from 1
 * @param operation what it did, not null
 * @param table the table, in the version that the rows have, not null
 * @param before the old row, or its replica identity; null if the server sent none
 * @param after the new row; null where there is none
 */
public record Modification(
        Transaction transaction, long sequence, Operation operation, Table table, Row before, Row after)
        implements Entry {

    /** Returns the row that identifies the change: the new one, or the old one of a delete; null for a truncate. */
    public Row row() {
        return after != null ? after : before;
    }

    /** Returns the members of the JSON document by name, with rows as {@linkplain Row#toMap maps}. */
    @Override
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("timestamp", transaction.commitTimeText());
        map.put("sequence", sequence);
        map.put("namespace", table.namespace());
        map.put("name", table.name());
        map.put("before", before == null ? null : before.toMap());
        map.put("after", after == null ? null : after.toMap());
        map.put("operation", operation.toString());
        map.put("lsn", transaction.lsn().toString());
        map.put("xid", transaction.xid() == 0 ? null : transaction.xid());
        map.put("timeline", transaction.timeline());
        if (transaction.importRun() != null) {
            map.put("importRun", transaction.importRun());
        }
        if (!unchanged().isEmpty()) {
            map.put("unchanged", unchanged());
        }
        return map;
    }

    /** Returns how many bytes the change keeps in memory: those of the arrays that hold its rows, as far as they are its own. */
    public int bytes() {
        int first = before == null ? 0 : before.tuple().bytes();
        boolean inOne = before != null
                && after != null
                && before.tuple().array() == after.tuple().array();
        return first + (after == null || inOne ? 0 : after.tuple().bytes());
    }

    /** Returns the names of the columns of {@code after} whose unchanged TOAST value the WAL does not carry. */
    public List<String> unchanged() {
        return after == null ? List.of() : after.unchanged();
    }
}
