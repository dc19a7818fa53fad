package org.pg2sink.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.transaction;

import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Examples;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.Cancellation;

/** Entries in, batches out, on one thread and without a server. */
class DelivererTest {

    private static final Lsn START = new Lsn(100);

    private static final Map<Integer, Transaction> TRANSACTIONS = Map.of(1, transaction(1), 2, transaction(2));

    private final Table orders = Examples.table("orders", "id bigint key");
    private final Table items = Examples.table("items", "id bigint key");

    private final List<Batch> delivered = new ArrayList<>();
    private final List<Acknowledgement> acknowledgements = new ArrayList<>();
    private final AckTracker tracker = new AckTracker(START);
    private final Cancellation stop = new Cancellation();
    /** Runs deliveries; at once, unless a test says otherwise. */
    private Executor deliveries = Runnable::run;

    private int over;

    private Deliverer batching(int size, long bytes, long millis) {
        return deliverer(new StreamOptions(true, size, bytes, millis, 100, 1, true, true, false, 1, ZoneOffset.UTC));
    }

    private Deliverer single(boolean announceSchemas) {
        return deliverer(new StreamOptions(false, 1, 1, 1, 100, 1, announceSchemas, true, false, 1, ZoneOffset.UTC));
    }

    private Deliverer deliverer(StreamOptions options) {
        Target target = (batch, acknowledgement) -> {
            delivered.add(batch);
            acknowledgements.add(acknowledgement);
        };
        return new Deliverer(target, options, tracker, new DeliveryFigures(), List.of(deliveries), () -> over++, stop);
    }

    private static Entry change(Table table, int id) {
        return change(1, table, id);
    }

    private static Entry change(int xid, Table table, int id) {
        return insert(TRANSACTIONS.get(xid), id, row(table, String.valueOf(id)));
    }

    @Test
    void withoutBatchingEachEntryIsDeliveredAsSoonAsItIsKnownWhetherItIsTheLast() {
        Deliverer deliverer = single(true);
        deliverer.entry(change(orders, 1));
        assertThat(delivered).isEmpty();
        deliverer.entry(change(orders, 2));
        assertThat(delivered).hasSize(1);
        deliverer.committed(new Lsn(110));

        assertThat(delivered).extracting(Batch::size).containsExactly(1, 1);
        assertThat(delivered).extracting(Batch::isTransactionEnd).containsExactly(false, true);
    }

    @Test
    void schemasAreLeftOutUnlessTheyAreAskedFor() {
        Deliverer deliverer = single(false);
        deliverer.entry(new Schema(transaction(1), orders));
        deliverer.entry(change(orders, 1));
        deliverer.committed(new Lsn(110));

        assertThat(delivered).hasSize(1);
        assertThat(delivered.get(0).get(0)).isNotInstanceOf(Schema.class);
    }

    @Test
    void schemasAreDeliveredWhereTheyAreAskedFor() {
        Deliverer deliverer = single(true);
        deliverer.entry(new Schema(transaction(1), orders));
        deliverer.entry(change(orders, 1));

        assertThat(delivered.get(0).get(0)).isInstanceOf(Schema.class);
    }

    @Test
    void entriesAreCollectedUntilThereAreEnough() {
        Deliverer deliverer = batching(3, 1_000, 60_000);
        deliverer.entry(change(orders, 1));
        deliverer.entry(change(orders, 2));
        assertThat(delivered).isEmpty();
        assertThat(deliverer.collected()).isEqualTo(2);

        deliverer.entry(change(orders, 3));
        deliverer.committed(new Lsn(110));
        assertThat(delivered).extracting(Batch::size).containsExactly(3);
        assertThat(deliverer.collected()).isZero();
    }

    @Test
    void aBatchEndsByItsBytesToo() {
        Deliverer deliverer = batching(1_000, 3, 60_000);
        deliverer.entry(change(orders, 1));
        deliverer.entry(change(orders, 2));
        assertThat(delivered).isEmpty();
        deliverer.entry(change(orders, 3));
        deliverer.committed(new Lsn(110));
        assertThat(delivered).hasSize(1);

        deliverer.entry(change(orders, 4));
        deliverer.committed(new Lsn(120));
        assertThat(delivered).hasSize(1);
    }

    @Test
    void eachTableHasABatchOfItsOwnInTheOrderOfItsFirstEntry() {
        Deliverer deliverer = batching(4, 1_000, 60_000);
        deliverer.entry(change(items, 1));
        deliverer.entry(change(orders, 2));
        deliverer.entry(change(orders, 3));
        deliverer.entry(change(items, 4));
        deliverer.committed(new Lsn(110));

        assertThat(delivered).extracting(Batch::table).containsExactly(items, orders);
        assertThat(delivered).extracting(Batch::size).containsExactly(2, 2);
    }

    @Test
    void anEntryWaitsNoLongerThanItMay() {
        Deliverer patient = batching(10, 1_000, 60_000);
        assertThat(patient.millisToFlush(77)).isEqualTo(77);
        patient.entry(change(orders, 1));
        patient.committed(new Lsn(110));
        assertThat(patient.millisToFlush(77)).isBetween(50_000L, 60_000L);

        Deliverer hasty = batching(10, 1_000, 0);
        hasty.entry(change(orders, 1));
        hasty.committed(new Lsn(110));
        assertThat(hasty.millisToFlush(77)).isZero();
    }

    @Test
    void entriesAreCollectedWhileTheTargetIsBusy() {
        Queue<Runnable> waiting = new ArrayDeque<>();
        deliveries = waiting::add;
        Deliverer deliverer = batching(10, 1_000, 0);
        deliverer.entry(change(orders, 1));
        deliverer.committed(new Lsn(110));
        deliverer.flush();
        deliverer.entry(change(orders, 2));
        deliverer.committed(new Lsn(120));
        assertThat(deliverer.millisToFlush(77)).isEqualTo(77);
        assertThat(over).isZero();

        waiting.remove().run();

        assertThat(over).isEqualTo(1);
        assertThat(deliverer.millisToFlush(77)).isZero();
    }

    @Test
    void aCommitIsConfirmedOnceAllBeforeItHasArrived() {
        Deliverer deliverer = batching(10, 1_000, 60_000);
        deliverer.entry(change(orders, 1));
        deliverer.committed(new Lsn(110));
        deliverer.flush();
        assertThat(tracker.confirmed()).isEqualTo(START);

        acknowledgements.get(0).complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
    }

    @Test
    void aCommitThatEndsWithinABatchIsNotConfirmedBeforeTheBatchIsSent() {
        Deliverer deliverer = batching(10, 1_000, 60_000);
        deliverer.entry(change(orders, 1));
        deliverer.committed(new Lsn(110));

        assertThat(tracker.confirmed()).isEqualTo(START);
    }

    @Test
    void aCommitWithoutEntriesIsConfirmedAtOnce() {
        batching(10, 1_000, 60_000).committed(new Lsn(110));

        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
    }

    @Test
    void anEntryThatWaitsForItsCommitHurriesNobody() {
        Deliverer deliverer = batching(10, 1_000, 0);
        deliverer.entry(change(orders, 1));

        assertThat(deliverer.millisToFlush(77)).isEqualTo(77);
    }

    @Test
    void aTransactionThatIsCutByABatchIsNotConfirmedByItsFirstHalf() {
        Deliverer deliverer = batching(2, 1_000, 60_000);
        deliverer.entry(change(orders, 1));
        deliverer.committed(new Lsn(110));
        deliverer.entry(change(2, orders, 1));
        deliverer.entry(change(2, orders, 2));
        deliverer.entry(change(2, orders, 3));
        assertThat(delivered).extracting(Batch::isTransactionEnd).containsExactly(true, false);
        acknowledgements.forEach(Acknowledgement::complete);
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));

        deliverer.committed(new Lsn(120));
        deliverer.flush();
        assertThat(delivered).extracting(Batch::isTransactionEnd).containsExactly(true, false, true);
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
        acknowledgements.get(2).complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(120));
    }

    @Test
    void aFlushInATransactionSendsWhatEndedBeforeItAndTheLastBatchOfThatSaysSo() {
        Deliverer deliverer = batching(10, 1_000, 60_000);
        deliverer.entry(change(orders, 1));
        deliverer.entry(change(items, 2));
        deliverer.committed(new Lsn(110));
        deliverer.entry(change(2, orders, 1));
        deliverer.entry(change(2, items, 2));
        deliverer.flush();

        assertThat(delivered).extracting(Batch::table).containsExactly(orders, items);
        assertThat(delivered).extracting(Batch::size).containsExactly(1, 1);
        assertThat(delivered).extracting(Batch::isTransactionEnd).containsExactly(false, true);
        assertThat(deliverer.collected()).isEqualTo(2);
        acknowledgements.forEach(Acknowledgement::complete);
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));

        deliverer.committed(new Lsn(120));
        deliverer.flush();
        assertThat(delivered).extracting(Batch::isTransactionEnd).containsExactly(false, true, false, true);
    }

    @Test
    void theCommitOfATransactionThatWasCutAlwaysHasABatchThatSaysSo() {
        Deliverer deliverer = batching(2, 1_000, 0);
        for (int i = 1; i <= 4; i++) {
            deliverer.entry(change(orders, i));
            deliverer.flush(); // its time is over each time
        }
        deliverer.committed(new Lsn(110));
        deliverer.flush();

        assertThat(delivered).extracting(Batch::isTransactionEnd).containsExactly(false, true);
        assertThat(delivered).extracting(Batch::size).containsExactly(2, 2);
    }

    @Test
    void aMessageOfNoTransactionIsCompleteInItself() {
        Deliverer deliverer = single(true);
        deliverer.entry(insert(transaction(0), 1, row(orders, "1")));

        assertThat(delivered).extracting(Batch::isTransactionEnd).containsExactly(true);
    }

    @Test
    void nothingIsSentWhereNothingIsCollected() {
        batching(10, 1_000, 60_000).flush();

        assertThat(delivered).isEmpty();
    }

    @Test
    void aTargetThatThrowsFailsTheDelivery() {
        StreamOptions options = new StreamOptions(false, 1, 1, 1, 100, 1, true, true, false, 1, ZoneOffset.UTC);
        Deliverer deliverer = new Deliverer(
                (batch, acknowledgement) -> {
                    throw new IllegalStateException("down");
                },
                options,
                tracker,
                new DeliveryFigures(),
                List.of(deliveries),
                () -> {},
                stop);

        deliverer.entry(change(orders, 1));
        assertThatThrownBy(() -> deliverer.committed(new Lsn(110)))
                .isInstanceOf(DeliveryException.class)
                .hasMessageContaining("down");
    }

    @Test
    void nothingOvertakesAFailedDelivery() {
        Deliverer deliverer = single(true);
        deliverer.entry(change(orders, 1));
        deliverer.committed(new Lsn(110));
        acknowledgements.get(0).fail(new IllegalStateException("down"));
        deliverer.entry(change(2, orders, 2));

        assertThatThrownBy(() -> deliverer.committed(new Lsn(120))).isInstanceOf(DeliveryException.class);
        assertThat(delivered).hasSize(1);
    }

    @Test
    void nothingIsDeliveredOnceTheStreamStops() {
        Deliverer deliverer = single(true);
        stop.request();
        deliverer.entry(change(orders, 1));

        assertThatThrownBy(() -> deliverer.committed(new Lsn(110))).isInstanceOf(CancellationException.class);
        assertThat(delivered).isEmpty();
    }

    @Test
    void waitingForRoomInFlightEndsWhenTheStreamStops() {
        StreamOptions one = new StreamOptions(false, 1, 1, 1, 1, 1, true, true, false, 1, ZoneOffset.UTC);
        Deliverer deliverer = deliverer(one);
        deliverer.entry(change(orders, 1));
        deliverer.committed(new Lsn(110));
        deliverer.entry(change(2, orders, 2));
        new Thread(stop::request).start();

        assertThatThrownBy(() -> deliverer.committed(new Lsn(120))).isInstanceOf(CancellationException.class);
        assertThat(delivered).hasSize(1);
    }

    @Test
    void drainingWaitsUntilAllHasArrived() {
        Deliverer deliverer = batching(10, 1_000, 60_000);
        deliverer.entry(change(orders, 1));
        deliverer.committed(new Lsn(110));
        Thread completer = new Thread(() -> {
            while (acknowledgements.isEmpty()) {
                Thread.onSpinWait();
            }
            acknowledgements.get(0).complete();
        });
        completer.start();
        deliverer.drain();

        assertThat(tracker.inFlight()).isZero();
        assertThat(delivered).hasSize(1);
    }
}
