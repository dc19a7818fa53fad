package org.pg2sink.bench;

/** From when to when, in microseconds since 1970. */
record Period(long from, long to) {

    /** The next so many seconds; returns when they are over. */
    static Period ofNext(int seconds) throws InterruptedException {
        long from = Samples.now();
        Thread.sleep(seconds * 1_000L);
        return new Period(from, Samples.now());
    }

    boolean contains(long time) {
        return time >= from && time < to;
    }

    double seconds() {
        return (to - from) / 1e6;
    }
}
