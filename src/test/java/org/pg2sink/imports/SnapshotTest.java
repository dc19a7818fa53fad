package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SnapshotTest {

    private final Snapshot snapshot = Snapshot.parse("10:20:10,14,15");

    @Test
    void itReadsWhatTheServerPrints() {
        assertThat(snapshot.xmin()).isEqualTo(10);
        assertThat(snapshot.xmax()).isEqualTo(20);
        assertThat(snapshot.running()).containsExactlyInAnyOrder(10L, 14L, 15L);
        assertThat(Snapshot.parse("7:7:").running()).isEmpty();
        assertThat(Snapshot.parse("18446744073:18446744074:18446744073").xmax()).isEqualTo(18_446_744_074L);
    }

    @Test
    void aTransactionIsInProgressIfItIsListedOrBeganLater() {
        assertThat(snapshot.inProgress(9)).isFalse();
        assertThat(snapshot.inProgress(10)).isTrue();
        assertThat(snapshot.inProgress(11)).isFalse();
        assertThat(snapshot.inProgress(19)).isFalse();
        assertThat(snapshot.inProgress(20)).isTrue();
    }

    @Test
    void thoseInProgressBeforeATransactionAreTheListedOnesAndAllSinceTheSnapshot() {
        assertThat(snapshot.inProgressBefore(15)).containsExactlyInAnyOrder(10L, 14L);
        assertThat(snapshot.inProgressBefore(22)).containsExactlyInAnyOrder(10L, 14L, 15L, 20L, 21L);
    }

    @Test
    void theLowerHalfOfAnIdIsCompletedToTheNearestWholeOne() {
        Snapshot late = new Snapshot((5L << 32) + 3, (5L << 32) + 10, java.util.Set.of());
        assertThat(late.widen(4)).isEqualTo((5L << 32) + 4);
        assertThat(late.widen(12)).isEqualTo((5L << 32) + 12);
        assertThat(late.widen(0xfffffff0L)).isEqualTo((4L << 32) + 0xfffffff0L);
        Snapshot beforeTheTurn = new Snapshot(0xfffffff0L, 0xfffffff8L, java.util.Set.of());
        assertThat(beforeTheTurn.widen(3)).isEqualTo((1L << 32) + 3);
    }
}
