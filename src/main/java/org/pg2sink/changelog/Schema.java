package org.pg2sink.changelog;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Describes the rows of a table from here on. It is sent when a stream first sees the table and whenever its definition
 * changed, always before the first {@link Modification} that needs it.
 */
public record Schema(Transaction transaction, Table table) implements Entry {

    /** Returns the name of the table, its fingerprint and its columns, each with name, Postgres type and key. */
    @Override
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("timestamp", transaction.commitTimeText());
        map.put("namespace", table.namespace());
        map.put("name", table.name());
        map.put("fingerprint", table.fingerprint());
        map.put("columns", table.columns().stream().map(Schema::toMap).toList());
        return map;
    }

    private static Map<String, Object> toMap(Column column) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", column.name());
        map.put("type", column.codec().typeName());
        map.put("key", column.key());
        return map;
    }
}
