package org.pg2sink.imports;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Tells which transactions a read could see. Transaction ids have 64 bits, so they never wrap around.
 *
 * @param xmin all transactions before this one have ended
 * @param xmax this one and all after it had not ended
 * @param running those between them that had not ended; top-level transactions only
 * @see <a href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT">pg_snapshot</a>
 */
record Snapshot(long xmin, long xmax, Set<Long> running) {

    /** Reads {@code 10:20:10,14,15}. */
    static Snapshot parse(String text) {
        String[] parts = text.split(":", -1);
        Set<Long> running = parts[2].isEmpty()
                ? Set.of()
                : Arrays.stream(parts[2].split(",")).map(Long::valueOf).collect(Collectors.toUnmodifiableSet());
        return new Snapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), running);
    }

    /** Returns whether the transaction had not ended. */
    boolean inProgress(long xid) {
        return xid >= xmax || running.contains(xid);
    }

    /** Returns the transactions before {@code xid} that had not ended; some may never have existed. */
    Set<Long> inProgressBefore(long xid) {
        return LongStream.concat(running.stream().mapToLong(Long::longValue), LongStream.range(xmax, xid))
                .filter(it -> it < xid)
                .boxed()
                .collect(Collectors.toSet());
    }

    /** Returns the id of a recent transaction of which the replication protocol tells the lower 32 bits. */
    long widen(long lower) {
        return xmax + (int) (lower - xmax);
    }
}
