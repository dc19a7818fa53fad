package org.pg2sink.replication;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.replication.BacklogPieces.Piece;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the backlog of a slot by SQL, in large pieces. That is several times as fast as a walsender, which makes a system
 * call for each message.
 *
 * <ul>
 *   <li>It reads temporary copies of the slot. The slot itself stays the durable position, and {@linkplain SlotFollower
 *       follows} what was delivered.
 *   <li>A transaction is never cut, so one that is larger than a piece makes a larger piece.
 *   <li>{@link BacklogPlan} sizes the pieces and says when the reader {@linkplain #isExhausted ends}. A
 *       {@link ReplicationStream} reads the rest.
 * </ul>
 *
 * Besides the thread that takes the frames there are three: the reading thread forwards a piece, another one waits for the
 * server to {@linkplain BacklogPieces decode} the next, and the following thread moves the slot.
 */
public final class BacklogReader implements WalSource {

    private static final Logger LOG = LoggerFactory.getLogger(BacklogReader.class);

    private static final long MAX_READ_AHEAD_BYTES = 2L << 20;
    private static final int MAX_CHUNK_BYTES = 128 << 10;
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Limits how long closing waits for the slot to follow: the server decodes what the slot passes. */
    private static final long MAX_CLOSE_SECONDS = 8;

    private final Database database;
    private final List<Connection> connections;

    // used by the reading thread
    private final BacklogPieces pieces;

    // used by the following thread
    private final SlotFollower follower;

    // written by the reading thread, read by the thread that takes the frames
    private final FrameQueue queue = new FrameQueue(MAX_READ_AHEAD_BYTES);
    private volatile boolean finished;
    private volatile Lsn walEnd = Lsn.ZERO;
    /** The begin of the latest piece. */
    private volatile Lsn received = Lsn.ZERO;

    // shared by all threads
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(2);
    private final AtomicReference<SQLException> failure = new AtomicReference<>();

    private BacklogReader(
            Database database, List<Connection> connections, BacklogPieces pieces, SlotFollower follower) {
        this.database = database;
        this.connections = connections;
        this.pieces = pieces;
        this.follower = follower;
    }

    /**
     * Begins to read the backlog of a slot.
     *
     * @param database the database of the slot
     * @param name the name of slot and publication
     * @param backlogBytes the amount of WAL from which it counts as a backlog; the reader ends when a sixteenth of it is left
     * @param confirmed tells the position to which the slot may move
     * @param executor runs the threads
     * @throws SubscriptionException if the server refuses, for example because it has no slots left for the copies, or if
     *     a stream would be faster
     */
    public static BacklogReader open(
            Database database, String name, long backlogBytes, Supplier<Lsn> confirmed, Executor executor) {
        List<Connection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                connections.add(database.connect());
            }
            SlotFollower follower = new SlotFollower(connections.get(0), name, confirmed);
            SlotCopy first = new SlotCopy(connections.get(1), name);
            SlotCopy second = new SlotCopy(connections.get(2), name);
            SlotPosition start = first.copy(name);
            checkWorthwhile(start, name);
            second.copy(name); // claims a slot for it, or fails
            BacklogPieces pieces = new BacklogPieces(first, second, new BacklogPlan(backlogBytes), executor);
            BacklogReader reader = new BacklogReader(database, connections, pieces, follower);
            executor.execute(() -> reader.read(start));
            executor.execute(reader::follow);
            return reader;
        } catch (SQLException e) {
            connections.forEach(Connections::closeQuietly);
            throw SubscriptionException.of(e, "copying the slot " + name + " to catch up", database);
        } catch (RuntimeException e) {
            connections.forEach(Connections::closeQuietly);
            throw e;
        }
    }

    private static void checkWorthwhile(SlotPosition start, String name) {
        if (BacklogPlan.redecodesTooMuch(start)) {
            throw new SubscriptionException(
                    Remedy.RETRY,
                    "The restart_lsn of the replication slot " + name
                            + " is so far behind that the server would decode " + (start.redecodedBytes() >> 20)
                            + " MB of WAL again for each piece of the backlog.");
        }
    }

    /** Forwards all pieces; the task of the reading thread. */
    private void read(SlotPosition start) {
        try {
            readPieces(start);
        } catch (SQLException e) {
            fail(e);
        } catch (ExecutionException e) {
            fail(e.getCause() instanceof SQLException cause ? cause : unexpected(e.getCause()));
        } catch (Throwable e) { // an Error too must not leave the other threads waiting
            fail(unexpected(e));
        } finally {
            pieces.close();
            ended.countDown();
        }
    }

    private void readPieces(SlotPosition start) throws SQLException, ExecutionException, InterruptedException {
        double messagesPerSecond = BacklogPlan.UNKNOWN_RATE;
        walEnd = start.walEnd();
        Piece piece = pieces.first(start);
        while (piece.messages() != null) {
            Future<Piece> next = pieces.after(piece, messagesPerSecond);
            long begunNanos = System.nanoTime();
            long messageBytes = forward(piece.messages());
            if (isClosing()) {
                return;
            }
            if (BacklogPlan.isWide(messageBytes)) {
                LOG.info(
                        "The backlog's changes have {} bytes on average, which a walsender sends faster", messageBytes);
                pieces.cancel();
                break;
            }
            messagesPerSecond = piece.limit() * 1e9 / Math.max(1, System.nanoTime() - begunNanos);
            piece = next.get();
            walEnd = piece.start().walEnd();
            received = piece.start().confirmedLsn();
            // confirms WAL without any change for us, too: a backlog of nothing else would never end
            queue.put(List.of(new WalFrame.Keepalive(piece.start().confirmedLsn())), 0);
        }
        finished = true;
    }

    /** Returns how many bytes a message has on average. */
    private long forward(SlotCopy.Messages messages) throws SQLException {
        List<WalFrame> frames = new ArrayList<>();
        long bytes = 0;
        long allBytes = 0;
        long count = 0;
        ByteBuffer message;
        while ((message = messages.next()) != null) {
            if (isClosing()) {
                return 0;
            }
            frames.add(new WalFrame.Data(message));
            bytes += message.remaining();
            allBytes += message.remaining();
            count++;
            if (bytes >= MAX_CHUNK_BYTES) {
                put(frames, bytes);
                frames = new ArrayList<>();
                bytes = 0;
            }
        }
        put(frames, bytes);
        return allBytes / Math.max(1, count);
    }

    /** Waits for room afterwards, so that nothing is read that cannot be put. */
    private void put(List<WalFrame> frames, long bytes) {
        queue.put(frames, bytes);
        while (!queue.hasRoom() && !isClosing()) {
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    /** Moves the slot until this is closed; the task of the following thread. */
    private void follow() {
        try {
            follower.follow(closing);
        } catch (SQLException e) {
            fail(e);
            pieces.abort(); // they may wait endlessly for the same server
        } catch (InterruptedException e) {
            LOG.debug("Interrupted while the slot follows", e); // what the slot did not pass comes again
        } finally {
            follower.close();
            ended.countDown();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void fail(SQLException e) {
        failure.compareAndSet(null, e);
    }

    private static SQLException unexpected(Throwable e) {
        return new SQLException("Catching up failed: " + e, e);
    }

    @Override
    public List<WalFrame> poll(long millis) throws InterruptedException {
        List<WalFrame> next = queue.poll(millis);
        checkAlive();
        return next;
    }

    @Override
    public void wake() {
        queue.wake();
    }

    @Override
    public void checkAlive() {
        SQLException broken = failure.get();
        if (broken != null) {
            throw SubscriptionException.of(broken, "catching up", database);
        }
    }

    @Override
    public boolean isExhausted() {
        return finished && queue.isEmpty();
    }

    @Override
    public Lsn walEnd() {
        return walEnd;
    }

    @Override
    public Lsn received() {
        return received;
    }

    /** Returns the present: the reading thread may wait for the server for as long as it decodes, and that is limited there. */
    @Override
    public long readerAliveNanos() {
        return System.nanoTime();
    }

    @Override
    public void close() {
        closing.countDown();
        if (failure.get() == null && !finished) {
            pieces.cancel();
        }
        try {
            if (ended.await(MAX_CLOSE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.forEach(Connections::abortQuietly);
    }
}
