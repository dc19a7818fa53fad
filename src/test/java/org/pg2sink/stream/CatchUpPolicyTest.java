package org.pg2sink.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CatchUpPolicyTest {

    private static final long BACKLOG = 1_000;

    private long nanos = 42;
    private final CatchUpPolicy policy = policy(true, true);

    private CatchUpPolicy policy(boolean catchUp, boolean confirm) {
        return new CatchUpPolicy(
                new StreamOptions(true, 10, 10, 10, 1, true, confirm, catchUp, BACKLOG, ZoneOffset.UTC), () -> nanos);
    }

    @Test
    void moreUnconfirmedWalThanTheOptionSaysIsABacklog() {
        policy.measured(5_000);

        assertThat(policy.isBacklog(4_000)).isFalse();
        assertThat(policy.isBacklog(3_999)).isTrue();
        assertThat(policy.walEnd()).isEqualTo(5_000);
    }

    @Test
    void nothingIsABacklogWithoutTheOption() {
        CatchUpPolicy off = policy(false, true);
        off.measured(5_000);

        assertThat(off.isBacklog(0)).isFalse();
    }

    @Test
    void nothingIsABacklogWhereTheSlotDoesNotMove() {
        CatchUpPolicy looking = policy(true, false);
        looking.measured(5_000);

        assertThat(looking.isBacklog(0)).isFalse();
    }

    @Test
    void aBacklogLastsIfItIsThereTwiceInARow() {
        policy.measured(5_000);

        assertThat(policy.isLastingBacklog(0)).isFalse();
        assertThat(policy.isLastingBacklog(0)).isTrue();
    }

    @Test
    void aMomentWithoutBacklogBeginsTheCountAgain() {
        policy.measured(5_000);
        policy.isLastingBacklog(0);

        assertThat(policy.isLastingBacklog(4_500)).isFalse();
        assertThat(policy.isLastingBacklog(0)).isFalse();
    }

    @Test
    void aBacklogThatTheServerRefusesIsStreamedForTenMinutes() {
        policy.measured(5_000);
        policy.streamInstead();

        assertThat(policy.isBacklog(0)).isFalse();
        nanos += TimeUnit.MINUTES.toNanos(10) - 1;
        assertThat(policy.isBacklog(0)).isFalse();
        nanos++;
        assertThat(policy.isBacklog(0)).isTrue();
    }
}
