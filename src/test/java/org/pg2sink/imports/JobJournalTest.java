package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long a job rests after a failure. */
class JobJournalTest {

    private static final double MIDDLE = 0.5;

    @Test
    void theFirstFailureCostsFiveSecondsAndEachLaterOneThreeTimesAsMuch() {
        assertThat(JobJournal.restAfter(0, MIDDLE)).isEqualTo(Duration.ofSeconds(5));
        assertThat(JobJournal.restAfter(1, MIDDLE)).isEqualTo(Duration.ofSeconds(15));
        assertThat(JobJournal.restAfter(4, MIDDLE)).isEqualTo(Duration.ofSeconds(405));
    }

    @Test
    void aJobNeverRestsForMoreThanAnHour() {
        assertThat(JobJournal.restAfter(6, 1)).isLessThan(Duration.ofHours(1));
        assertThat(JobJournal.restAfter(Integer.MAX_VALUE, 1)).isLessThan(Duration.ofHours(1));
    }

    @Test
    void jobsThatFailedTogetherComeBackApartByATenthAtMost() {
        assertThat(JobJournal.restAfter(0, 0)).isEqualTo(Duration.ofMillis(4_500));
        assertThat(JobJournal.restAfter(0, 1)).isEqualTo(Duration.ofMillis(5_500));
    }
}
