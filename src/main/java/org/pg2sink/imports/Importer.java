package org.pg2sink.imports;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.pg2sink.imports.ChunkTry.Result;
import org.pg2sink.imports.TableReader.Reading;
import org.pg2sink.replication.Database;
import org.pg2sink.replication.KeptConnections;
import org.pg2sink.replication.Subscription;

/**
 * Imports the tables of a subscription, chunk by chunk. A chunk is read between two watermarks in the WAL and joins the
 * stream at the second one ({@link Watermarks}), so for every key the sink sees last what the table holds. Nothing but a short
 * transaction is open while it is read. The cursor is saved when the chunk has arrived. The next chunks
 * are read meanwhile, as far as the {@link Pace} lets them.
 *
 * <p>For one thread at a time, except {@link #close}.
 */
public final class Importer implements AutoCloseable {

    private static final int MAX_TRIES = 20;
    /** The number of tries before a job waits for something that passes by itself, so that others get their turn. */
    private static final int MAX_PATIENT_TRIES = 9;

    private static final long RETRY_MILLIS = 20;

    private final KeptConnections connections;
    private final Subscription subscription;
    private final ImportJobs jobs;
    private final JobTable table;
    private final JobJournal journal;
    private final Pace pace;
    private final ChunkReads reads;

    /**
     * @param database the database of the stream
     * @param subscription names the tables to import
     * @param maxRows the maximum size of a chunk, in rows
     * @param maxBytes the size at which a chunk ends, in bytes
     * @param readers the most chunks that are read at the same time, while one is delivered
     * @param readExecutor runs as many threads
     */
    public Importer(
            Database database,
            Subscription subscription,
            int maxRows,
            long maxBytes,
            int readers,
            Executor readExecutor) {
        this.connections = new KeptConnections(database);
        this.subscription = subscription;
        this.jobs = new ImportJobs(subscription);
        this.table = new JobTable(subscription.name());
        this.journal = new JobJournal(connections, subscription.name(), table);
        this.pace = new Pace(maxRows, readers, Runtime.getRuntime().availableProcessors());
        this.reads = new ChunkReads(
                connections, new TableReaders(database, subscription.name(), maxBytes), maxBytes, pace, readExecutor);
    }

    /**
     * Brings the jobs in line with the publication, and their table up to date.
     *
     * @param create whether a published table without a job gets one
     */
    public void reconcile(boolean create) {
        connections.run("maintaining the import jobs", connection -> {
            OwnSchema.prepare(connection);
            jobs.reconcile(connection, create);
        });
    }

    /** Ends what is under way and closes the connections; from any thread. */
    @Override
    public void close() {
        reads.close();
        connections.close();
    }

    /** The end of working on a job: with a chunk to deliver, or with none, and then maybe with the next job. */
    private record Step(Optional<ChunkDelivery> delivery, boolean goesOn) {

        static final Step NEXT_JOB = new Step(Optional.empty(), true);
        static final Step NO_STREAM = new Step(Optional.empty(), false);

        static Step deliver(ChunkDelivery delivery) {
            return new Step(Optional.of(delivery), false);
        }
    }

    /**
     * Works on the jobs that are due, one after the other, until there is a chunk to deliver.
     *
     * @param watermarks of the connection that streams now
     * @return empty if there is nothing to deliver for now
     * @throws InterruptedException if the thread was interrupted while it waited for the stream
     */
    public Optional<ChunkDelivery> next(Watermarks watermarks) throws InterruptedException {
        Step step = Step.NEXT_JOB;
        while (step.goesOn()) {
            Optional<ImportJob> job = claim();
            if (job.isEmpty()) {
                reads.discardAhead();
                journal.logSums(true);
                return Optional.empty();
            }
            step = step(job.get(), watermarks);
        }
        return step.delivery();
    }

    /** Returns the first job that was claimed and read ahead and is still due, and otherwise claims another one. */
    private Optional<ImportJob> claim() throws InterruptedException {
        for (Optional<ImportJob> ahead = reads.ahead(); ahead.isPresent(); ahead = reads.ahead()) {
            long id = ahead.get().id();
            Optional<ImportJob> due =
                    connections.with("looking for import jobs", connection -> table.due(connection, id));
            if (due.isPresent()) {
                return due;
            }
            reads.discardFirst();
        }
        return claimNext();
    }

    private Optional<ImportJob> claimNext() {
        return connections.with("looking for import jobs", table::claimNext);
    }

    private Step step(ImportJob job, Watermarks watermarks) throws InterruptedException {
        try {
            return chunk(job, watermarks);
        } catch (RuntimeException e) {
            journal.fail(job, e);
        }
        return Step.NEXT_JOB;
    }

    /** Tries to bring the job's next chunk into the stream until it is clear what becomes of it. */
    private Step chunk(ImportJob job, Watermarks watermarks) throws InterruptedException {
        int rows = reads.rowsToRead(job);
        Optional<ChunkRead> read = reads.takeAhead(job);
        if (read.isEmpty()) {
            read = reads.read(job, watermarks, rows);
        }
        int tries = 0;
        while (read.isPresent()) {
            Result result = tryOnce(job, read.get(), watermarks);
            if (!(result instanceof Result.Again again)) {
                return conclude(job, result);
            }
            tries++;
            if (tries == MAX_TRIES || again.passes() && tries >= MAX_PATIENT_TRIES) {
                giveUp(job, again);
                return Step.NEXT_JOB;
            }
            journal.readsAgain(job, again.reason());
            reads.discardAhead();
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS * tries);
            rows = again.fewerRows() ? Math.max(1, rows / 2) : rows;
            read = reads.read(job, watermarks, rows);
        }
        return Step.NO_STREAM;
    }

    private Result tryOnce(ImportJob job, ChunkRead read, Watermarks watermarks) throws InterruptedException {
        return new ChunkTry(
                        read,
                        window -> reads.writeHighWatermark(job, window),
                        chunk -> readAhead(job, chunk, watermarks))
                .run();
    }

    /** Begins to read the chunks that are likely to be the next. */
    private void readAhead(ImportJob job, Chunk chunk, Watermarks watermarks) {
        reads.note(job, chunk);
        boolean goesOn = true;
        while (goesOn && reads.leavesRoom(chunk)) {
            goesOn = claimNext()
                    .flatMap(claimed -> toReadAhead(claimed, job, chunk))
                    .filter(next -> reads.beginAhead(next, watermarks))
                    .isPresent();
        }
    }

    /** Returns a job as it will be after what is under way of it; empty if that is not known yet, or the job is done then. */
    private Optional<ImportJob> toReadAhead(ImportJob claimed, ImportJob current, Chunk chunk) {
        Optional<ChunkRead> latest = reads.latestAhead(claimed);
        if (latest.isPresent()) {
            return latest.get().expected();
        }
        if (claimed.id() != current.id()) {
            return Optional.of(claimed);
        }
        return chunk.last() ? Optional.empty() : Optional.of(current.after(chunk));
    }

    private Step conclude(ImportJob job, Result result) {
        if (result instanceof Result.Merged merged) {
            ChunkDelivery delivery = new ChunkDelivery(job, merged.window(), merged.entries(), journal, pace);
            if (!merged.entries().isEmpty()) {
                return Step.deliver(delivery);
            }
            delivery.complete(); // the stream has told of all its rows
        } else if (result instanceof Result.NoRows none) {
            journal.advance(job, none.chunk());
        } else if (result instanceof Result.Unread unread) {
            conclude(job, unread.reading());
        } else if (result instanceof Result.Interrupted) {
            return Step.NO_STREAM;
        } else {
            throw new IllegalStateException("unhandled " + result);
        }
        return Step.NEXT_JOB;
    }

    private void conclude(ImportJob job, Reading reading) {
        if (reading instanceof Reading.Wait wait) {
            journal.postpone(job, wait.reason());
        } else if (reading instanceof Reading.Ended ended) {
            journal.end(job, ended.reason());
        } else if (reading instanceof Reading.Obsolete) {
            reconcile(false);
        } else {
            throw new IllegalStateException("unhandled " + reading);
        }
    }

    private void giveUp(ImportJob job, Result.Again again) {
        if (again.passes()) {
            journal.postpone(job, again.reason());
        } else {
            journal.fail(
                    job,
                    "No chunk of " + job.table() + " could be read in " + MAX_TRIES + " tries, because "
                            + again.reason() + ".");
        }
    }
}
