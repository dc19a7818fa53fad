package org.pg2sink.stream;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.pg2sink.imports.Awaited;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what a stream waits for when a delivery does not end, although nothing fails. One thread looks, any may ask. */
final class HangWatch {

    private static final Logger LOG = LoggerFactory.getLogger(HangWatch.class);

    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final Duration REMINDER = Duration.ofMinutes(5);

    private final String subscription;
    private final Target target;
    private final Clock clock;

    /** Delivery that was said to hang; null if none does. Written by the thread that looks. */
    private volatile Awaited hanging;

    // owned by that thread
    private Instant said;

    HangWatch(String subscription, Target target, Clock clock) {
        this.subscription = subscription;
        this.target = target;
        this.clock = clock;
    }

    /** Looks at the oldest delivery under way; empty if there is none. */
    void look(Optional<Awaited> oldest) {
        Instant now = clock.instant();
        if (hanging != null && !oldest.equals(Optional.of(hanging))) {
            LOG.info(
                    "Subscription {}: the delivery of {} has ended after {} s",
                    subscription,
                    hanging.table(),
                    Duration.between(hanging.since(), now).toSeconds());
            hanging = null;
        }
        if (oldest.isEmpty() || oldest.get().since().plus(PATIENCE).isAfter(now)) {
            return;
        }
        if (hanging == null || !said.plus(REMINDER).isAfter(now)) {
            said = now;
            hanging = oldest.get();
            LOG.warn(
                    "Subscription {}: still waiting for {}. Until it ends, nothing is confirmed, and the server keeps its"
                            + " WAL.",
                    subscription,
                    awaited());
        }
    }

    /** Returns since when that is awaited; null if nothing is. */
    Instant since() {
        Awaited now = hanging;
        return now == null ? null : now.since();
    }

    /** Returns what is awaited for so long that it seems to hang, for people; null if nothing is. */
    String awaited() {
        Awaited now = hanging;
        return now == null ? null : (now.isChunk() ? "" : target.name() + ", for ") + now;
    }
}
