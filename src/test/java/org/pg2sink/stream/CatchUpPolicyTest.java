package org.pg2sink.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pg2sink.pgoutput.Lsn;

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
        policy.measured(new Lsn(5_000));

        assertThat(policy.isBacklog(new Lsn(4_000))).isFalse();
        assertThat(policy.isBacklog(new Lsn(3_999))).isTrue();
        assertThat(policy.walEnd()).isEqualTo(new Lsn(5_000));
    }

    @Test
    void nothingIsABacklogWithoutTheOption() {
        CatchUpPolicy off = policy(false, true);
        off.measured(new Lsn(5_000));

        assertThat(off.isBacklog(new Lsn(0))).isFalse();
    }

    @Test
    void nothingIsABacklogWhereTheSlotDoesNotMove() {
        CatchUpPolicy looking = policy(true, false);
        looking.measured(new Lsn(5_000));

        assertThat(looking.isBacklog(new Lsn(0))).isFalse();
    }

    @Test
    void aBacklogLastsIfItIsThereTwiceInARow() {
        policy.measured(new Lsn(5_000));

        assertThat(policy.isLastingBacklog(new Lsn(0))).isFalse();
        assertThat(policy.isLastingBacklog(new Lsn(0))).isTrue();
    }

    @Test
    void aMomentWithoutBacklogBeginsTheCountAgain() {
        policy.measured(new Lsn(5_000));
        policy.isLastingBacklog(new Lsn(0));

        assertThat(policy.isLastingBacklog(new Lsn(4_500))).isFalse();
        assertThat(policy.isLastingBacklog(new Lsn(0))).isFalse();
    }

    @Test
    void aBacklogThatTheServerRefusesIsStreamedForTenMinutes() {
        policy.measured(new Lsn(5_000));
        policy.streamInstead();

        assertThat(policy.isBacklog(new Lsn(0))).isFalse();
        nanos += TimeUnit.MINUTES.toNanos(10) - 1;
        assertThat(policy.isBacklog(new Lsn(0))).isFalse();
        nanos++;
        assertThat(policy.isBacklog(new Lsn(0))).isTrue();
    }
}
