package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {

    private static final int MOST = 20_000;

    private static final int READERS = 2;

    private final Pace pace = new Pace(MOST, READERS, 2);

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
    void allReadersReadAheadWhileTheStreamHasNothingToCarry() {
        assertThat(pace.maxAhead()).isEqualTo(READERS);
        pace.delivered(MOST, TimeUnit.MILLISECONDS.toNanos(1), true);
        pace.delivered(MOST, TimeUnit.MILLISECONDS.toNanos(1), false);
        assertThat(pace.maxAhead()).isEqualTo(READERS);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "3, 1", "4, 2", "8, 2"})
    void whileChangesWaitTheyReadAheadOnTheProcessorsThatTheStreamDoesNotNeed(int processors, int ahead) {
        Pace shared = new Pace(MOST, READERS, processors);
        shared.delivered(MOST, TimeUnit.MILLISECONDS.toNanos(1), true);
        assertThat(shared.maxAhead()).isEqualTo(ahead);
    }

    @Test
    void theyDoNotBecomeSmallerThanASixteenth() {
        pace.delivered(MOST, TimeUnit.SECONDS.toNanos(10), true);
        assertThat(pace.rows()).isEqualTo(MOST / 16);
    }

    @Test
    void aLimitBelowThatIsKept() {
        Pace small = new Pace(1, READERS, 2);
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
