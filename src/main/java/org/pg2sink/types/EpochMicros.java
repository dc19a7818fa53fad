package org.pg2sink.types;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Microseconds since 1970, as Avro counts timestamps. */
final class EpochMicros {

    private static final long MICROS = 1_000_000;
    private static final long LAST_SECOND = Long.MAX_VALUE / MICROS - 1;

    private EpochMicros() {}

    /** Null from January 10th, 294247 on: the type goes on for thirty years that are more microseconds than a long counts. */
    static Long of(LocalDateTime timestamp) {
        long second = timestamp.toEpochSecond(ZoneOffset.UTC);
        return second > LAST_SECOND ? null : (Long) (second * MICROS + timestamp.getNano() / 1000);
    }
}
