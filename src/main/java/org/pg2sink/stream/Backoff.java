package org.pg2sink.stream;

import java.util.concurrent.ThreadLocalRandom;

/** Doubles the delay before each further try, up to a maximum, and takes off up to a half by chance. */
final class Backoff {

    private static final long MIN_MILLIS = 500;
    private static final long MAX_MILLIS = 30_000;

    private long ceiling = MIN_MILLIS;

    long nextMillis() {
        long millis = ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2 + 1);
        ceiling = Math.min(MAX_MILLIS, ceiling * 2);
        return millis;
    }

    void reset() {
        ceiling = MIN_MILLIS;
    }
}
