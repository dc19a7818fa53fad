package org.pg2sink.stream;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pg2sink.pgoutput.Lsn;

/**
 * Tells how a stream is doing. JMX, health, console, metrics and administration all take their figures from here.
 *
 * @param subscription the name of the subscription
 * @param state what the stream does
 * @param since since when it does that
 * @param problem why it does not stream; null if it does, or has only begun to connect
 * @param awaited the delivery that has not ended for long and keeps all else from being confirmed; null if there is none
 * @param confirmedLsn the confirmed position; {@code 0/0} before the first connection
 * @param lagBytes the amount of WAL that the server has and that is not confirmed
 * @param unfinished the number of exchanges that are under way or about to be made, and the chunk that the stream waits for
 * @param failures how often the stream has failed since it was started
 * @param catchUps how often it has caught up with a backlog by SQL since it was started
 */
public record StreamStatus(
        String subscription,
        StreamState state,
        Instant since,
        String problem,
        String awaited,
        Lsn confirmedLsn,
        long lagBytes,
        int unfinished,
        long failures,
        long catchUps) {

    /** Returns the status of a stream that was not started yet. */
    public static StreamStatus notStarted(String subscription) {
        return new StreamStatus(subscription, StreamState.CONNECTING, Instant.now(), null, null, Lsn.ZERO, 0, 0, 0, 0);
    }

    /** Returns the figures as plain values by name; problem and awaited are absent if there is none. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("subscription", subscription);
        map.put("state", state.name());
        map.put("since", since.toString());
        if (problem != null) {
            map.put("problem", problem);
        }
        if (awaited != null) {
            map.put("awaited", awaited);
        }
        map.put("confirmedLsn", confirmedLsn.toString());
        map.put("lagBytes", lagBytes);
        map.put("unfinished", unfinished);
        map.put("failures", failures);
        map.put("catchUps", catchUps);
        return map;
    }
}
