package org.pg2sink.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.transaction;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Examples;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.Cancellation;

/** Entries in, batches out, on one thread and without a server. */
class DelivererTest {

    private static final Lsn START = new Lsn(100);

    private final Table orders = Examples.table("orders", "id bigint key");
    private final Table items = Examples.table("items", "id bigint key");

    private final List<Batch> delivered = new ArrayList<>();
    private final List<Acknowledgement> acknowledgements = new ArrayList<>();
    private final AckTracker tracker = new AckTracker(START);
    private final Cancellation stop = new Cancellation();

    private Deliverer batching(int size, long bytes, long millis) {
        return deliverer(new StreamOptions(true, size, bytes, millis, 100, true, true, false, 1, ZoneOffset.UTC));
    }

    private Deliverer single(boolean announceSchemas) {
        return deliverer(new StreamOptions(false, 1, 1, 1, 100, announceSchemas, true, false, 1, ZoneOffset.UTC));
    }

    private Deliverer deliverer(StreamOptions options) {
        Target target = (batch, acknowledgement) -> {
            delivered.add(batch);
            acknowledgements.add(acknowledgement);
        };
        return new Deliverer(target, options, tracker, Runnable::run, stop);
    }

    private static Entry change(Table table, int id) {
        return insert(transaction(1), id, row(table, String.valueOf(id)));
    }

    @Test
    void withoutBatchingEachEntryIsDeliveredAtOnce() {
        Deliverer deliverer = single(true);
        deliverer.entry(change(orders, 1));
        deliverer.entry(change(orders, 2));

        assertThat(delivered).extracting(Batch::size).containsExactly(1, 1);
    }

    @Test
    void schemasAreLeftOutUnlessTheyAreAskedFor() {
        Deliverer deliverer = single(false);
        deliverer.entry(new Schema(transaction(1), orders));
        deliverer.entry(change(orders, 1));

        assertThat(delivered).hasSize(1);
        assertThat(delivered.get(0).get(0)).isNotInstanceOf(Schema.class);
    }

    @Test
    void schemasAreDeliveredWhereTheyAreAskedFor() {
        single(true).entry(new Schema(transaction(1), orders));

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
        assertThat(delivered).hasSize(1);

        deliverer.entry(change(orders, 4));
        assertThat(delivered).hasSize(1);
    }

    @Test
    void eachTableHasABatchOfItsOwnInTheOrderOfItsFirstEntry() {
        Deliverer deliverer = batching(4, 1_000, 60_000);
        deliverer.entry(change(items, 1));
        deliverer.entry(change(orders, 2));
        deliverer.entry(change(orders, 3));
        deliverer.entry(change(items, 4));

        assertThat(delivered).extracting(Batch::table).containsExactly(items, orders);
        assertThat(delivered).extracting(Batch::size).containsExactly(2, 2);
    }

    @Test
    void anEntryWaitsNoLongerThanItMay() {
        Deliverer patient = batching(10, 1_000, 60_000);
        assertThat(patient.millisToFlush(77)).isEqualTo(77);
        patient.entry(change(orders, 1));
        assertThat(patient.millisToFlush(77)).isBetween(50_000L, 60_000L);

        Deliverer hasty = batching(10, 1_000, 0);
        hasty.entry(change(orders, 1));
        assertThat(hasty.millisToFlush(77)).isZero();
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
    void aTransactionThatIsCutByABatchIsNotConfirmedByItsFirstHalf() {
        Deliverer deliverer = batching(2, 1_000, 60_000);
        deliverer.entry(change(orders, 1));
        deliverer.committed(new Lsn(110));
        deliverer.entry(change(orders, 2)); // of the next transaction
        acknowledgements.get(0).complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));

        deliverer.entry(change(orders, 3));
        deliverer.committed(new Lsn(120));
        deliverer.flush();
        acknowledgements.get(1).complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(120));
    }

    @Test
    void nothingIsSentWhereNothingIsCollected() {
        batching(10, 1_000, 60_000).flush();

        assertThat(delivered).isEmpty();
    }

    @Test
    void aTargetThatThrowsFailsTheDelivery() {
        StreamOptions options = new StreamOptions(false, 1, 1, 1, 100, true, true, false, 1, ZoneOffset.UTC);
        Deliverer deliverer = new Deliverer(
                (batch, acknowledgement) -> {
                    throw new IllegalStateException("down");
                },
                options,
                tracker,
                Runnable::run,
                stop);

        assertThatThrownBy(() -> deliverer.entry(change(orders, 1)))
                .isInstanceOf(DeliveryException.class)
                .hasMessageContaining("down");
    }

    @Test
    void nothingOvertakesAFailedDelivery() {
        Deliverer deliverer = single(true);
        deliverer.entry(change(orders, 1));
        acknowledgements.get(0).fail(new IllegalStateException("down"));

        assertThatThrownBy(() -> deliverer.entry(change(orders, 2))).isInstanceOf(DeliveryException.class);
        assertThat(delivered).hasSize(1);
    }

    @Test
    void nothingIsDeliveredOnceTheStreamStops() {
        Deliverer deliverer = single(true);
        stop.request();

        assertThatThrownBy(() -> deliverer.entry(change(orders, 1))).isInstanceOf(CancellationException.class);
        assertThat(delivered).isEmpty();
    }

    @Test
    void waitingForRoomInFlightEndsWhenTheStreamStops() {
        StreamOptions one = new StreamOptions(false, 1, 1, 1, 1, true, true, false, 1, ZoneOffset.UTC);
        Deliverer deliverer = deliverer(one);
        deliverer.entry(change(orders, 1));
        new Thread(stop::request).start();

        assertThatThrownBy(() -> deliverer.entry(change(orders, 2))).isInstanceOf(CancellationException.class);
        assertThat(delivered).hasSize(1);
    }

    @Test
    void drainingWaitsUntilAllHasArrived() {
        Deliverer deliverer = batching(10, 1_000, 60_000);
        deliverer.entry(change(orders, 1));
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
