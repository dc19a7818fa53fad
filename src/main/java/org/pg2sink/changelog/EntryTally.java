package org.pg2sink.changelog;

import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Counts what was delivered, by table and operation. The number of tables that are told apart is bounded; all others share one
 * name, and so do all logical messages. Safe for any thread.
 */
public final class EntryTally {

    /** The number of tables that have counts of their own. */
    public static final int MAX_TABLES = 100;

    /** Stands for all tables beyond that number. */
    public static final TableName OTHER_TABLES = new TableName("", "(others)");

    /** Stands for all prefixes of logical messages, of which an application may use any number. */
    public static final TableName MESSAGES = new TableName("", "(messages)");

    /** Operations that tell what somebody wrote, and not what an import read. */
    private static final Set<Operation> CHANGES =
            EnumSet.of(Operation.INSERT, Operation.UPDATE, Operation.DELETE, Operation.TRUNCATE);

    private static final int OPERATIONS = Operation.values().length;

    private final Map<TableName, Map<Operation, Count>> counts = new ConcurrentHashMap<>();

    /** Guarded by this, as is the set of tables. */
    private Consumer<Count> listener = count -> {};

    /** Counts the entries of one table and operation. */
    public static final class Count {
        private final TableName table;
        private final Operation operation;
        private final LongAdder entries = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private volatile Instant latestCommit = Instant.MIN;

        private Count(TableName table, Operation operation) {
            this.table = table;
            this.operation = operation;
        }

        public TableName table() {
            return table;
        }

        public Operation operation() {
            return operation;
        }

        public long entries() {
            return entries.sum();
        }

        /** Returns the size of the rows as received. */
        public long bytes() {
            return bytes.sum();
        }
    }

    /** Tells {@code newListener} of each count, those that exist already and those to come. */
    public synchronized void listen(Consumer<Count> newListener) {
        listener = newListener;
        counts.values().forEach(operations -> operations.values().forEach(newListener));
    }

    /** Counts entries that are all of one table. Schemas are no entries of a table, so they do not count. */
    public void add(List<? extends Entry> delivered) {
        long[] entries = new long[OPERATIONS];
        long[] bytes = new long[OPERATIONS];
        Table table = null;
        Transaction latest = null;
        for (int i = 0; i < delivered.size(); i++) {
            if (delivered.get(i) instanceof Modification change) {
                table = change.table();
                latest = change.transaction();
                int operation = change.operation().ordinal();
                entries[operation]++;
                bytes[operation] += change.bytes();
            }
        }
        for (Operation operation : Operation.values()) {
            if (entries[operation.ordinal()] > 0) {
                add(table, operation, latest, entries[operation.ordinal()], bytes[operation.ordinal()]);
            }
        }
    }

    /**
     * Counts entries of one table and operation.
     *
     * @param latest the latest of their transactions
     * @param bytes the size of their rows as received
     */
    public void add(Table table, Operation operation, Transaction latest, long entries, long bytes) {
        Count count = count(table, operation);
        count.entries.add(entries);
        count.bytes.add(bytes);
        count.latestCommit = latest.commitTime().toInstant();
    }

    private Count count(Table table, Operation operation) {
        TableName name = operation == Operation.MESSAGE ? MESSAGES : table.qualifiedName();
        Map<Operation, Count> known = counts.get(name);
        Count count = known == null ? null : known.get(operation);
        return count != null ? count : create(name, operation);
    }

    private synchronized Count create(TableName name, Operation operation) {
        boolean isNamed = counts.containsKey(name) || counts.size() < MAX_TABLES || name == MESSAGES;
        TableName admitted = isNamed ? name : OTHER_TABLES;
        Map<Operation, Count> operations = new HashMap<>(counts.getOrDefault(admitted, Map.of()));
        Count known = operations.get(operation);
        if (known != null) {
            return known;
        }
        Count created = new Count(admitted, operation);
        operations.put(operation, created);
        counts.put(admitted, Map.copyOf(operations));
        listener.accept(created);
        return created;
    }

    /** Returns how many entries were delivered. */
    public long entries() {
        return sum(Count::entries);
    }

    /** Returns the size of the rows that were delivered, as received. */
    public long bytes() {
        return sum(Count::bytes);
    }

    private long sum(ToLongFunction<Count> figure) {
        return counts.values().stream()
                .flatMap(operations -> operations.values().stream())
                .mapToLong(figure)
                .sum();
    }

    /**
     * Returns when the latest change of a table was committed that was delivered; empty if none was, or the table has no
     * counts of its own.
     */
    public Optional<Instant> latestChange(TableName table) {
        return counts.getOrDefault(table, Map.of()).values().stream()
                .filter(count -> CHANGES.contains(count.operation))
                .map(count -> count.latestCommit)
                .max(Comparator.naturalOrder());
    }

    /** Returns how many entries of an operation were delivered, of all tables. */
    public long entries(Operation operation) {
        return counts.values().stream()
                .map(operations -> operations.get(operation))
                .filter(count -> count != null)
                .mapToLong(Count::entries)
                .sum();
    }
}
