package org.pg2sink.imports;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pg2sink.changelog.TableName;

/**
 * The import of one table, as a row of {@code pg2sink.import_jobs} describes it.
 *
 * @param id the number of the job
 * @param relation the OID of the table
 * @param membership the OID of the table's membership in the publication
 * @param table the table's name
 * @param cursor the order of the rows, then the begin of the next chunk in that order; empty at the beginning
 * @param state decides whether the job is worked on
 * @param barrier the transaction up to which all have to end before the first chunk is read
 * @param error the reason why the latest try failed or the job ended, null if neither happened
 * @param errorCount the number of tries that failed in a row
 * @param lastErrorAt the time of the latest failure, null before the first
 * @param dueAt the time from which the job may be worked on
 * @param rows the number of rows that were read and delivered
 * @param bytes the size of those rows, each as received or as text, whichever is more
 * @param rowsEstimated the server's estimate of the table's rows when the job was made, null if the server had none
 * @param chunks the number of chunks with rows that were delivered
 * @param chunksReadAgain how often a chunk was read again, because it could not be merged into the stream
 * @param retries how often the job was tried again after a failure
 * @param createdAt the time when the table was found published
 * @param startedAt the time when the first chunk was begun, null before
 * @param begunAt the time when the begin of the run had been delivered, null before
 * @param updatedAt the time of the latest change to the row
 * @param completedAt the time when all rows had been delivered, null before
 */
public record ImportJob(
        long id,
        long relation,
        long membership,
        TableName table,
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
        long chunks,
        long chunksReadAgain,
        long retries,
        Instant createdAt,
        Instant startedAt,
        Instant begunAt,
        Instant updatedAt,
        Instant completedAt) {

    /** Decides whether a job is worked on. */
    public enum State {
        /** The job is worked on as soon as it is due. */
        ACTIVE,
        /** Somebody paused it. */
        PAUSED,
        /** All rows have been delivered. */
        COMPLETED,
        /** The job cannot go on; the error says why. */
        FAILED;

        /** Returns the state as the table and listings spell it: {@code active}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** Returns whether sinks know that the run has begun, so that rows may follow. */
    boolean hasBegun() {
        return begunAt != null;
    }

    /** Returns the job as it is once a chunk has arrived. */
    ImportJob after(Chunk chunk) {
        return with(
                chunk.cursor(),
                rows + chunk.rows().size(),
                bytes + chunk.bytes(),
                chunk.begins() ? Instant.now() : begunAt);
    }

    /** Returns the job with another cursor. */
    ImportJob at(List<String> otherCursor) {
        return with(otherCursor, rows, bytes, begunAt);
    }

    private ImportJob with(List<String> newCursor, long newRows, long newBytes, Instant newBegunAt) {
        return new ImportJob(
                id,
                relation,
                membership,
                table,
                newCursor,
                state,
                barrier,
                error,
                errorCount,
                lastErrorAt,
                dueAt,
                newRows,
                newBytes,
                rowsEstimated,
                chunks,
                chunksReadAgain,
                retries,
                createdAt,
                startedAt,
                newBegunAt,
                updatedAt,
                completedAt);
    }

    /** Returns the progress in percent of the estimate; null without an estimate, 100 when completed. */
    public Integer percent() {
        if (state == State.COMPLETED) {
            return 100;
        }
        return rowsEstimated == null || rowsEstimated <= 0 ? null : (int) Math.min(99, rows * 100 / rowsEstimated);
    }

    /** Returns how long the job has taken, or took; null before its start. */
    public Duration elapsed() {
        return startedAt == null ? null : Duration.between(startedAt, completedAt == null ? updatedAt : completedAt);
    }

    /** Returns the rows per second since the start; null if there was no time yet to measure. */
    public Long rowsPerSecond() {
        long millis = startedAt == null ? 0 : elapsed().toMillis();
        return millis < 1 ? null : rows * 1000 / millis;
    }

    /** Returns the time that the rest takes at that rate; null if it is unknown, or the job is not active. */
    public Duration timeLeft() {
        Long rate = rowsPerSecond();
        if (state != State.ACTIVE || rate == null || rate == 0 || rowsEstimated == null) {
            return null;
        }
        return Duration.ofSeconds(Math.max(0, rowsEstimated - rows) / rate);
    }

    /** Returns why the job does not go on and what to do about it, if it does not. */
    String trouble() {
        if (state == State.FAILED) {
            return "The import of " + table + " has ended: " + error + " Mend that and resync the table.";
        }
        return errorCount > 0
                ? "The import of " + table + " failed " + errorCount + " times, at last with: " + error
                        + " Mend the sink, or what that names; it is tried again by itself."
                : "The import of " + table + " has waited since " + startedAt
                        + " for its first rows: end transactions that"
                        + " have been open for long (pg_stat_activity, pg_prepared_xacts), or look at the sink.";
    }

    /** Returns the job for {@code listImports}: plain values by name, without those that are unknown. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("namespace", table.namespace());
        map.put("table", table.name());
        map.put("state", state.text());
        map.put("rows", rows);
        map.put("bytes", bytes);
        map.put("rowsEstimated", rowsEstimated);
        map.put("percent", percent());
        map.put("seconds", elapsed() == null ? null : elapsed().toMillis() / 1000.0);
        map.put("rowsPerSecond", rowsPerSecond());
        map.put("secondsLeft", timeLeft() == null ? null : timeLeft().toSeconds());
        map.put("chunks", chunks);
        map.put("chunksReadAgain", chunksReadAgain);
        map.put("retries", retries);
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
