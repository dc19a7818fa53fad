package org.pg2sink.imports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;

/**
 * Collects what the stream changes between the two watermarks of a chunk, and lets the import and the stream meet at the second
 * one. The import offers the chunk before it writes the high watermark. The stream completes the outcome there and waits until
 * the window is settled. Each future is completed once; whoever comes later has no effect.
 */
final class Window {

    private static final int MAX_KEYS = 100_000;
    private static final long MAX_KEPT_BYTES = 8L << 20;

    /** How the window ended for the import. */
    sealed interface Outcome {

        /** The chunk was merged, and these entries are left of it. The stream waits until the window is settled. */
        record Merged(ChunkEntries entries) implements Outcome {}

        /** The chunk cannot be merged and has to be read again. */
        record ReadAgain(String reason) implements Outcome {}

        /** The chunk cannot be merged because its read did not see a transaction that will be visible later. */
        record NotYet(String reason) implements Outcome {}

        /** The stream ended or was suspended before it came to the high watermark. */
        record Interrupted() implements Outcome {}
    }

    private final String token = UUID.randomUUID().toString();
    private final long number;
    private final long relation;
    private final long importRun;

    // shared by the import and the stream's thread

    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final CompletableFuture<Boolean> settled = new CompletableFuture<>();
    /** Until the high watermark written by the import, then by the stream's thread. */
    private volatile Chunk chunk;

    // owned by the stream's thread

    /**
     * The keys that the stream changed. The value is null if the stream told the whole row, or that the row is gone. If the
     * stream left out long values that did not change (TOAST), the value is all that it told of the row, because the sink can
     * have the rest only from the chunk.
     */
    private final Map<RowKey, Row> changed = new HashMap<>();

    private final Set<List<String>> keys = new HashSet<>();
    /** The size of the rows that are kept because the stream did not tell all of them. */
    private long keptBytes;

    private boolean carriedChanges;
    /** Counts the transactions that the stream passed before the low watermark; null before it. */
    private Long low;

    private boolean truncated;
    private boolean unidentified;
    private boolean moved;

    /**
     * @param number larger than that of all windows of the stream that were opened before
     * @param relation the OID of the table that is imported
     * @param importRun the number of the run
     */
    Window(long number, long relation, long importRun) {
        this.number = number;
        this.relation = relation;
        this.importRun = importRun;
    }

    long number() {
        return number;
    }

    long importRun() {
        return importRun;
    }

    String lowWatermark() {
        return token + " low";
    }

    String highWatermark() {
        return token + " high";
    }

    /** Sets the chunk. The import does this before it writes the high watermark. */
    void offer(Chunk read) {
        chunk = read;
    }

    Chunk chunk() {
        return chunk;
    }

    CompletableFuture<Outcome> outcome() {
        return outcome;
    }

    /** Waits until the outcome is known. */
    Outcome awaitOutcome() throws InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // nobody completes it exceptionally
        }
    }

    /** Tells the stream, which waits for it, whether the chunk has arrived. */
    CompletableFuture<Boolean> settled() {
        return settled;
    }

    /** Waits at most {@code millis} and returns whether the window is settled. */
    boolean awaitSettled(long millis) throws InterruptedException {
        try {
            settled.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // nobody completes it exceptionally
        }
    }

    /** Lets the stream go on, because the chunk has arrived or will not arrive. */
    void settle(boolean delivered) {
        settled.complete(delivered);
    }

    /** Tells the import that the chunk cannot be merged, and lets the stream go on. */
    void refuse(Outcome reason) {
        settled.complete(false);
        outcome.complete(reason);
    }

    /** Ends the waiting of both sides. */
    void interrupt() {
        settled.complete(false);
        outcome.complete(new Outcome.Interrupted());
    }

    /** Notes that the stream passes the low watermark, and where that stands among its transactions. */
    void passLow(long passed) {
        low = passed;
    }

    /** Returns where the low watermark stands; after {@link #conflict} found none. */
    long low() {
        return low;
    }

    /** Takes a change of the stream. It counts if it is between the watermarks and in the table. */
    void pass(Modification change) {
        carriedChanges = true;
        if (low == null || change.table().oid() != relation) {
            return;
        }
        keys.add(change.table().keyNames());
        if (change.operation() == Operation.TRUNCATE) {
            truncated = true;
            changed.clear();
        } else if (change.table().keyNames().isEmpty()) {
            unidentified |= change.operation() != Operation.INSERT;
        } else if (!truncated) {
            note(change.before(), change.after());
        }
    }

    private void note(Row before, Row after) {
        Optional<RowKey> to = after == null ? Optional.empty() : RowKey.of(after);
        Optional<RowKey> from = before == null ? to : RowKey.of(before);
        if (after != null && to.isEmpty() || before != null && from.isEmpty() || changed.size() >= MAX_KEYS) {
            unidentified = true;
            return;
        }
        boolean known = from.isPresent() && changed.containsKey(from.get());
        Row told = known ? changed.get(from.get()) : null;
        from.ifPresent(key -> changed.put(key, null));
        if (after == null) {
            return;
        }
        Row latest = told == null ? after : after.filledFrom(told);
        boolean whole = known && told == null || latest.unchanged().isEmpty();
        changed.put(to.get(), whole ? null : latest);
        if (!whole) {
            keptBytes += bytes(after);
            unidentified |= keptBytes > MAX_KEPT_BYTES;
        }
        moved |= !whole && !to.equals(from);
    }

    private static long bytes(Row row) {
        long bytes = 0;
        for (int i = 0; i < row.tuple().size(); i++) {
            bytes += row.tuple().hasData(i) ? row.tuple().length(i) : 0;
        }
        return bytes;
    }

    /**
     * Leaves only the begin of a run if the stream changed the table between the watermarks. Sinks got those changes before the
     * begin, and would take what was written before it for rows that are gone.
     */
    void beginBeforeChanges() {
        if (chunk.begins() && !keys.isEmpty()) {
            chunk = chunk.beginOnly();
        }
    }

    /** Returns whether the stream carried changes since the window was opened. Asked once the outcome is known. */
    boolean carriedChanges() {
        return carriedChanges;
    }

    /** Returns why the chunk cannot be merged; empty if it can. */
    Optional<String> conflict() {
        if (low == null) {
            return Optional.of("the stream did not come by its low watermark");
        }
        if (chunk.rows().isEmpty()) {
            return Optional.empty();
        }
        if (unidentified) {
            return Optional.of("changes between its watermarks do not tell which rows they concern, or are too many");
        }
        if (moved) {
            return Optional.of("a row got another key between its watermarks, and the stream does not tell all of it");
        }
        boolean same = keys.stream().allMatch(chunk.table().keyNames()::equals)
                && changed.values().stream()
                        .allMatch(row -> row == null
                                || row.table()
                                        .fingerprint()
                                        .equals(chunk.table().fingerprint()));
        return same ? Optional.empty() : Optional.of("the table changed between its watermarks");
    }

    /**
     * Returns what is left of the chunk: the rows that the stream did not change, and the latest version of the rows that it
     * changed without telling all of them, filled from what was read.
     */
    List<Row> rows() {
        if (truncated) {
            return List.of();
        }
        if (changed.isEmpty()) {
            return chunk.rows();
        }
        List<Row> rows = new ArrayList<>();
        for (Row row : chunk.rows()) {
            Optional<RowKey> key = RowKey.of(row).filter(changed::containsKey);
            Row latest = key.map(changed::get).orElse(null);
            if (key.isEmpty()) {
                rows.add(row);
            } else if (latest != null) {
                rows.add(latest.filledFrom(row));
            }
        }
        return rows;
    }
}
