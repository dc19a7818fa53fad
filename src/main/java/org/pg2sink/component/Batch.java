package org.pg2sink.component;

import java.util.AbstractList;
import java.util.List;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Table;

/**
 * Entries of one version of one table, in their order, the schema first if it is new. A class of its own, so that type
 * converters know it from other lists.
 */
public final class Batch extends AbstractList<Entry> {

    private final Table table;
    private final List<Entry> entries;

    /**
     * @param table what all entries are of
     * @param entries at least one; the list is not copied and must not change after
     */
    public Batch(Table table, List<Entry> entries) {
        this.table = table;
        this.entries = entries;
    }

    public Table table() {
        return table;
    }

    @Override
    public Entry get(int index) {
        return entries.get(index);
    }

    @Override
    public int size() {
        return entries.size();
    }
}
