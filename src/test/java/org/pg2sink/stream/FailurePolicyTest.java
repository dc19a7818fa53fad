package org.pg2sink.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.PgOutputException;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.pg2sink.stream.FailurePolicy.Reaction;

class FailurePolicyTest {

    private final FailurePolicy policy = new FailurePolicy();

    private static SubscriptionException problem(Remedy remedy) {
        return new SubscriptionException(remedy, "The slot is odd.");
    }

    private static DeliveryException refused(long lsn) {
        return new DeliveryException(
                new IllegalStateException("sink", new IllegalArgumentException("down")), new Lsn(lsn));
    }

    @Test
    void aBusySlotIsWaitedFor() {
        Reaction reaction = policy.failed(problem(Remedy.WAIT), false);

        assertThat(reaction.state()).isEqualTo(StreamState.STANDBY);
        assertThat(reaction.problem()).isEqualTo("The slot is odd.");
        assertThat(reaction.delayMillis()).isPositive();
        assertThat(policy.isRecovering()).isFalse();
    }

    @Test
    void whatCannotBeMendedStopsTheStream() {
        assertThat(policy.failed(problem(Remedy.STOP), true).state()).isEqualTo(StreamState.STOPPED);
    }

    @Test
    void aPassingProblemIsTriedAgain() {
        assertThat(policy.failed(problem(Remedy.RETRY), true).state()).isEqualTo(StreamState.RETRYING);
        assertThat(policy.isRecovering()).isTrue();
    }

    @Test
    void aWrongConfigurationStopsAStreamThatHasNeverWorked() {
        assertThat(policy.failed(problem(Remedy.CONFIGURE), false).state()).isEqualTo(StreamState.STOPPED);
    }

    @Test
    void aWrongConfigurationIsTriedAgainOnceTheStreamHasWorked() {
        assertThat(policy.failed(problem(Remedy.CONFIGURE), true).state()).isEqualTo(StreamState.RETRYING);
    }

    @Test
    void anErrorOfTheMachineStopsTheStream() {
        Reaction reaction = policy.failed(new OutOfMemoryError("heap"), true);

        assertThat(reaction.state()).isEqualTo(StreamState.STOPPED);
        assertThat(reaction.problem()).contains("OutOfMemoryError");
    }

    @Test
    void anUnexpectedExceptionIsTriedAgainAndNamed() {
        Reaction reaction = policy.failed(new IllegalStateException("odd"), true);

        assertThat(reaction.state()).isEqualTo(StreamState.RETRYING);
        assertThat(reaction.problem()).isEqualTo("Unexpected: java.lang.IllegalStateException: odd.");
    }

    @Test
    void aStreamThatCannotBeDecodedSaysSo() {
        assertThat(policy.failed(new PgOutputException("Insert", 3, "truncated"), true)
                        .problem())
                .isEqualTo("The stream cannot be decoded: Insert, byte 3: truncated.");
    }

    @Test
    void aFailedDeliveryNamesItsInnermostCause() {
        assertThat(policy.failed(refused(10), true).problem())
                .isEqualTo("The route failed to deliver a change (java.lang.IllegalArgumentException: down).");
    }

    @Test
    void aFailureIsOverOnceWhatFailedHasPassed() {
        policy.failed(refused(100), true);

        assertThat(policy.progressed(new Lsn(99))).isFalse();
        assertThat(policy.progressed(new Lsn(100))).isFalse();
        assertThat(policy.isRecovering()).isTrue();
        assertThat(policy.progressed(new Lsn(101))).isTrue();
        assertThat(policy.isRecovering()).isFalse();
    }

    @Test
    void positionsAreUnsigned() {
        policy.failed(refused(Long.MIN_VALUE + 5), true);

        assertThat(policy.progressed(new Lsn(100))).isFalse();
        assertThat(policy.progressed(new Lsn(Long.MIN_VALUE + 6))).isTrue();
    }

    @Test
    void aFailureIsOverOnlyOnce() {
        policy.failed(problem(Remedy.RETRY), true);

        assertThat(policy.progressed(new Lsn(1))).isTrue();
        assertThat(policy.progressed(new Lsn(2))).isFalse();
    }

    @Test
    void whatPrecedesAChangeThatFailsIsNoProgress() {
        policy.failed(new IllegalStateException("odd"), true);
        policy.begins(new Lsn(100));

        assertThat(policy.progressed(new Lsn(99))).isFalse();
        assertThat(policy.isRecovering()).isTrue();
        assertThat(policy.progressed(new Lsn(100))).isTrue();
    }

    @Test
    void afterADisconnectionAnyProgressCounts() {
        policy.failed(problem(Remedy.RETRY), true);
        policy.begins(new Lsn(100));

        assertThat(policy.progressed(new Lsn(1))).isTrue();
    }

    @Test
    void delaysGrowUntilTheFailureIsOver() {
        long first = policy.failed(problem(Remedy.RETRY), true).delayMillis();
        long last = 0;
        for (int i = 0; i < 10; i++) {
            last = policy.failed(problem(Remedy.RETRY), true).delayMillis();
        }
        assertThat(first).isBetween(250L, 500L);
        assertThat(last).isBetween(15_000L, 30_000L);

        policy.progressed(new Lsn(1));
        assertThat(policy.failed(problem(Remedy.RETRY), true).delayMillis()).isBetween(250L, 500L);
    }
}
