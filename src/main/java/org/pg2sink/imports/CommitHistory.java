package org.pg2sink.imports;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.pg2sink.changelog.Transaction;

/**
 * Remembers which transactions the stream has passed, and so tells whether a read saw all that came before its low watermark.
 * A commit is in the WAL, and so in the stream, a little before other sessions see it; with synchronous replication it may
 * be long before. A row that is read in between is older than what the sink has.
 *
 * <ul>
 *   <li>The history does not know what the stream passed before it began. The first snapshot lists the transactions that ran
 *       then. Those are suspects until they end or, without synchronous replication, for as long as it may take a commit to
 *       become visible.
 *   <li>It forgets transactions that every later read can see. If there are too many it forgets all, and starts over.
 * </ul>
 *
 * The stream's thread owns it.
 */
final class CommitHistory {

    private static final int MAX_TRANSACTIONS = 100_000;
    private static final long VISIBLE_AFTER_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** In the order of the stream, by the lower 32 bits of their ids. */
    private final List<Long> passed = new ArrayList<>();
    /** The number of those that were passed before the latest low watermark. */
    private int beforeLow;

    private boolean incomplete;
    /** Null until the first snapshot. */
    private Set<Long> suspects;

    private final LongSupplier clock;
    private long begunNanos;
    private Transaction latest;

    CommitHistory() {
        this(System::nanoTime);
    }

    /** @param clock returns nanoseconds, as {@link System#nanoTime} does */
    CommitHistory(LongSupplier clock) {
        this.clock = clock;
    }

    /** Notes that the stream delivers something of {@code transaction}. */
    void pass(Transaction transaction) {
        if (transaction == latest || transaction.xid() == 0) { // a message outside of any transaction
            return;
        }
        latest = transaction;
        if (passed.size() == MAX_TRANSACTIONS) {
            passed.clear();
            incomplete = true;
            suspects = null;
            begunNanos = clock.getAsLong();
        }
        passed.add(transaction.xid());
    }

    /** Notes that the stream passes a low watermark. */
    void low() {
        beforeLow = passed.size();
        if (suspects == null) { // only from now on it is known what the stream passes
            begunNanos = clock.getAsLong();
        }
        incomplete = false;
    }

    /**
     * Returns a transaction that the stream passed before the latest low watermark, or may have passed, although the snapshot
     * does not see it; empty if the snapshot sees all of them.
     *
     * @param lowXid the low watermark's own transaction
     */
    Optional<String> unseen(Snapshot snapshot, long lowXid, boolean synchronousReplication) {
        if (incomplete) {
            return Optional.of("a time with fewer transactions: too many passed between the watermarks of its chunk");
        }
        Set<Long> known = new HashSet<>();
        for (long xid : passed) {
            known.add(snapshot.widen(xid));
        }
        if (suspects == null) {
            suspects = snapshot.inProgressBefore(lowXid);
        }
        suspects.removeIf(xid -> known.contains(xid) || !snapshot.inProgress(xid));
        if (!synchronousReplication && clock.getAsLong() - begunNanos > VISIBLE_AFTER_NANOS) {
            suspects.clear();
        }
        Optional<String> unseen = passed.subList(0, beforeLow).stream()
                .map(snapshot::widen)
                .filter(snapshot::inProgress)
                .findFirst()
                .map(xid -> "transaction " + xid + ", which has committed and is not visible yet")
                .or(() -> suspects.stream()
                        .findFirst()
                        .map(xid -> "transaction " + xid + ", which may have committed before the stream began"));
        passed.removeIf(xid -> !snapshot.inProgress(snapshot.widen(xid)));
        return unseen;
    }
}
