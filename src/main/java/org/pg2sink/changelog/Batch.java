package org.pg2sink.changelog;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * Holds entries of one version of one table, in their order; a new version begins with its {@link Schema}. It is a class of
 * its own so that type converters can tell it from other lists.
 */
public final class Batch extends AbstractList<Entry> implements RandomAccess {

    private final Table table;
    private final List<? extends Entry> entries;
    private final boolean transactionEnd;

    /**
     * @param table the table of all entries
     * @param entries at least one; the list must not change afterwards, and is copied only if it gives no quick access by index
     */
    public Batch(Table table, List<? extends Entry> entries) {
        this(table, entries, true);
    }

    /**
     * @param transactionEnd whether all transactions of which anything was delivered are complete with this batch
     */
    public Batch(Table table, List<? extends Entry> entries, boolean transactionEnd) {
        this.table = table;
        this.entries = entries instanceof RandomAccess ? entries : List.copyOf(entries);
        this.transactionEnd = transactionEnd;
    }

    /** Returns a batch of one entry. */
    public static Batch of(Entry entry) {
        return new Batch(entry.table(), List.of(entry));
    }

    public Table table() {
        return table;
    }

    /** Returns whether all transactions of which anything was delivered are complete with this batch. */
    public boolean isTransactionEnd() {
        return transactionEnd;
    }

    @Override
    public Entry get(int index) {
        return entries.get(index);
    }

    /** Returns the index after those entries from {@code index} on that are known to have its transaction and its operation. */
    public int endOfRun(int index) {
        return entries instanceof EntryRuns runs ? runs.endOfRun(index) : index + 1;
    }

    @Override
    public int size() {
        return entries.size();
    }
}
