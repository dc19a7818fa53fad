package org.pg2sink.imports;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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

    /** How it ended for the import. */
    sealed interface Outcome {

        /** What is left of the chunk; the stream waits until it is {@linkplain #settle settled}. */
        record Merged(List<Entry> entries) implements Outcome {}

        /** The chunk cannot be merged. */
        record ReadAgain(String reason) implements Outcome {}

        /** The stream ended or was suspended before it came to the high watermark. */
        record Interrupted() implements Outcome {}
    }

    private final String token = UUID.randomUUID().toString();
    private final long relation;

    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final CompletableFuture<Boolean> settled = new CompletableFuture<>();
    private volatile Chunk chunk;
    private volatile long lowXid;

    private final Set<RowKey> changed = new HashSet<>();
    /** Those of which the latest change does not carry all values. */
    private final Set<RowKey> partial = new HashSet<>();

    private final Set<List<String>> keys = new HashSet<>();
    private boolean low;
    private boolean truncated;
    private boolean unidentified;

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

    long lowXid() {
        return lowXid;
    }

    CompletableFuture<Outcome> outcome() {
        return outcome;
    }

    /** Whether the chunk arrived, once it is known; the stream waits for it. */
    CompletableFuture<Boolean> settled() {
        return settled;
    }

    /** The chunk arrived, or did not: the stream goes on. */
    void settle(boolean delivered) {
        settled.complete(delivered);
    }

    /** The chunk cannot be merged, and the stream goes on. */
    void readAgain(String reason) {
        settled.complete(false);
        outcome.complete(new Outcome.ReadAgain(reason));
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
        if (!low || change.table().oid() != relation) {
            return;
        }
        keys.add(change.table().keyNames());
        if (change.operation() == Operation.TRUNCATE) {
            truncated = true;
            changed.clear();
            partial.clear();
        } else if (change.table().keyNames().isEmpty()) {
            unidentified |= change.operation() != Operation.INSERT;
        } else {
            boolean whole = change.unchanged().isEmpty();
            note(change.before(), whole);
            note(change.after(), whole);
        }
    }

    private void note(Row row, boolean whole) {
        if (row == null) {
            return;
        }
        Optional<RowKey> key = RowKey.of(row);
        if (key.isEmpty() || changed.size() == MOST_KEYS) {
            unidentified = true;
        } else if (!truncated) {
            changed.add(key.get());
            if (whole) {
                partial.remove(key.get());
            } else {
                partial.add(key.get());
            }
        }
    }

    /** Why the chunk cannot be merged; empty if it can. */
    Optional<String> conflict() {
        if (!low) {
            return Optional.of("the stream did not come by its low watermark");
        }
        if (unidentified) {
            return Optional.of("changes between its watermarks do not tell which rows they concern, or are too many");
        }
        if (!partial.isEmpty() && chunk.rows().stream().anyMatch(row -> isIn(partial, row))) {
            return Optional.of("changes between its watermarks do not carry all values of their rows");
        }
        return keys.stream().allMatch(chunk.table().keyNames()::equals)
                ? Optional.empty()
                : Optional.of("the key of the table changed between its watermarks");
    }

    /** The rows of the chunk that the stream did not change. */
    List<Row> unchangedRows() {
        if (truncated) {
            return List.of();
        }
        if (changed.isEmpty()) {
            return chunk.rows();
        }
        return chunk.rows().stream().filter(row -> !isIn(changed, row)).toList();
    }

    private static boolean isIn(Set<RowKey> keys, Row row) {
        return RowKey.of(row).filter(keys::contains).isPresent();
    }
}
