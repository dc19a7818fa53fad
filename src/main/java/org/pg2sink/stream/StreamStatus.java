package org.pg2sink.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pg2sink.imports.JobSummary;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.SlotState;

/**
 * Tells how a stream is doing. JMX, health, console, metrics and administration all take their figures from here.
 *
 * @param subscription the name of the subscription
 * @param state what the stream does
 * @param since since when it does that
 * @param paused whether somebody paused it: it is connected, and delivers nothing
 * @param problem why it does not stream; null if it does, or has only begun to connect
 * @param awaited the delivery that has not ended for long and keeps all else from being confirmed; null if there is none
 * @param awaitedSince since when that is awaited; null if nothing is
 * @param receivedLsn how far the server has sent WAL
 * @param deliveredLsn the commit of the latest change that was delivered, or the confirmed position if that is later
 * @param confirmedLsn the confirmed position; {@code 0/0} before the first connection
 * @param lagBytes the amount of WAL that the server has and that is not confirmed
 * @param lag the age of the oldest change that is not delivered, as far as it is known
 * @param unfinished the number of exchanges that are under way or about to be made, and the chunk that the stream waits for
 * @param failures how often the stream has failed since it was started
 * @param catchUps how often it has caught up with a backlog by SQL since it was started
 * @param counts what else happened how often since it was started
 * @param slot the state of the slot when the server told it last; null if it has not, or there is no slot
 * @param imports the import jobs at that time; null if there are none, or the role may not look at them
 */
public record StreamStatus(
        String subscription,
        StreamState state,
        Instant since,
        boolean paused,
        String problem,
        String awaited,
        Instant awaitedSince,
        Lsn receivedLsn,
        Lsn deliveredLsn,
        Lsn confirmedLsn,
        long lagBytes,
        Duration lag,
        int unfinished,
        long failures,
        long catchUps,
        Counts counts,
        SlotState slot,
        JobSummary imports) {

    /**
     * Counts since the stream was started.
     *
     * @param reconnects how often a session began after a failure
     * @param redeliveries how many batches were sent again because they were not confirmed
     * @param decodeErrors how often something that the server sent could not be decoded
     * @param importRows how many rows imports delivered
     * @param importChunks how many chunks of imports were delivered; the stream waited at the watermark of each
     * @param importWait for how long it waited there
     * @param importFailures how many of them were not delivered
     * @param importRereads how many chunks had to be read again because of changes between their watermarks
     */
    public record Counts(
            long reconnects,
            long redeliveries,
            long decodeErrors,
            long importRows,
            long importChunks,
            Duration importWait,
            long importFailures,
            long importRereads) {

        static final Counts ZERO = new Counts(0, 0, 0, 0, 0, Duration.ZERO, 0, 0);
    }

    /** Returns the status of a stream that was not started yet. */
    public static StreamStatus notStarted(String subscription) {
        return new StreamStatus(
                subscription,
                StreamState.CONNECTING,
                Instant.now(),
                false,
                null,
                null,
                null,
                Lsn.ZERO,
                Lsn.ZERO,
                Lsn.ZERO,
                0,
                Duration.ZERO,
                0,
                0,
                0,
                Counts.ZERO,
                null,
                null);
    }

    /** Returns the figures as plain values by name; those that are unknown, or that there is nothing to tell of, are absent. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("subscription", subscription);
        map.put("state", state.name());
        map.put("since", since.toString());
        map.put("paused", paused);
        map.put("problem", problem);
        map.put("awaited", awaited);
        map.put("receivedLsn", receivedLsn.toString());
        map.put("deliveredLsn", deliveredLsn.toString());
        map.put("confirmedLsn", confirmedLsn.toString());
        map.put("lagBytes", lagBytes);
        map.put("lagSeconds", lag.toSeconds());
        map.put("unfinished", unfinished);
        map.put("failures", failures);
        map.put("catchUps", catchUps);
        map.put("reconnects", counts.reconnects);
        map.put("redeliveries", counts.redeliveries);
        if (slot != null) {
            map.put("walStatus", slot.walStatus());
            map.put("invalidation", slot.invalidation());
            map.put("retainedBytes", slot.retainedBytes());
            map.put("bytesUntilLost", slot.leftBytes());
            map.put(
                    "secondsUntilLost",
                    slot.idleLeft() == null ? null : slot.idleLeft().toSeconds());
        }
        map.values().removeIf(value -> value == null);
        return map;
    }
}
