package org.pg2sink.format;

import java.util.ArrayList;
import java.util.List;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Table;

/**
 * Tells of each change by a record under the key of the row. A key that a change takes away gets a record as well, because
 * whoever reads only its partition would not learn of the change otherwise.
 */
abstract class KeyedFormat implements EntryFormat {

    private final boolean tombstones;

    /** @param options {@code tombstones} adds a record without a value where a key is gone; the default is false */
    KeyedFormat(FormatOptions options) {
        this.tombstones = options.flag("tombstones", false);
    }

    /** @param row the row to identify; null if the change concerns no single row */
    abstract byte[] key(String topic, Table table, Row row);

    abstract byte[] value(String topic, Modification change);

    /** Returns the records of a schema; most formats need none. */
    List<KeyedRecord> schema(Entry schema) {
        return List.of();
    }

    @Override
    public List<KeyedRecord> records(String topic, Entry entry) {
        return entry instanceof Modification change ? changes(topic, change) : schema(entry);
    }

    private List<KeyedRecord> changes(String topic, Modification change) {
        Table table = change.table();
        byte[] value = value(topic, change);
        Row before = withKey(change.before());
        Row after = withKey(change.after());
        boolean gone = before != null && (after == null || !after.hasKeyOf(before));
        if (!gone) {
            return List.of(new KeyedRecord(key(topic, table, after), value));
        }
        List<KeyedRecord> records = new ArrayList<>();
        byte[] goneKey = key(topic, table, before);
        records.add(new KeyedRecord(goneKey, value));
        if (tombstones) {
            records.add(new KeyedRecord(goneKey, null));
        }
        if (after != null) {
            records.add(new KeyedRecord(key(topic, table, after), value));
        }
        return records;
    }

    private static Row withKey(Row row) {
        return row != null && row.hasKey() ? row : null;
    }
}
