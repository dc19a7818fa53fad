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
 * Which transactions the stream has passed, and so whether a read saw all that came before its low watermark. A commit is
 * in the WAL, and so in the stream, a little before other sessions see it; with synchronous replication it may be long
 * before. A row read in between is older than what the sink has.
 *
 * <ul>
 *   <li>What was passed before the history began is not known. Of the transactions that ran then, the first snapshot tells:
 *       those are suspects until they end or, without synchronous replication, for so long that they would be visible.
 *   <li>Transactions that every later read can see are forgotten, and when there are too many all of them, which is to
 *       begin anew.
 * </ul>
 *
 * Owned by the stream's thread.
 */
final class CommitHistory {

    private static final int MOST = 100_000;
    private static final long VISIBLE_AFTER_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final List<Long> passed = new ArrayList<>();
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

    /** @param clock tells nanoseconds */
    CommitHistory(LongSupplier clock) {
        this.clock = clock;
    }

    /** The stream delivers something of {@code transaction}. */
    void pass(Transaction transaction) {
        if (transaction == latest || transaction.xid() == 0) { // a message outside of any transaction has none
            return;
        }
        latest = transaction;
        if (passed.size() == MOST) {
            passed.clear();
            incomplete = true;
            suspects = null;
            begunNanos = clock.getAsLong();
        }
        passed.add(transaction.xid());
    }

    /** The stream passes a low watermark. */
    void low() {
        beforeLow = passed.size();
        if (suspects == null) { // only from now on it is known what the stream passes
            begunNanos = clock.getAsLong();
        }
        incomplete = false;
    }

    /**
     * A transaction that the stream passed before the latest low watermark, or may have, though the snapshot does not see
     * it; empty if there is none.
     *
     * @param lowXid the low watermark's own transaction
     */
    Optional<String> unseen(Snapshot snapshot, long lowXid, boolean synchronousReplication) {
        if (incomplete) {
            return Optional.of("a time with fewer transactions: too many passed between its watermarks");
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
