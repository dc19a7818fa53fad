package org.pg2sink.imports;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.EntryRuns;
import org.pg2sink.changelog.EntryTally;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;

/**
 * The entries that a chunk brings into the stream. That of a row is made when it is asked for, so that the stream, which waits
 * meanwhile, does not look at each row.
 */
final class ChunkEntries extends AbstractList<Entry> implements EntryRuns, RandomAccess {

    private final Transaction transaction;
    private final Chunk chunk;
    private final List<Row> rows;
    private final boolean announced;
    /** The number of entries before those of the rows. */
    private final int first;

    /**
     * @param transaction that of the high watermark
     * @param rows those that are left of the chunk
     * @param announced whether the schema of the table comes first
     */
    ChunkEntries(Transaction transaction, Chunk chunk, List<Row> rows, boolean announced) {
        this.transaction = transaction;
        this.chunk = chunk;
        this.rows = rows;
        this.announced = announced;
        this.first = (announced ? 1 : 0) + (chunk.begins() ? 1 : 0);
    }

    @Override
    public int size() {
        return first + rows.size() + (chunk.last() ? 1 : 0);
    }

    @Override
    public Entry get(int index) {
        if (index == 0 && announced) {
            return new Schema(transaction, chunk.table());
        }
        int sequence = announced ? index : index + 1;
        if (index < first) {
            return mark(Operation.IMPORT_BEGIN, sequence);
        } else if (index == first + rows.size() && chunk.last()) {
            return mark(Operation.IMPORT_END, sequence);
        }
        return new Modification(transaction, sequence, Operation.IMPORT, chunk.table(), null, rows.get(index - first));
    }

    @Override
    public int endOfRun(int index) {
        return Math.max(index + 1, index < first ? 0 : first + rows.size());
    }

    private Entry mark(Operation operation, int sequence) {
        return new Modification(transaction, sequence, operation, chunk.table(), null, null);
    }

    private long bytes() {
        return rows == chunk.rows()
                ? chunk.bytes()
                : rows.stream().mapToLong(row -> row.tuple().bytes()).sum();
    }

    /** Counts the entries as delivered. */
    void countIn(EntryTally tally) {
        Table table = chunk.table();
        if (chunk.begins()) {
            tally.add(table, Operation.IMPORT_BEGIN, transaction, 1, 0);
        }
        if (!rows.isEmpty()) {
            tally.add(table, Operation.IMPORT, transaction, rows.size(), bytes());
        }
        if (chunk.last()) {
            tally.add(table, Operation.IMPORT_END, transaction, 1, 0);
        }
    }
}
