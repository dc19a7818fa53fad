package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final int MOST = 20_000;

    private final Pace pace = new Pace(MOST);

    @Test
    void chunksAreAsLargeAsTheyMayBeWhileTheStreamHasNothingToCarry() {
        pace.delivered(MOST, TimeUnit.SECONDS.toNanos(1), false);
        assertThat(pace.rows()).isEqualTo(MOST);
    }

    @Test
    void chunksThatHoldUpChangesForTooLongBecomeSmaller() {
        pace.delivered(MOST, TimeUnit.MILLISECONDS.toNanos(20), true);
        assertThat(pace.rows()).isEqualTo(MOST / 4);
    }

    @Test
    void changesWaitIfTheLatestChunkHadToBeCarriedBesideSome() {
        assertThat(pace.changesWait()).isFalse();
        pace.delivered(MOST, TimeUnit.MILLISECONDS.toNanos(1), true);
        assertThat(pace.changesWait()).isTrue();
        pace.delivered(MOST, TimeUnit.MILLISECONDS.toNanos(1), false);
        assertThat(pace.changesWait()).isFalse();
    }

    @Test
    void theyDoNotBecomeSmallerThanASixteenth() {
        pace.delivered(MOST, TimeUnit.SECONDS.toNanos(10), true);
        assertThat(pace.rows()).isEqualTo(MOST / 16);
    }

    @Test
    void aLimitBelowThatIsKept() {
        Pace small = new Pace(1);
        small.delivered(1, TimeUnit.SECONDS.toNanos(10), true);
        assertThat(small.rows()).isEqualTo(1);
    }

    @Test
    void theyGrowAgainStepByStep() {
        pace.delivered(MOST, TimeUnit.MILLISECONDS.toNanos(20), true);
        pace.delivered(MOST / 4, TimeUnit.MILLISECONDS.toNanos(1), true);
        assertThat(pace.rows()).isEqualTo(MOST / 2);
        pace.delivered(MOST / 2, TimeUnit.MILLISECONDS.toNanos(60), false);
        pace.delivered(MOST, TimeUnit.MILLISECONDS.toNanos(60), false);
        assertThat(pace.rows()).isEqualTo(MOST);
    }
}
