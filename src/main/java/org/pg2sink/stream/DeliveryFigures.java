package org.pg2sink.stream;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.EntryTally;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;

/**
 * Measures the deliveries of a stream, session after session: what arrived, how often it was sent again, and how long it took.
 * It does so a batch, not a row.
 */
public final class DeliveryFigures {

    private final EntryTally entries = new EntryTally();

    // owned by the stream's thread
    /** The latest transaction of which anything was sent; null before the first. */
    private Transaction sent;
    /** The same when the session began; null once the session has passed it. */
    private Transaction sentBefore;

    // written by the stream's thread, read by any
    private volatile long redeliveries;
    private volatile DeliveryListener listener = (count, deliveryNanos, latencyMillis) -> {};

    // written by the threads that end deliveries, read by any
    private final AtomicLong delivered = new AtomicLong();
    private volatile Instant latestCommit = Instant.EPOCH;

    /** Returns the counts by table and operation. */
    public EntryTally entries() {
        return entries;
    }

    /** Has {@code newListener} hear of each batch from now on. */
    public void listen(DeliveryListener newListener) {
        listener = newListener;
    }

    /** Notes that a session begins: what was sent and not confirmed comes again. */
    void begin() {
        sentBefore = sent;
        delivered.set(0);
    }

    /** Notes that a batch is sent. */
    void sent(Batch batch) {
        Transaction first = batch.get(0).transaction();
        Transaction last = batch.get(batch.size() - 1).transaction();
        if (sentBefore != null) {
            boolean again =
                    first.isComparable(sentBefore.timeline()) && !first.lsn().isAfter(sentBefore.lsn());
            redeliveries += again ? 1 : 0;
            sentBefore = again ? sentBefore : null;
        }
        sent = sent == null || !last.isComparable(sent.timeline()) || last.lsn().isAfter(sent.lsn()) ? last : sent;
    }

    /** Returns an acknowledgement that also measures the delivery, which begins now. */
    Acknowledgement measured(Batch batch, Acknowledgement acknowledgement) {
        return new MeasuredDelivery(this, batch, acknowledgement);
    }

    void delivered(Batch batch, long deliveryNanos) {
        entries.add(batch);
        Transaction first = batch.get(0).transaction();
        Transaction last = batch.get(batch.size() - 1).transaction();
        delivered.accumulateAndGet(last.lsn().value(), (a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b);
        latestCommit = last.commitTime().toInstant();
        long latencyMillis =
                System.currentTimeMillis() - first.commitTime().toInstant().toEpochMilli();
        listener.delivered(batch.size(), deliveryNanos, Math.max(0, latencyMillis));
    }

    /** Returns how many batches were sent again after a session ended, because they were not confirmed. */
    long redeliveries() {
        return redeliveries;
    }

    /** Returns the commit of the latest transaction of which the session delivered anything; zero if it has not. */
    Lsn deliveredLsn() {
        return new Lsn(delivered.get());
    }

    /** Returns when the latest change that was delivered had been committed; the epoch if none was. */
    Instant latestCommit() {
        return latestCommit;
    }
}
