package org.pg2sink.stream;

import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.PgOutputException;
import org.pg2sink.replication.SubscriptionException;
import org.pg2sink.replication.SubscriptionException.Remedy;

/**
 * Decides what follows a failure of the stream: waiting for the slot, trying again after a while, or stopping. Owned by the
 * stream's thread.
 */
final class FailurePolicy {

    /** Delay between two looks whether another client has released the slot. */
    private static final long STANDBY_MILLIS = 1_000;

    private final Backoff backoff = new Backoff();
    private boolean recovering;
    /** Position that has to be passed before a failed delivery is over; null if none failed. */
    private Lsn failedLsn;
    /** Whether the server or the decoder stumbled over a change, at a position that nobody knows yet. */
    private boolean stumbled;

    /**
     * What follows a failure.
     *
     * @param state STANDBY, RETRYING or STOPPED
     * @param problem one sentence for people
     * @param delayMillis how long to wait before the next try
     */
    record Reaction(StreamState state, String problem, long delayMillis) {}

    /** @param hasStreamed whether the stream has worked before; then a wrong configuration is a passing one */
    Reaction failed(Throwable failure, boolean hasStreamed) {
        if (failure instanceof DeliveryException delivery) {
            failedLsn = delivery.lsn();
        }
        String problem = problem(failure);
        return switch (remedy(failure, hasStreamed)) {
            case WAIT -> new Reaction(StreamState.STANDBY, problem, STANDBY_MILLIS);
            case STOP -> new Reaction(StreamState.STOPPED, problem, 0);
            default -> {
                recovering = true;
                stumbled |= hasStreamed && isStumble(failure);
                yield new Reaction(StreamState.RETRYING, problem, backoff.nextMillis());
            }
        };
    }

    /** Tells whether a failure is not over yet. Until what failed has passed, it may fail again. */
    boolean isRecovering() {
        return recovering;
    }

    /** Tells a disconnection, which the next connection mends, from a change that the next one stumbles over again. */
    private static boolean isStumble(Throwable failure) {
        return !(failure instanceof DeliveryException)
                && !(failure instanceof SubscriptionException known
                        && (known.isDisconnection() || known.getCause() == null));
    }

    /**
     * Takes note of the end of the WAL when a session begins. What an earlier one stumbled over lies before it, and is over
     * only when the stream has come there: to confirm what precedes it is no progress.
     */
    void begins(Lsn walEnd) {
        if (stumbled && failedLsn == null) {
            failedLsn = new Lsn(walEnd.value() - 1);
        }
    }

    /**
     * Takes note of what is confirmed.
     *
     * @return whether a failure is over by that
     */
    boolean progressed(Lsn confirmed) {
        if (failedLsn != null && !confirmed.isAfter(failedLsn)) {
            return false;
        }
        failedLsn = null;
        stumbled = false;
        backoff.reset();
        boolean over = recovering;
        recovering = false;
        return over;
    }

    private static String problem(Throwable failure) {
        if (failure instanceof SubscriptionException || failure instanceof DeliveryException) {
            return failure.getMessage();
        }
        return failure instanceof PgOutputException
                ? "The stream cannot be decoded: " + failure.getMessage() + "."
                : "Unexpected: " + failure + ".";
    }

    private static Remedy remedy(Throwable failure, boolean hasStreamed) {
        if (failure instanceof SubscriptionException known) {
            if (known.remedy() == Remedy.CONFIGURE) {
                return hasStreamed ? Remedy.RETRY : Remedy.STOP;
            }
            return known.remedy();
        }
        return failure instanceof Error ? Remedy.STOP : Remedy.RETRY;
    }
}
