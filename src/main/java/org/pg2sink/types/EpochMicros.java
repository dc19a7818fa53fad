package org.pg2sink.types;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Counts the microseconds since 1970, which Avro stores for a timestamp. */
final class EpochMicros {

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long MAX_SECOND = Long.MAX_VALUE / MICROS_PER_SECOND - 1;

    private EpochMicros() {}

    /**
     * Returns the number of a timestamp, or null from 10 January 294247: the type has thirty more years, but a long cannot
     * count their microseconds.
     */
    static Long of(LocalDateTime timestamp) {
        long second = timestamp.toEpochSecond(ZoneOffset.UTC);
        return second > MAX_SECOND ? null : (Long) (second * MICROS_PER_SECOND + timestamp.getNano() / 1000);
    }
}
