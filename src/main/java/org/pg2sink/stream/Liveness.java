package org.pg2sink.stream;

import java.time.Duration;
import java.util.Optional;

/** Notices threads of a stream that no longer move, by when they last went round their loops. For any thread. */
final class Liveness {

    /** More than anything takes that the threads do: they wait for a server for a minute at most. */
    private static final Duration MAX_STANDSTILL = Duration.ofMinutes(5);

    /** The same for the thread that looks after the publication, which does many things in a row. */
    private static final Duration MAX_MAINTENANCE = Duration.ofMinutes(30);

    private final String subscription;

    private volatile long tickNanos = System.nanoTime();

    Liveness(String subscription) {
        this.subscription = subscription;
    }

    /** Notes that the thread that looks after the publication moves. */
    void tick() {
        tickNanos = System.nanoTime();
    }

    /**
     * Returns which thread stands still, in a sentence; empty if none does.
     *
     * @param session the session that streams; null if none does, and then only the maintaining thread is looked at
     */
    Optional<String> stuck(StreamSession session) {
        long now = System.nanoTime();
        if (session != null && now - session.readerAliveNanos() > MAX_STANDSTILL.toNanos()) {
            return told("reads WAL", now - session.readerAliveNanos());
        }
        if (session != null && now - session.aliveNanos() > MAX_STANDSTILL.toNanos()) {
            return told("streams, with nothing under way,", now - session.aliveNanos());
        }
        return now - tickNanos > MAX_MAINTENANCE.toNanos()
                ? told("looks after the publication", now - tickNanos)
                : Optional.empty();
    }

    private Optional<String> told(String thread, long nanos) {
        return Optional.of("Subscription " + subscription + ": the thread that " + thread + " has stood still for "
                + Duration.ofNanos(nanos).toSeconds() + " s.");
    }
}
