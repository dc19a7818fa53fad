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
        Acknowledgement first = tracker.submit(TABLE, Lsn.ZERO);
        Acknowledgement second = tracker.submit(TABLE, Lsn.ZERO);
        tracker.commit(new Lsn(110));

        second.complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));
        first.complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
    }

    @Test
    void completedDeliveriesOfAnOpenTransactionConfirmNothing() {
        tracker.submit(TABLE, Lsn.ZERO).complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));
        tracker.commit(new Lsn(110));
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
    }

    @Test
    void aPositionNeverPassesAFailedDelivery() {
        Acknowledgement first = tracker.submit(TABLE, Lsn.ZERO);
        tracker.commit(new Lsn(110));
        Acknowledgement second = tracker.submit(TABLE, Lsn.ZERO);
        tracker.commit(new Lsn(120));
        Acknowledgement third = tracker.submit(TABLE, Lsn.ZERO);
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
        Acknowledgement delivery = tracker.submit(TABLE, Lsn.ZERO);
        tracker.commit(new Lsn(110));
        delivery.fail(new IllegalStateException("sink"));
        delivery.complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));
        assertThat(tracker.inFlight()).isZero();
    }

    @Test
    void waitingForRoomEndsWhenADeliveryCompletes() throws Exception {
        Acknowledgement delivery = tracker.submit(TABLE, Lsn.ZERO);
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
            deliveries.add(all.submit(TABLE, Lsn.ZERO));
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
        Acknowledgement held = tracker.submit(TABLE, Lsn.ZERO);
        assertThat(held.hold()).isTrue();
        held.complete();
        for (int i = 0; i < 3; i++) {
            tracker.submit(TABLE, Lsn.ZERO).complete();
        }
        tracker.commit(new Lsn(110));
        assertThat(tracker.inFlight()).isZero();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));

        held.release();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
    }

    @Test
    void whatIsReleasedWhileItIsStillUnderWayIsConfirmedWhenItCompletes() {
        Acknowledgement held = tracker.submit(TABLE, Lsn.ZERO);
        tracker.commit(new Lsn(110));
        held.hold();
        held.release();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));

        held.complete();
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(110));
    }

    @Test
    void whatWasHeldMayFailAlthoughTheRouteIsDoneWithIt() {
        Acknowledgement held = tracker.submit(TABLE, Lsn.ZERO);
        held.hold();
        held.complete();
        tracker.submit(TABLE, Lsn.ZERO).complete();
        tracker.commit(new Lsn(110));
        held.fail(new IllegalStateException("lost"));
        held.release();

        assertThat(tracker.failure()).hasMessage("lost");
        assertThat(tracker.confirmed()).isEqualTo(new Lsn(100));
        assertThat(held.isOver()).isTrue();
    }

    @Test
    void whatHasCompletedOrBelongsToAnEndedStreamIsNotHeld() {
        Acknowledgement completed = tracker.submit(TABLE, Lsn.ZERO);
        completed.complete();
        Acknowledgement late = tracker.submit(TABLE, Lsn.ZERO);
        tracker.end();

        assertThat(completed.hold()).isFalse();
        assertThat(late.hold()).isFalse();
        assertThat(late.isOver()).isTrue();
    }

    @Test
    void theOldestDeliveryUnderWayIsAwaitedAlsoIfItIsHeld() {
        AckTracker tracker = new AckTracker(Lsn.ZERO);
        assertThat(tracker.awaited()).isEmpty();
        Acknowledgement first = tracker.submit(TABLE, new Lsn(1));
        Acknowledgement second = tracker.submit(new TableName("public", "other"), new Lsn(2));
        first.hold();
        assertThat(tracker.awaited().orElseThrow().lsn()).isEqualTo(new Lsn(1));

        Instant since = tracker.awaited().orElseThrow().since();
        first.complete();
        assertThat(tracker.awaited().orElseThrow().table()).hasToString("public.other");
        assertThat(tracker.awaited().orElseThrow().since()).isAfterOrEqualTo(since);
        second.complete();
        assertThat(tracker.awaited()).as("what is held has arrived").isEmpty();
    }
}
