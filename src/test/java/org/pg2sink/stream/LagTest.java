package org.pg2sink.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class LagTest {

    private static final Instant START = Instant.parse("2026-11-29T10:00:00Z");

    private Instant now = START;

    private final Lag lag = new Lag(new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    @Test
    void aStreamThatIsLevelHasNoLagHoweverOldTheLatestChangeIs() {
        now = START.plusSeconds(3600);
        lag.look(false);
        assertThat(lag.since(START)).isZero();
    }

    @Test
    void aChangeThatComesAfterAQuietTimeIsNotOld() {
        now = START.plusSeconds(3600);
        lag.look(false);
        now = now.plusMillis(500);
        lag.look(true);
        assertThat(lag.since(START)).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void itGrowsWhileNothingIsDeliveredAndTheStreamIsBehind() {
        lag.look(false);
        lag.look(true);
        now = START.plusSeconds(90);
        lag.look(true);
        assertThat(lag.since(Instant.EPOCH)).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void aStreamThatIsAlwaysBusyIsAsFarBehindAsItsLatestCommit() {
        lag.look(true);
        now = START.plusSeconds(90);
        lag.look(true);
        assertThat(lag.since(START.plusSeconds(88))).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aServerWhoseClockIsAheadMakesNoNegativeLag() {
        lag.look(true);
        assertThat(lag.since(START.plusSeconds(5))).isZero();
    }
}
