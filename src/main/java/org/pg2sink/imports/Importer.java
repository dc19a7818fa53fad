package org.pg2sink.imports;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.pg2sink.changelog.Catalog;
import org.pg2sink.changelog.Entry;
import org.pg2sink.imports.TableReader.Reading;
import org.pg2sink.imports.Window.Outcome;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.Subscription;
import org.pg2sink.replication.SubscriptionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Imports the tables of a subscription, chunk by chunk. A chunk is read between two watermarks that are written to the WAL,
 * and joins the stream at the second one ({@link Watermarks}); so for every key the sink sees last what the table holds.
 * Nothing is held meanwhile but a short transaction for the read itself. The cursor is saved when the chunk has arrived;
 * the next one is read while it is on its way.
 *
 * <p>For one thread at a time, beside that which reads ahead; whoever takes a {@link Delivery} may settle it on another.
 */
public final class Importer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Importer.class);

    private static final int MOST_READS = 20;
    private static final int MOST_PATIENT_READS = 8;
    private static final long READ_AGAIN_MILLIS = 20;
    private static final long WAIT_MILLIS = 1_000;
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final DataSource connections;
    private final Database database;
    private final Subscription subscription;
    private final ImportJobs jobs;
    private final Pace pace;
    private final ChunkReads reads;

    /** By job: when its progress was logged last, and that it waits. */
    private final Map<Long, Long> loggedNanos = new HashMap<>();

    /**
     * @param connections ordinary connections with the session settings of {@link Database}
     * @param database what these connect to
     * @param subscription whose tables are imported
     * @param catalog where types and primary keys are looked up
     * @param mostRows how many rows a chunk has at most
     * @param mostBytes at how many bytes a chunk ends
     * @param aheadExecutor runs the thread that reads ahead
     */
    public Importer(
            DataSource connections,
            Database database,
            Subscription subscription,
            Catalog catalog,
            int mostRows,
            long mostBytes,
            Executor aheadExecutor) {
        this.connections = connections;
        this.database = database;
        this.subscription = subscription;
        this.jobs = new ImportJobs(subscription);
        this.pace = new Pace(mostRows);
        this.reads = new ChunkReads(
                connections, new TableReader(subscription.name(), catalog, mostBytes), pace, aheadExecutor);
    }

    /** A chunk that is to be delivered now. The stream waits for it, so it has to be settled, once, whatever happens. */
    public final class Delivery {

        private final ImportJob job;
        private final Window window;
        private final List<Entry> entries;
        private final long begunNanos = System.nanoTime();

        private Delivery(ImportJob job, Window window, List<Entry> entries) {
            this.job = job;
            this.window = window;
            this.entries = entries;
        }

        /** The rows, all of one table, its schema first if it is new. */
        public List<Entry> entries() {
            return entries;
        }

        /** Whether the stream does not wait for it any more, since it ends. */
        public boolean isCancelled() {
            return window.settled().isDone();
        }

        /** It arrived: the import goes on after it. */
        public void complete() {
            if (window.settled().isDone()) {
                LOG.warn(
                        "Subscription {}: a chunk of {} was delivered after the stream had ended, so it comes again",
                        subscription.name(),
                        job.tableText());
                return;
            }
            try (Connection connection = connections.getConnection()) {
                advance(connection, job, window.chunk());
            } catch (SQLException e) {
                LOG.warn(
                        "Subscription {}: a chunk of {} was delivered, but its cursor could not be saved ({}), so it"
                                + " comes again",
                        subscription.name(),
                        job.tableText(),
                        firstLine(e));
            } finally {
                window.settle(true);
                pace.delivered(window.chunk().rows().size(), System.nanoTime() - begunNanos, window.carriedChanges());
            }
        }

        /** It did not: the job is due again after a while, and the stream goes on. */
        public void fail(Throwable cause) {
            try {
                failed(job, rootOf(cause));
            } finally {
                window.settle(false);
            }
        }
    }

    /**
     * Brings the jobs in line with what is published.
     *
     * @param create whether published tables without a job get one
     */
    public void reconcile(boolean create) {
        try (Connection connection = connections.getConnection()) {
            jobs.reconcile(connection, create);
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "maintaining the import jobs", database);
        }
    }

    /** Nothing is imported any more; from any thread. */
    @Override
    public void close() {
        reads.interrupt();
    }

    /** What came of working on a job: a chunk, or nothing; and whether the next job may be worked on after nothing. */
    private record Step(Optional<Delivery> delivery, boolean goOn) {

        static final Step NEXT_JOB = new Step(Optional.empty(), true);
        static final Step NO_STREAM = new Step(Optional.empty(), false);
    }

    /**
     * Works on the jobs that are due, one after the other, until there is a chunk to deliver.
     *
     * @param watermarks of the connection that streams now
     * @return empty if there is nothing to deliver for now
     * @throws InterruptedException if the thread was interrupted while it waited for the stream
     */
    public Optional<Delivery> next(Watermarks watermarks) throws InterruptedException {
        Step step = Step.NEXT_JOB;
        while (step.goOn()) {
            Optional<ImportJob> job =
                    reads.ahead().isPresent() ? claim(reads.ahead().get()) : claim();
            if (job.isEmpty()) {
                reads.discardAhead();
                return Optional.empty();
            }
            step = step(job.get(), watermarks);
        }
        return step.delivery();
    }

    /** The job that was read ahead, if it is still to be worked on, else another. */
    private Optional<ImportJob> claim(ImportJob expected) {
        Optional<ImportJob> same = claim(expected.id());
        return same.isPresent() ? same : claim();
    }

    private Optional<ImportJob> claim() {
        return claim(ImportJobs.ANY);
    }

    private Optional<ImportJob> claim(long id) {
        try (Connection connection = connections.getConnection()) {
            return jobs.claim(connection, id);
        } catch (SQLException e) {
            throw SubscriptionException.of(e, "looking for import jobs", database);
        }
    }

    private Step step(ImportJob job, Watermarks watermarks) throws InterruptedException {
        try {
            return chunk(job, watermarks);
        } catch (SQLException e) {
            failed(
                    job,
                    SubscriptionException.of(e, "importing " + job.tableText(), database)
                            .getMessage());
        } catch (RuntimeException e) {
            failed(job, rootOf(e));
        }
        return Step.NEXT_JOB;
    }

    private Step chunk(ImportJob job, Watermarks watermarks) throws SQLException, InterruptedException {
        int rows = reads.rowsToRead(job);
        String reason = null;
        Optional<ChunkRead> read = reads.takeAhead(job);
        boolean ahead = read.isPresent();
        for (int tries = 0; tries < MOST_READS; tries++) {
            if (read.isEmpty()) {
                read = reads.read(job, watermarks, rows);
            }
            if (read.isEmpty()) {
                return Step.NO_STREAM;
            }
            Window window = read.get().window();
            try {
                if (!end(job, window, read.get().await())) {
                    return Step.NEXT_JOB;
                }
                readAhead(job, window.chunk(), watermarks);
                Outcome outcome = await(window);
                if (outcome instanceof Outcome.Merged merged) {
                    Delivery delivery = new Delivery(job, window, merged.entries());
                    if (!merged.entries().isEmpty()) {
                        window = null; // it is settled by the delivery
                        return new Step(Optional.of(delivery), false);
                    }
                    delivery.complete();
                    return Step.NEXT_JOB;
                } else if (outcome instanceof Outcome.ReadAgain again) {
                    reason = again.reason();
                    // one that was read ahead had changes between its watermarks for all the time that it waited
                    rows = ahead ? rows : Math.max(1, rows / 2);
                } else if (outcome instanceof Outcome.NotYet notYet) {
                    reason = notYet.reason();
                    if (tries == MOST_PATIENT_READS) {
                        postpone(job, reason);
                        return Step.NEXT_JOB;
                    }
                } else {
                    return Step.NO_STREAM;
                }
            } finally {
                if (window != null) {
                    window.interrupt();
                }
            }
            LOG.debug("Subscription {}: {} is read again: {}", subscription.name(), job.tableText(), reason);
            reads.discardAhead();
            TimeUnit.MILLISECONDS.sleep(READ_AGAIN_MILLIS * (tries + 1));
            read = Optional.empty();
            ahead = false;
        }
        failed(
                job,
                "No chunk of " + job.tableText() + " could be read in " + MOST_READS + " tries, since " + reason + ".");
        return Step.NEXT_JOB;
    }

    /** Begins to read what is likely to be next, while a chunk is on its way. */
    private void readAhead(ImportJob job, Chunk chunk, Watermarks watermarks) {
        Optional<ImportJob> next = claim();
        if (next.isPresent() && next.get().id() == job.id()) {
            next = chunk.last()
                    ? Optional.empty()
                    : Optional.of(job.after(chunk.cursor(), chunk.rows().size(), chunk.bytes()));
        }
        next.ifPresent(it -> reads.beginAhead(it, watermarks));
    }

    /** Tells whether the window is to be waited for. */
    private boolean end(ImportJob job, Window window, Reading reading) throws SQLException {
        try (Connection connection = connections.getConnection()) {
            if (reading instanceof Reading.Rows read) {
                if (read.chunk().rows().isEmpty()) {
                    advance(connection, job, read.chunk());
                    return false;
                }
                window.offer(read.chunk());
                ChunkReads.write(connection, window.highWatermark());
                window.bounded();
                return true;
            } else if (reading instanceof Reading.Wait wait) {
                postpone(job, wait.reason());
            } else if (reading instanceof Reading.Ended ended) {
                LOG.warn("Subscription {}: {}", subscription.name(), ended.reason());
                jobs.end(connection, job, ended.reason());
            } else {
                jobs.reconcile(connection, false);
            }
            return false;
        }
    }

    /** Nothing is wrong, but somebody has to finish something first; said once. */
    private void postpone(ImportJob job, String reason) throws SQLException {
        if (loggedNanos.putIfAbsent(job.id(), System.nanoTime()) == null) {
            LOG.info("Subscription {}: the import of {} waits for {}", subscription.name(), job.tableText(), reason);
        }
        try (Connection connection = connections.getConnection()) {
            jobs.postpone(connection, job, WAIT_MILLIS);
        }
    }

    private static Outcome await(Window window) throws InterruptedException {
        try {
            return window.outcome().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // it is never completed so
        }
    }

    private void advance(Connection connection, ImportJob job, Chunk chunk) throws SQLException {
        Optional<ImportJob> advanced = jobs.advance(
                connection, job, chunk.cursor(), chunk.last(), chunk.rows().size(), chunk.bytes());
        if (advanced.isEmpty()) {
            LOG.debug("Subscription {}: the import of {} has expired", subscription.name(), job.tableText());
            return;
        }
        ImportJob now = advanced.get();
        if (now.state() == ImportJob.State.COMPLETED) {
            loggedNanos.remove(job.id());
            LOG.info("Subscription {}: imported {}, {} rows", subscription.name(), now.tableText(), now.rows());
            return;
        }
        long nanos = System.nanoTime();
        if (nanos - loggedNanos.computeIfAbsent(job.id(), id -> nanos) > PROGRESS_NANOS) {
            loggedNanos.put(job.id(), nanos);
            LOG.info(
                    "Subscription {}: importing {}, {} rows so far{}, {} rows/s{}",
                    subscription.name(),
                    now.tableText(),
                    now.rows(),
                    now.percent() == null ? "" : " (" + now.percent() + " %)",
                    now.rowsPerSecond(),
                    now.timeLeft() == null ? "" : ", " + now.timeLeft().toSeconds() + " s left");
        }
    }

    private void failed(ImportJob job, String error) {
        LOG.warn(
                "Subscription {}: the import of {} failed and will be tried again: {}",
                subscription.name(),
                job.tableText(),
                error);
        try (Connection connection = connections.getConnection()) {
            jobs.fail(connection, job, error);
        } catch (SQLException e) {
            LOG.warn(
                    "Subscription {}: the failure of the import of {} could not be noted ({})",
                    subscription.name(),
                    job.tableText(),
                    firstLine(e));
        }
    }

    private static String rootOf(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString();
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
