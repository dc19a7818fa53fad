package org.pg2sink.component;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.pg2sink.replication.SlotState;
import org.pg2sink.stream.StreamState;
import org.pg2sink.stream.StreamStatus;

/** Says what keeps a stream from doing its work, and what to do about it. */
final class Readiness {

    /** A delivery that takes longer than this counts as one that hangs. */
    private static final Duration MAX_DELIVERY = Duration.ofMinutes(5);

    private final StreamStatus status;
    private final Duration maxLag;
    private final List<String> problems = new ArrayList<>();

    private Readiness(StreamStatus status, Duration maxLag) {
        this.status = status;
        this.maxLag = maxLag;
    }

    /**
     * Returns the problems, a sentence or two each; empty if there are none.
     *
     * @param maxLag the age of an undelivered change from which it is a problem; zero for any age
     */
    static List<String> problems(StreamStatus status, Duration maxLag) {
        Readiness readiness = new Readiness(status, maxLag);
        readiness.checkState();
        readiness.checkSlot();
        readiness.checkDelivery();
        readiness.checkImports();
        return readiness.problems;
    }

    private void checkState() {
        switch (status.state()) {
            case CONNECTING ->
                problems.add("The stream of " + status.subscription() + " has been connecting since " + status.since()
                        + ". If that lasts, look at the log for what it waits for.");
            case RETRYING -> problems.add(status.problem() + " Mend that; it is tried again by itself.");
            case STOPPED ->
                problems.add(status.problem()
                        + " The stream has stopped: mend that, and start the route or the process again.");
            default -> {
                // the others are healthy
            }
        }
    }

    private void checkSlot() {
        SlotState slot = status.slot();
        if (slot == null || status.state() == StreamState.STOPPED) {
            return; // why it stopped was said
        }
        String name = status.subscription();
        if (slot.isLost()) {
            problems.add("The replication slot " + name + " is lost ("
                    + (slot.invalidation() == null ? "WAL it needs was removed" : slot.invalidation())
                    + "): run SELECT pg_drop_replication_slot('" + name
                    + "') and start again, which makes a new slot and imports all tables.");
        } else if (slot.isAboutToBeLost()) {
            problems.add("The replication slot " + name
                    + " needs WAL that the server removes at its next checkpoint: raise max_slot_wal_keep_size now, or let"
                    + " the sink catch up at once.");
        }
    }

    private void checkDelivery() {
        if (!maxLag.isZero() && status.lag().compareTo(maxLag) > 0) {
            problems.add(
                    "The oldest change that is not delivered is " + status.lag().toSeconds()
                            + " s old, more than maxLag allows (" + maxLag.toSeconds()
                            + " s): look whether the sink is slow or fails, or raise maxLag.");
        }
        if (status.awaitedSince() != null
                && status.awaitedSince().plus(MAX_DELIVERY).isBefore(Instant.now())) {
            problems.add("Still waiting for " + status.awaited()
                    + ". Look at the sink, or give its endpoint a timeout, after which the delivery is tried again.");
        }
    }

    private void checkImports() {
        if (status.state().delivers()
                && status.imports() != null
                && status.imports().trouble() != null) {
            problems.add(status.imports().trouble());
        }
    }
}
