package org.pg2sink.imports;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.pg2sink.replication.KeptConnections;
import org.pg2sink.replication.SubscriptionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Records in the table of jobs and in the log what became of working on a job. Safe for any thread. */
final class JobJournal {

    private static final Logger LOG = LoggerFactory.getLogger(JobJournal.class);

    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final Duration MIN_REST = Duration.ofSeconds(5);
    private static final Duration MAX_REST = Duration.ofMinutes(54);
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final KeptConnections connections;
    private final String subscription;
    private final JobTable table;

    /** The jobs that wait or are under way, and when the log told of them last. */
    private final Map<Long, Long> loggedNanos = new ConcurrentHashMap<>();

    /** Counts, for each job, the chunks that were read again since it was saved last. */
    private final Map<Long, Integer> readAgain = new ConcurrentHashMap<>();

    private final LogBurst completions = new LogBurst(System::nanoTime);
    private final LogBurst progresses = new LogBurst(System::nanoTime);
    private final LogBurst waits = new LogBurst(System::nanoTime);
    private final LogBurst failures = new LogBurst(System::nanoTime);

    JobJournal(KeptConnections connections, String subscription, JobTable table) {
        this.connections = connections;
        this.subscription = subscription;
        this.table = table;
    }

    /**
     * Records that a chunk was delivered.
     *
     * @throws SubscriptionException if that could not be saved
     */
    void advance(ImportJob job, Chunk chunk) {
        Integer counted = readAgain.remove(job.id());
        int again = counted == null ? 0 : counted;
        Optional<ImportJob> advanced = connections.with(
                "saving the cursor of " + job.table(), connection -> table.advance(connection, job, chunk, again));
        if (advanced.isEmpty()) {
            LOG.debug("Subscription {}: the import of {} has expired", subscription, job.table());
        } else if (advanced.get().state() == ImportJob.State.COMPLETED) {
            loggedNanos.remove(job.id());
            long rows = advanced.get().rows();
            LOG.atLevel(completions.admits(rows) ? Level.INFO : Level.DEBUG)
                    .log(
                            "Subscription {}: imported {}, {}",
                            subscription,
                            job.table(),
                            ImportSummary.of(advanced.get()));
            logSums(false);
        } else {
            logProgress(advanced.get());
        }
    }

    private void logProgress(ImportJob job) {
        long now = System.nanoTime();
        if (now - loggedNanos.computeIfAbsent(job.id(), id -> now) > PROGRESS_NANOS) {
            loggedNanos.put(job.id(), now);
            LOG.atLevel(progresses.admits(job.rows()) ? Level.INFO : Level.DEBUG)
                    .log(
                            "Subscription {}: importing {}, {} rows so far{}, {} rows/s{}",
                            subscription,
                            job.table(),
                            job.rows(),
                            job.percent() == null ? "" : " (" + job.percent() + " %)",
                            job.rowsPerSecond(),
                            job.timeLeft() == null ? "" : ", " + job.timeLeft().toSeconds() + " s left");
        }
    }

    /** Counts that a chunk has to be read again. */
    void readsAgain(ImportJob job, String reason) {
        readAgain.merge(job.id(), 1, Integer::sum);
        LOG.debug("Subscription {}: reading {} again: {}", subscription, job.table(), reason);
    }

    /** Makes a job wait for something that somebody has to finish first. The log says so once. */
    void postpone(ImportJob job, String reason) {
        if (loggedNanos.putIfAbsent(job.id(), System.nanoTime()) == null) {
            LOG.atLevel(waits.admits(0) ? Level.INFO : Level.DEBUG)
                    .log("Subscription {}: the import of {} waits for {}", subscription, job.table(), reason);
            logSums(false);
        }
        connections.run("postponing the import of " + job.table(), connection -> table.postpone(connection, job, WAIT));
    }

    /** Records that a job cannot go on. */
    void end(ImportJob job, String reason) {
        LOG.warn("Subscription {}: {}", subscription, reason);
        connections.run("ending the import of " + job.table(), connection -> table.end(connection, job, reason));
    }

    /** Says that a chunk that was delivered comes again, because its cursor was not saved. */
    void comesAgain(ImportJob job, String reason) {
        LOG.warn(
                "Subscription {}: a chunk of {} was delivered, but comes again: {}", subscription, job.table(), reason);
    }

    /** Records that a try failed, with the message of what caused {@code cause}. */
    void fail(ImportJob job, Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null && !(root instanceof SubscriptionException)) {
            root = root.getCause();
        }
        fail(job, root instanceof SubscriptionException ? root.getMessage() : root.toString());
    }

    /** Records that a try failed. If that cannot be saved either, the job is due at once. */
    void fail(ImportJob job, String error) {
        String unsaved = "";
        try {
            Duration rest =
                    restAfter(job.errorCount(), ThreadLocalRandom.current().nextDouble());
            connections.run(
                    "recording the failure of the import of " + job.table(),
                    connection -> table.fail(connection, job, error, rest));
        } catch (SubscriptionException e) {
            unsaved = " This could not be recorded: " + e.getMessage();
        }
        LOG.atLevel(failures.admits(0) ? Level.WARN : Level.DEBUG)
                .log(
                        "Subscription {}: the import of {} failed and will be tried again: {}{}",
                        subscription,
                        job.table(),
                        error,
                        unsaved);
        logSums(false);
    }

    /**
     * Logs what had no line of its own.
     *
     * @param end whether nothing is due for now
     */
    void logSums(boolean end) {
        completions
                .take(end)
                .ifPresent(sum -> LOG.info(
                        "Subscription {}: imported {} more tables, {} rows", subscription, sum.tables(), sum.rows()));
        progresses
                .take(end)
                .ifPresent(sum -> LOG.info(
                        "Subscription {}: importing {} more tables, {} rows so far",
                        subscription,
                        sum.tables(),
                        sum.rows()));
        waits.take(end)
                .ifPresent(sum -> LOG.info(
                        "Subscription {}: the imports of {} more tables wait, too", subscription, sum.tables()));
        failures.take(end)
                .ifPresent(sum -> LOG.warn(
                        "Subscription {}: the imports of {} more tables failed and will be tried again",
                        subscription,
                        sum.tables()));
    }

    /**
     * Returns how long a job rests after a failure: five seconds, then three times as long each time, up to an hour.
     *
     * @param failuresBefore the number of tries that failed in a row before this one
     * @param random from 0 to 1; it shifts the result by a tenth at most, so that jobs do not all come back at once
     */
    static Duration restAfter(int failuresBefore, double random) {
        double millis = MIN_REST.toMillis() * Math.pow(3, Math.min(failuresBefore, 10));
        return Duration.ofMillis((long) (Math.min(millis, MAX_REST.toMillis()) * (0.9 + 0.2 * random)));
    }
}
