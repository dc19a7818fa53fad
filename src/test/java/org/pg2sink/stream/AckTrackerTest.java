package org.pg2sink.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Acknowledgement;
import org.pg2sink.changelog.TableName;
import org.pg2sink.pgoutput.Lsn;

class AckTrackerTest {

    private static final TableName TABLE = new TableName("public", "example");

    private final AckTracker tracker = new AckTracker(new Lsn(100));

    @Test
    void itBeginsWhereTheSlotStands() {
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));
    }

    @Test
    void aCommitWithNothingInFlightIsConfirmedAtOnce() {
        tracker.commit(new Lsn(110));
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
    }

    @Test
    void aCommitIsConfirmedWhenAllBeforeItHasCompleted() {
        Acknowledgement first = tracker.submit(TABLE, Lsn.ZERO, 0);
        Acknowledgement second = tracker.submit(TABLE, Lsn.ZERO, 0);
        tracker.commit(new Lsn(110));

        second.complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));
        first.complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
    }

    @Test
    void completedDeliveriesOfAnOpenTransactionConfirmNothing() {
        tracker.submit(TABLE, Lsn.ZERO, 0).complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));
        tracker.commit(new Lsn(110));
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
    }

    @Test
    void aPositionNeverPassesAFailedDelivery() {
        Acknowledgement first = tracker.submit(TABLE, Lsn.ZERO, 0);
        tracker.commit(new Lsn(110));
        Acknowledgement second = tracker.submit(TABLE, Lsn.ZERO, 0);
        tracker.commit(new Lsn(120));
        Acknowledgement third = tracker.submit(TABLE, Lsn.ZERO, 0);
        tracker.commit(new Lsn(130));

        third.complete();
        second.fail(new IllegalStateException("sink"));
        first.complete();
        tracker.commit(new Lsn(140));

        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
        assertThat(tracker.failure()).hasMessage("sink");
        assertThat(tracker.inFlight()).isZero();
    }

    @Test
    void aPositionNeverGoesBack() {
        tracker.commit(new Lsn(90));
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));
    }

    @Test
    void positionsAreUnsigned() {
        tracker.commit(new Lsn(Long.MIN_VALUE + 5));
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(Long.MIN_VALUE + 5));
    }

    @Test
    void aDeliveryIsSettledOnce() {
        Acknowledgement delivery = tracker.submit(TABLE, Lsn.ZERO, 0);
        tracker.commit(new Lsn(110));
        delivery.fail(new IllegalStateException("sink"));
        delivery.complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));
        assertThat(tracker.inFlight()).isZero();
    }

    @Test
    void waitingForRoomEndsWhenADeliveryCompletes() throws Exception {
        Acknowledgement delivery = tracker.submit(TABLE, Lsn.ZERO, 0);
        Thread completer = new Thread(delivery::complete);
        completer.start();
        while (!tracker.awaitFewerThan(1, 10_000)) {
            assertThat(completer.isAlive()).isTrue();
        }
        completer.join();
    }

    /** Each delivery ends a transaction; they complete in the order that {@code ranks} gives, and one of them may fail. */
    @Property
    void inWhateverOrderDeliveriesCompleteOnlyThePrefixWithoutAGapIsConfirmed(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 0, max = 1000) Integer> ranks,
            @ForAll @IntRange(min = -1, max = 29) int failing) {
        AckTracker all = new AckTracker(new Lsn(0));
        List<Acknowledgement> deliveries = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < ranks.size(); i++) {
            deliveries.add(all.submit(TABLE, Lsn.ZERO, 0));
            all.commit(new Lsn(i + 1));
            order.add(i);
        }
        order.sort((a, b) -> ranks.get(a).equals(ranks.get(b)) ? a - b : ranks.get(a) - ranks.get(b));

        boolean[] completed = new boolean[ranks.size()];
        for (int i : order) {
            if (i == failing) {
                deliveries.get(i).fail(new IllegalStateException("sink"));
            } else {
                deliveries.get(i).complete();
                completed[i] = true;
            }
            int prefix = 0;
            while (prefix < completed.length && completed[prefix]) {
                prefix++;
            }
            assertThat(all.confirmed()).isEqualTo(new Lsn(prefix));
        }
    }

    @Test
    void whatIsHeldIsNeitherInFlightNorConfirmedUntilItIsReleased() {
        Acknowledgement held = tracker.submit(TABLE, Lsn.ZERO, 0);
        assertThat(held.hold()).isTrue();
        held.complete();
        for (int i = 0; i < 3; i++) {
            tracker.submit(TABLE, Lsn.ZERO, 0).complete();
        }
        tracker.commit(new Lsn(110));
        assertThat(tracker.inFlight()).isZero();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));

        held.release();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
    }

    @Test
    void whatIsReleasedWhileItIsStillUnderWayIsConfirmedWhenItCompletes() {
        Acknowledgement held = tracker.submit(TABLE, Lsn.ZERO, 0);
        tracker.commit(new Lsn(110));
        held.hold();
        held.release();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));

        held.complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
    }

    @Test
    void whatWasHeldMayFailAlthoughTheRouteIsDoneWithIt() {
        Acknowledgement held = tracker.submit(TABLE, Lsn.ZERO, 0);
        held.hold();
        held.complete();
        tracker.submit(TABLE, Lsn.ZERO, 0).complete();
        tracker.commit(new Lsn(110));
        held.fail(new IllegalStateException("lost"));
        held.release();

        assertThat(tracker.failure()).hasMessage("lost");
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));
        assertThat(held.isOver()).isTrue();
    }

    @Test
    void whatHasCompletedOrBelongsToAnEndedStreamIsNotHeld() {
        Acknowledgement completed = tracker.submit(TABLE, Lsn.ZERO, 0);
        completed.complete();
        Acknowledgement late = tracker.submit(TABLE, Lsn.ZERO, 0);
        tracker.end();

        assertThat(completed.hold()).isFalse();
        assertThat(late.hold()).isFalse();
        assertThat(late.isOver()).isTrue();
    }

    @Test
    void theOldestDeliveryUnderWayIsAwaitedAlsoIfItIsHeld() {
        AckTracker tracker = new AckTracker(Lsn.ZERO);
        assertThat(tracker.awaited()).isEmpty();
        Acknowledgement first = tracker.submit(TABLE, new Lsn(1), 0);
        Acknowledgement second = tracker.submit(new TableName("public", "other"), new Lsn(2), 0);
        first.hold();
        assertThat(tracker.awaited().orElseThrow().lsn()).isEqualTo(new Lsn(1));

        Instant since = tracker.awaited().orElseThrow().since();
        first.complete();
        assertThat(tracker.awaited().orElseThrow().table()).hasToString("public.other");
        assertThat(tracker.awaited().orElseThrow().since()).isAfterOrEqualTo(since);
        second.complete();
        assertThat(tracker.awaited()).as("what is held has arrived").isEmpty();
    }

    @Test
    void whatCompletesBehindAnUnfinishedDeliveryTakesNoMemoryAndIsConfirmedAfterIt() {
        Acknowledgement first = tracker.submit(TABLE, Lsn.ZERO, 0);
        tracker.commit(new Lsn(110));
        Acknowledgement previous = tracker.submit(TABLE, Lsn.ZERO, 0);
        for (int i = 1; i <= 10_000; i++) { // the latest one is never complete, as with lanes
            Acknowledgement next = tracker.submit(TABLE, Lsn.ZERO, 0);
            tracker.commit(new Lsn(110 + i));
            previous.complete();
            previous = next;
        }
        assertThat(tracker.kept()).isLessThan(100);
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));

        first.complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110 + 9_999));
        previous.complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110 + 10_000));
    }

    @Test
    void aDeliveryThatTheTargetHasIsAwaitedSinceThenWhateverElseEnds() {
        AckTracker.Delivery hanging = tracker.submit(TABLE, new Lsn(1), 0);
        AckTracker.Delivery other = tracker.submit(TABLE, new Lsn(2), 0);
        hanging.begin();
        Instant since = tracker.awaited().orElseThrow().since();
        other.begin();
        other.complete();

        assertThat(tracker.awaited().orElseThrow().since()).isEqualTo(since);
    }

    @Test
    void thereIsRoomUntilThereAreManyOrTheyAreLarge() throws InterruptedException {
        AckTracker.Delivery small = tracker.submit(TABLE, Lsn.ZERO, 1);
        assertThat(tracker.awaitRoom(2, 2, 1)).isTrue();
        assertThat(tracker.awaitRoom(1, 2, 1)).isFalse();
        assertThat(tracker.awaitRoom(2, 1, 1)).isFalse();
        small.complete();
        assertThat(tracker.awaitRoom(1, 1, 1)).isTrue();
    }
}
