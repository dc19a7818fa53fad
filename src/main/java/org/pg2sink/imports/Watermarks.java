package org.pg2sink.imports;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.pg2sink.changelog.Announcements;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.imports.Window.Outcome;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.Cancellation;

/**
 * Merges the chunks of imports into the stream, each at its high watermark: after all changes before the watermark, and before
 * all changes after it. Stands between the changelog and what takes its entries, and lives as long as one connection.
 *
 * <p>At the high watermark the stream's thread waits until the chunk is delivered, even if the connection breaks meanwhile,
 * because what follows must not overtake the chunk. All methods are for the stream's thread, except {@link #open},
 * {@link #interrupt}, {@link #held} and {@link #close}, which are for any thread.
 *
 * @see <a href="https://arxiv.org/abs/2010.12597">DBLog: A Watermark Based Change-Data-Capture Framework</a>
 */
public final class Watermarks implements Changelog.Output, AutoCloseable {

    /** Takes the entries of the stream. */
    public interface Stream extends Changelog.Output {

        /** Sends on what is collected, and waits until all that was sent has arrived. */
        void drain();
    }

    private final Stream stream;
    private final Announcements announcements;
    private final MergeFigures figures;
    private final Cancellation cancellation;

    /** The windows that are not settled yet, in the order of the WAL. The import adds, the stream's thread removes. */
    private final List<Window> windows = new CopyOnWriteArrayList<>();

    /** Whether an import ever opened a window. Written by the import. */
    private volatile boolean importing;
    /** Chunk that the stream waits for; null if it waits for none. Written by the stream's thread. */
    private volatile Awaited held;
    /** Guarded by this. */
    private boolean closed;

    /** The number of windows that were opened. Guarded by this. */
    private long opened;

    /** Owned by the stream's thread. */
    private final CommitHistory history = new CommitHistory();

    /**
     * @param stream takes the entries of the stream, on its thread; not null
     * @param announcements knows which schemas the connection has sent; not null
     * @param figures counts what becomes of the chunks; not null
     * @param cancellation ends waiting, not null
     */
    public Watermarks(Stream stream, Announcements announcements, MergeFigures figures, Cancellation cancellation) {
        this.stream = stream;
        this.announcements = announcements;
        this.figures = figures;
        this.cancellation = cancellation;
    }

    /**
     * Begins to watch a table, before its low watermark is written. Chunks before it may still be on their way to the stream,
     * or from there to the sink.
     *
     * @return empty if the stream ends
     */
    synchronized Optional<Window> open(ImportJob job) {
        if (closed) {
            return Optional.empty();
        }
        importing = true;
        Window window = new Window(++opened, job.relation(), job.id());
        windows.add(window);
        return Optional.of(window);
    }

    /** Forgets the transactions that are of no use to the windows that are open now, nor to later ones. */
    private synchronized void forgetPassed(Snapshot snapshot) {
        long oldest = windows.stream().mapToLong(Window::number).min().orElse(opened);
        history.forget(snapshot, oldest, opened);
    }

    /** Tells imports that the stream will not come to their high watermarks, because it ends or is suspended. */
    public void interrupt() {
        windows.forEach(Window::interrupt);
    }

    /** Returns the chunk whose delivery the stream waits for; empty if it waits for none. */
    public Optional<Awaited> held() {
        return Optional.ofNullable(held);
    }

    @Override
    public synchronized void close() {
        closed = true;
        interrupt();
    }

    @Override
    public void entry(Entry entry) {
        if (importing) {
            history.pass(entry.transaction());
            if (entry instanceof Modification change) {
                forgetSettled();
                windows.forEach(window -> window.pass(change));
            }
        }
        stream.entry(entry);
    }

    /** Frees the chunks and the keys of the windows that are settled. */
    private void forgetSettled() {
        for (Window window : windows) {
            if (window.settled().isDone()) {
                windows.remove(window);
            }
        }
    }

    @Override
    public void committed(Lsn endLsn) {
        stream.committed(endLsn);
    }

    @Override
    public void watermark(Transaction transaction, String watermark) {
        forgetSettled();
        for (Window window : windows) { // without a window it is of another subscription, or of an import that gave up
            if (watermark.equals(window.lowWatermark())) {
                window.passLow(history.low(transaction));
            } else if (watermark.equals(window.highWatermark())) {
                merge(window, transaction);
            }
        }
    }

    private void merge(Window current, Transaction high) {
        current.beginBeforeChanges();
        Chunk chunk = current.chunk();
        Optional<String> conflict = current.conflict();
        if (conflict.isPresent()) {
            figures.refused();
            current.refuse(new Outcome.ReadAgain(conflict.get()));
            return;
        }
        Optional<String> unseen = history.unseen(chunk.snapshot(), current.low(), chunk.synchronousReplication());
        forgetPassed(chunk.snapshot());
        if (unseen.isPresent() && Safeguard.VISIBILITY.on) {
            figures.refused();
            current.refuse(new Outcome.NotYet(unseen.get()));
            return;
        }
        stream.drain();
        List<Row> rows = Safeguard.WINDOW.on ? current.rows() : chunk.rows();
        // an empty table, too, so that it can be told from one that is not published
        boolean told = !rows.isEmpty() || chunk.begins() || chunk.last();
        boolean announced = told && announcements.isDue(chunk.table());
        Outcome.Merged merged =
                new Outcome.Merged(new ChunkEntries(high.ofImport(current.importRun()), chunk, rows, announced));
        long begunNanos = System.nanoTime();
        current.outcome().complete(merged);
        held = new Awaited(chunk.table().qualifiedName(), high.lsn(), Instant.now(), true);
        boolean delivered;
        try {
            delivered = !Safeguard.HOLD.on || awaitSettled(current);
        } finally {
            held = null;
        }
        figures.waited(merged, System.nanoTime() - begunNanos, delivered);
        if (announced && !delivered) {
            announcements.revoke(chunk.table());
        }
    }

    private boolean awaitSettled(Window current) {
        try {
            cancellation.await(current::awaitSettled);
        } catch (CancellationException e) {
            current.interrupt();
            throw e;
        }
        return current.settled().join();
    }
}
