package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pg2sink.imports.LogBurst.Sum;

class LogBurstTest {

    private long nanos;
    private final LogBurst burst = new LogBurst(() -> nanos);

    private void spend(int lines) {
        for (int i = 0; i < lines; i++) {
            assertThat(burst.admits(1)).isTrue();
        }
    }

    @Test
    void tenLinesInTenSecondsAndTheRestTogether() {
        spend(10);
        assertThat(burst.admits(5)).isFalse();
        assertThat(burst.admits(7)).isFalse();
        assertThat(burst.take(false)).isEmpty();
        nanos += TimeUnit.SECONDS.toNanos(11);
        assertThat(burst.take(false)).contains(new Sum(2, 12));
        spend(10);
    }

    @Test
    void atTheEndTheSumIsDueAtOnce() {
        spend(10);
        burst.admits(3);
        assertThat(burst.take(true)).contains(new Sum(1, 3));
        assertThat(burst.take(true)).isEmpty();
    }

    @Test
    void aLineNowAndThenIsNeverCounted() {
        for (int i = 0; i < 100; i++) {
            assertThat(burst.admits(1)).isTrue();
            nanos += TimeUnit.SECONDS.toNanos(2);
        }
    }
}
