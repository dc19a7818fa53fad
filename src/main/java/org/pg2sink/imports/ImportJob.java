package org.pg2sink.imports;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The import of one table, as {@code pg2sink.import_jobs} keeps it.
 *
 * @param id its number
 * @param relation the OID of the table
 * @param membership the OID of the table's membership in the publication
 * @param namespace the table's schema
 * @param table the table's name
 * @param cursor what the rows are ordered by, then where the next chunk begins; empty at the beginning
 * @param state what is to become of it
 * @param barrier the transaction up to which all have to end before the first chunk
 * @param error why the latest try failed, or why the job ended; null if it did not
 * @param errorCount how many tries failed in a row
 * @param lastErrorAt when one failed last, null if none did
 * @param dueAt when it may be worked on again
 * @param rows how many rows were read and delivered
 * @param bytes how many bytes these took in the connection
 * @param rowsEstimated how many rows the server thought the table has, null if it did not know
 * @param createdAt when the table was found published
 * @param startedAt when the first chunk was begun, null before
 * @param updatedAt when anything of this changed last
 * @param completedAt when it was completed, null before
 */
public record ImportJob(
        long id,
        long relation,
        long membership,
        String namespace,
        String table,
        List<String> cursor,
        State state,
        long barrier,
        String error,
        int errorCount,
        Instant lastErrorAt,
        Instant dueAt,
        long rows,
        long bytes,
        Long rowsEstimated,
        Instant createdAt,
        Instant startedAt,
        Instant updatedAt,
        Instant completedAt) {

    /** What is to become of a job. */
    public enum State {
        /** It is worked on as soon as it is due. */
        ACTIVE,
        /** Somebody paused it. */
        PAUSED,
        /** All rows have been delivered. */
        COMPLETED,
        /** It cannot go on; the error says why. */
        FAILED;

        /** As it stands in the table and in listings: {@code active}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** Returns the job as it is once a chunk has arrived. */
    ImportJob after(Chunk chunk) {
        return new ImportJob(
                id,
                relation,
                membership,
                namespace,
                table,
                chunk.cursor(),
                state,
                barrier,
                error,
                errorCount,
                lastErrorAt,
                dueAt,
                rows + chunk.rows().size(),
                bytes + chunk.bytes(),
                rowsEstimated,
                createdAt,
                startedAt,
                updatedAt,
                completedAt);
    }

    /** For logs and errors: {@code public.orders}. */
    public String tableText() {
        return namespace + "." + table;
    }

    /** How much is done, in percent of the estimate; null if there is none, 100 when completed. */
    public Integer percent() {
        if (state == State.COMPLETED) {
            return 100;
        }
        return rowsEstimated == null || rowsEstimated <= 0 ? null : (int) Math.min(99, rows * 100 / rowsEstimated);
    }

    /** Rows a second since it was started; null if it was not, or hardly. */
    public Long rowsPerSecond() {
        if (startedAt == null) {
            return null;
        }
        long millis = Duration.between(startedAt, completedAt == null ? updatedAt : completedAt)
                .toMillis();
        return millis < 1 ? null : rows * 1000 / millis;
    }

    /** How long it will take at that rate; null if nobody can tell, or nothing is left. */
    public Duration timeLeft() {
        Long rate = rowsPerSecond();
        if (state != State.ACTIVE || rate == null || rate == 0 || rowsEstimated == null) {
            return null;
        }
        return Duration.ofSeconds(Math.max(0, rowsEstimated - rows) / rate);
    }

    /** What {@code listImports} tells: plain values by name, those that are not known left out. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("namespace", namespace);
        map.put("table", table);
        map.put("state", state.text());
        map.put("rows", rows);
        map.put("bytes", bytes);
        map.put("rowsEstimated", rowsEstimated);
        map.put("percent", percent());
        map.put("rowsPerSecond", rowsPerSecond());
        map.put("secondsLeft", timeLeft() == null ? null : timeLeft().toSeconds());
        map.put("error", error);
        map.put("errorCount", errorCount == 0 ? null : errorCount);
        map.put("lastErrorAt", text(lastErrorAt));
        map.put("dueAt", state == State.ACTIVE ? text(dueAt) : null);
        map.put("createdAt", text(createdAt));
        map.put("startedAt", text(startedAt));
        map.put("updatedAt", text(updatedAt));
        map.put("completedAt", text(completedAt));
        map.values().removeIf(value -> value == null);
        return map;
    }

    private static String text(Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
