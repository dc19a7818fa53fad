package org.pg2sink.component;

import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before the next try: twice as long each time up to a cap, less up to a half by chance. */
final class Backoff {

    private static final long FIRST_MILLIS = 500;
    private static final long LONGEST_MILLIS = 30_000;

    private long ceiling = FIRST_MILLIS;

    long nextMillis() {
        long millis = ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2 + 1);
        ceiling = Math.min(LONGEST_MILLIS, ceiling * 2);
        return millis;
    }

    void reset() {
        ceiling = FIRST_MILLIS;
    }
}
