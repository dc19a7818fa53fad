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
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Row;

/**
 * The part of the WAL between the two watermarks of a chunk: what the stream changed there, and where the import and the
 * stream meet. The stream's thread owns what was changed; the import sets the chunk before it writes the high watermark;
 * each side completes its future once.
 */
final class Window {

    private static final int MOST_KEYS = 100_000;
    private static final long MOST_BYTES = 8L << 20;

    /** How it ended for the import. */
    sealed interface Outcome {

        /** What is left of the chunk; the stream waits until it is {@linkplain #settle settled}. */
        record Merged(List<Entry> entries) implements Outcome {}

        /** The chunk cannot be merged. */
        record ReadAgain(String reason) implements Outcome {}

        /** Nor this time: what the read did not see goes away by itself. */
        record NotYet(String reason) implements Outcome {}

        /** The stream ended or was suspended before it came to the high watermark. */
        record Interrupted() implements Outcome {}
    }

    private final String token = UUID.randomUUID().toString();
    private final long relation;

    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final CompletableFuture<Boolean> settled = new CompletableFuture<>();
    private volatile Chunk chunk;
    private volatile long lowXid;
    private volatile boolean bounded;

    /**
     * The keys that the stream changed. The value is null if it told the row whole, or that it is gone. If it left out long
     * values that did not change (TOAST), then all it told of the row: the sink may have the rest only from the chunk.
     */
    private final Map<RowKey, Row> changed = new HashMap<>();

    private final Set<List<String>> keys = new HashSet<>();
    /** How large the rows are that are kept, since they were not told whole. */
    private long keptBytes;

    private boolean carriedChanges;
    private boolean low;
    private boolean truncated;
    private boolean unidentified;
    private boolean moved;

    /** @param relation the OID of the table that is imported */
    Window(long relation) {
        this.relation = relation;
    }

    String lowWatermark() {
        return token + " low";
    }

    String highWatermark() {
        return token + " high";
    }

    /** The low watermark was written by the transaction {@code xid}. */
    void written(long xid) {
        lowXid = xid;
    }

    /** What was read; to be told before the high watermark is written. */
    void offer(Chunk read) {
        chunk = read;
    }

    Chunk chunk() {
        return chunk;
    }

    /** The high watermark was written: what is written from now on is after the window. */
    void bounded() {
        bounded = true;
    }

    /** Whether another window can begin after this one. */
    boolean isBounded() {
        return bounded || outcome.isDone();
    }

    long lowXid() {
        return lowXid;
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

    /** Whether the chunk arrived, once it is known; the stream waits for it. */
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

    /** The chunk arrived, or did not: the stream goes on. */
    void settle(boolean delivered) {
        settled.complete(delivered);
    }

    /** The chunk cannot be merged, for that reason, and the stream goes on. */
    void refuse(Outcome reason) {
        settled.complete(false);
        outcome.complete(reason);
    }

    /** Nobody waits for the chunk any more. */
    void interrupt() {
        settled.complete(false);
        outcome.complete(new Outcome.Interrupted());
    }

    void passLow() {
        low = true;
    }

    /** The stream changes something; of interest if it does so between the watermarks, in the table. */
    void pass(Modification change) {
        carriedChanges = true;
        if (!low || change.table().oid() != relation) {
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
        if (after != null && to.isEmpty() || before != null && from.isEmpty() || changed.size() >= MOST_KEYS) {
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
            unidentified |= keptBytes > MOST_BYTES;
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

    /** Whether the stream carried changes since the window was opened; to be asked once the outcome is there. */
    boolean carriedChanges() {
        return carriedChanges;
    }

    /** Why the chunk cannot be merged; empty if it can. */
    Optional<String> conflict() {
        if (!low) {
            return Optional.of("the stream did not come by its low watermark");
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
     * What is left of the chunk: the rows that the stream did not change, and of those that it changed, but did not tell
     * whole, their latest version with what was read of the rest.
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
