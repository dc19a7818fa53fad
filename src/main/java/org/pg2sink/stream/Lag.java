package org.pg2sink.stream;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Tells for how long the stream has been behind the database: the age of the oldest change that is not delivered, as far as
 * anybody knows. A stream that is not connected does not know of any, so its lag grows from when it last was level.
 *
 * <p>One thread looks, at short intervals, any may ask.
 */
final class Lag {

    private final Clock clock;

    private volatile Instant level;
    private volatile boolean behind;

    Lag(Clock clock) {
        this.clock = clock;
        this.level = clock.instant();
    }

    /** @param isBehind whether there may be anything that is not delivered */
    void look(boolean isBehind) {
        behind = isBehind;
        if (!isBehind) {
            level = clock.instant();
        }
    }

    /** @param latestCommit the time of the latest commit that was delivered */
    Duration since(Instant latestCommit) {
        if (!behind) {
            return Duration.ZERO;
        }
        Instant from = latestCommit.isAfter(level) ? latestCommit : level;
        Duration lag = Duration.between(from, clock.instant());
        return lag.isNegative() ? Duration.ZERO : lag;
    }
}
