package org.pg2sink.replication.preflight;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * Checks that the clocks of this machine and of the server agree. The delay of a change is the difference of the two. Each
 * answer was on its way for an unknown part of its round trip, so the offset is known only to half of that; the fastest of
 * several counts.
 */
final class ClockOffset implements Check {

    private static final int TRIES = 5;
    private static final Duration MAX_OFFSET = Duration.ofSeconds(1);
    private static final String SERVER_TIME = "select (extract(epoch from clock_timestamp()) * 1000000)::bigint";

    private final Clock clock;

    ClockOffset() {
        this(Clock.systemUTC());
    }

    ClockOffset(Clock clock) {
        this.clock = clock;
    }

    /** @param offset how far the server's clock is ahead */
    private record Reading(Duration offset, Duration roundTrip) {}

    @Override
    public String name() {
        return "clock";
    }

    @Override
    public List<Finding> look(Inspected on) throws SQLException {
        Reading best = read(on);
        for (int i = 1; i < TRIES; i++) {
            Reading next = read(on);
            best = next.roundTrip.compareTo(best.roundTrip) < 0 ? next : best;
        }
        Duration atLeast = best.offset.abs().minus(best.roundTrip.dividedBy(2));
        return atLeast.compareTo(MAX_OFFSET) <= 0
                ? List.of()
                : List.of(warning(
                        on.database().toString(),
                        "The clock of the server at " + on.database() + " is " + text(best.offset.abs()) + " s "
                                + (best.offset.isNegative() ? "behind" : "ahead of")
                                + " the clock of this machine, so delays are measured wrong: have both follow the same"
                                + " time server.",
                        null));
    }

    private Reading read(Inspected on) throws SQLException {
        Instant before = clock.instant();
        long began = System.nanoTime();
        long micros = Long.parseLong(on.row(SERVER_TIME).get(0));
        Duration roundTrip = Duration.ofNanos(System.nanoTime() - began);
        Instant server = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        return new Reading(Duration.between(before.plus(roundTrip.dividedBy(2)), server), roundTrip);
    }

    private static String text(Duration duration) {
        return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
    }
}
