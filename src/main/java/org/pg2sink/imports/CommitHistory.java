package org.pg2sink.imports;

import java.util.ArrayList;
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
 *   <li>The history does not know what the stream passed before it began, at the first low watermark. Transactions that ran
 *       then are suspects until they end or, without synchronous replication, for as long as it may take a commit to become
 *       visible.
 *   <li>It forgets transactions that every later read can see. If there are too many it forgets all, and begins again.
 * </ul>
 *
 * The stream's thread owns it.
 */
final class CommitHistory {

    private static final int MAX_TRANSACTIONS = 100_000;
    private static final long VISIBLE_AFTER_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A transaction by the lower 32 bits of its id, with the number of those that the stream passed before it. */
    private record Passed(long number, long xid) {}

    private final LongSupplier clock;

    private final List<Passed> passed = new ArrayList<>();
    /** The number of transactions that the stream ever passed. */
    private long count;

    private Transaction latest;

    /** The number of transactions before those that are known all. */
    private long forgotten;
    /** The transaction of the low watermark at which the history began; null before. */
    private Transaction begin;

    private long begunNanos;

    /** Holds what a read saw, and so all reads see whose windows have a number above {@link #seenBy}; null before the first. */
    private Snapshot seen;

    private long seenBy;

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
            forgotten = count + 1; // with the one that comes now, so that low watermarks before it are too old
            begin = null;
        }
        passed.add(new Passed(count++, transaction.xid()));
    }

    /** Notes that the stream passes a low watermark, and returns what {@link #unseen} needs to know of it. */
    long low(Transaction watermark) {
        if (begin == null) {
            begin = watermark;
            begunNanos = clock.getAsLong();
        }
        return count;
    }

    /**
     * Returns a transaction that the stream passed before a low watermark, or may have passed, although the snapshot does not
     * see it; empty if the snapshot sees all of them.
     *
     * @param snapshot of the read after the low watermark
     * @param low what {@link #low} returned
     */
    Optional<String> unseen(Snapshot snapshot, long low, boolean synchronousReplication) {
        if (low < forgotten) {
            return Optional.of("a time with fewer transactions: too many passed between the watermarks of its chunk");
        }
        return passed.stream()
                .filter(it -> it.number < low)
                .map(it -> snapshot.widen(it.xid))
                .filter(snapshot::inProgress)
                .findFirst()
                .map(xid -> "transaction " + xid + ", which has committed and is not visible yet")
                .or(() -> suspects(snapshot, synchronousReplication).stream()
                        .findFirst()
                        .map(xid -> "transaction " + xid + ", which may have committed before the stream began"));
    }

    private Set<Long> suspects(Snapshot snapshot, boolean synchronousReplication) {
        if (!synchronousReplication && clock.getAsLong() - begunNanos > VISIBLE_AFTER_NANOS) {
            return Set.of();
        }
        Set<Long> suspects = snapshot.inProgressBefore(snapshot.widen(begin.xid()));
        if (!suspects.isEmpty()) {
            passed.forEach(it -> suspects.remove(snapshot.widen(it.xid)));
        }
        return suspects;
    }

    /**
     * Forgets what no read needs any more. Windows are numbered as they are opened; a read begins after its window is opened,
     * so it sees all that a read saw which had ended by then.
     *
     * @param snapshot of a read that has ended
     * @param oldest the number of the oldest window that is open
     * @param newest the number of the newest window
     */
    void forget(Snapshot snapshot, long oldest, long newest) {
        if (seen != null && oldest <= seenBy) {
            return;
        }
        if (seen != null) {
            passed.removeIf(it -> !seen.inProgress(seen.widen(it.xid)));
        }
        seen = snapshot;
        seenBy = newest;
    }
}
