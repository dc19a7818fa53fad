package org.pg2sink.stream;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;

/**
 * Delivers entries on several threads beside each other, a lane each. Entries of one key take the same lane, which
 * begins a delivery only when the one before it has ended. An entry that no lane is chosen for waits until all before it
 * have arrived, and all after it wait for it. A batch is split into a part for each lane.
 *
 * <p>What waits for a lane is bounded by number and by bytes, of all lanes together: a lane that is slow holds up the others
 * only when all of that waits for it.
 *
 * <p>Owned by one thread, the stream's or that of imports. The lanes own nothing but the batch that they deliver.
 */
final class Lanes implements Sender {

    /** Number of unfinished single entries for each lane: enough that few lanes run dry, since hashes spread unevenly. */
    private static final int MAX_ENTRIES_PER_LANE = 16;

    /** The same of batches, which are collected while others are delivered. */
    private static final int MAX_BATCHES_PER_LANE = 2;

    private final Courier courier;
    private final LaneChoice choice;
    private final List<DeliveryQueue> lanes;
    private final boolean batching;
    private final int maxDeliveries;
    private final long maxBytes;

    /**
     * @param executors one for each lane; each runs one task at a time, in order
     * @param whenOver runs after each delivery; for any thread
     */
    Lanes(Courier courier, StreamOptions options, List<? extends Executor> executors, Runnable whenOver) {
        this.courier = courier;
        this.choice = new LaneChoice(executors.size());
        this.batching = options.batching();
        this.lanes = executors.stream()
                .map(executor -> new DeliveryQueue(executor, batching ? whenOver : () -> {}))
                .toList();
        this.maxDeliveries = executors.size() * (batching ? MAX_BATCHES_PER_LANE : MAX_ENTRIES_PER_LANE);
        this.maxBytes = options.batchBytes();
    }

    @Override
    public void send(Batch batch, boolean large) {
        Map<Integer, List<Entry>> parts = new LinkedHashMap<>();
        for (Entry entry : batch) {
            OptionalInt lane = choice.of(entry);
            if (lane.isEmpty()) {
                sendParts(batch, parts);
                sendAlone(new Batch(batch.table(), List.of(entry), false));
            } else if (batching) {
                parts.computeIfAbsent(lane.getAsInt(), chosen -> new ArrayList<>())
                        .add(entry);
            } else {
                send(new Batch(batch.table(), List.of(entry), false), lane.getAsInt());
            }
        }
        sendParts(batch, parts);
        courier.checkFailure();
    }

    private void sendParts(Batch batch, Map<Integer, List<Entry>> parts) {
        parts.forEach((lane, entries) -> send(new Batch(batch.table(), entries, false), lane));
        parts.clear();
    }

    private void send(Batch part, int lane) {
        courier.awaitRoom(maxDeliveries, maxBytes);
        AckTracker.Delivery delivery = courier.submit(part, Courier.bytes(part));
        lanes.get(lane).execute(() -> courier.deliverAndWait(part, delivery));
    }

    private void sendAlone(Batch entry) {
        drain();
        send(entry, 0);
        drain();
    }

    /** Waits until all that was sent has arrived. */
    void drain() {
        courier.awaitFewerThan(1);
        courier.checkFailure();
    }

    /** Returns whether a lane has nothing to do: others need not wait for the slowest. */
    @Override
    public boolean isIdle() {
        return lanes.stream().anyMatch(DeliveryQueue::isIdle);
    }

    @Override
    public void awaitIdle() throws InterruptedException {
        for (DeliveryQueue lane : lanes) {
            lane.awaitIdle();
        }
    }
}
