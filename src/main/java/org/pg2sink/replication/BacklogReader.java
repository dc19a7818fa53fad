package org.pg2sink.replication;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.pg2sink.replication.SlotCopy.Piece;
import org.pg2sink.replication.SlotCopy.Position;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the backlog of a slot by SQL, in large pieces, several times as fast as from a walsender, which makes a system call
 * for each message. What is read are temporary copies of the slot; the slot itself stays the durable position, and
 * {@linkplain SlotFollower follows} what was delivered.
 *
 * <ul>
 *   <li>The server decodes a piece as a whole and keeps it in a temporary file before it sends any of it. So there are two
 *       connections: while a piece is read from one the server decodes the next for the other.
 *   <li>For each piece the server decodes again what lies between the slot's {@code restart_lsn} and its position, and that
 *       moves on only now and then. So a piece is made as large as what is decoded again for it, within bounds.
 *   <li>A transaction is never cut, so one that is larger than a piece makes a larger one.
 *   <li>When little is left, or too much would be decoded again, it {@linkplain #isExhausted ends}; the rest is for a
 *       {@link ReplicationStream}.
 * </ul>
 *
 * Three threads: one reads a piece; one decides meanwhile what comes after that, and waits for the server to decode it; one
 * moves the slot.
 */
public final class BacklogReader implements WalSource {

    private static final Logger LOG = LoggerFactory.getLogger(BacklogReader.class);

    /** How much WAL is left to the stream, as a part of what begins to be a backlog. */
    private static final int STREAMED_PART = 16;

    private static final long MOST_FIRST_PIECE_BYTES = 16L << 20;
    private static final long MOST_PIECE_BYTES = 256L << 20;
    /** A piece is sent in one statement, whose snapshot holds up VACUUM: not for long, however slow the sink. */
    private static final int MOST_PIECE_SECONDS = 30;
    /** So much WAL may be decoded again in any case: it takes no time. */
    private static final long FEW_BYTES = 64L << 20;
    /** How many times as much as it gives may be decoded again for a piece; with more it is slower than a walsender. */
    private static final int MOST_AGAIN = 8;
    /** How many bytes of WAL a message is of, until there is something to go by: rather too many than too few. */
    private static final int MANY_WAL_BYTES = 1024;

    private static final long READ_AHEAD_BYTES = 8L << 20;
    private static final int CHUNK_BYTES = 128 << 10;
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** How long closing waits until the slot has followed; it decodes what it passes. */
    private static final long GOODBYE_SECONDS = 8;

    private final Database database;
    private final long backlogBytes;
    private final Executor executor;
    private final List<Connection> connections;
    private final SlotFollower follower;
    /** Pieces come from them by turns. */
    private final SlotCopy[] copies;

    private final FrameQueue queue = new FrameQueue(READ_AHEAD_BYTES);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(2);
    private volatile boolean read;
    private volatile SQLException failure;
    private volatile long walEnd;
    /** How fast the latest piece was taken. */
    private volatile double messagesASecond = Double.MAX_VALUE;

    private BacklogReader(
            Database database,
            long backlogBytes,
            Executor executor,
            List<Connection> connections,
            SlotFollower follower,
            SlotCopy... copies) {
        this.database = database;
        this.backlogBytes = backlogBytes;
        this.executor = executor;
        this.connections = connections;
        this.follower = follower;
        this.copies = copies;
    }

    /**
     * A piece that the server has decoded.
     *
     * @param turn which of the copies it is of
     * @param start where that copy stood before it
     * @param messages how many it was asked to have
     * @param rows the messages; null if there is to be none, and the reader ends at {@code start}
     */
    private record Decoded(int turn, Position start, long messages, Piece rows) {}

    /**
     * Begins to read what the slot holds.
     *
     * @param database where
     * @param name the name of slot and publication
     * @param backlogBytes how much WAL begins to be a backlog; when a sixteenth of that is left, it ends
     * @param confirmed asked for the position to which the slot may move
     * @param executor runs its threads
     * @throws SubscriptionException if the server does not let it, as when it has no slots to spare for the copies, or if it
     *     would not be faster than a stream
     */
    public static BacklogReader open(
            Database database, String name, long backlogBytes, LongSupplier confirmed, Executor executor) {
        List<Connection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                connections.add(database.connect());
            }
            SlotFollower follower = new SlotFollower(connections.get(0), name, confirmed);
            SlotCopy first = new SlotCopy(connections.get(1), name);
            SlotCopy second = new SlotCopy(connections.get(2), name);
            BacklogReader reader =
                    new BacklogReader(database, backlogBytes, executor, connections, follower, first, second);
            Position start = first.copy(name);
            if (isTooFar(start)) {
                throw new SubscriptionException(
                        Remedy.RETRY,
                        "for each piece of the backlog the server would decode " + (start.again() >> 20)
                                + " MB again, so far behind is the restart_lsn of the slot.");
            }
            second.copy(name); // only so that there is a slot for it
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

    @Override
    public List<WalFrame> poll(long millis) throws InterruptedException {
        List<WalFrame> next = queue.poll(millis);
        checkAlive();
        return next;
    }

    @Override
    public void checkAlive() {
        SQLException broken = failure;
        if (broken != null) {
            throw SubscriptionException.of(broken, "catching up", database);
        }
    }

    @Override
    public boolean isExhausted() {
        return read && queue.isEmpty();
    }

    @Override
    public long walEnd() {
        return walEnd;
    }

    /** On its own thread. */
    private void read(Position start) {
        try {
            Decoded piece = decode(0, start, MANY_WAL_BYTES);
            while (piece.rows() != null) {
                Decoded current = piece;
                FutureTask<Decoded> next = new FutureTask<>(() -> decodeAfter(current));
                executor.execute(next);
                long begun = System.nanoTime();
                forward(current.rows());
                if (closing.getCount() == 0) {
                    return;
                }
                messagesASecond = current.messages() * 1e9 / Math.max(1, System.nanoTime() - begun);
                piece = next.get();
                walEnd = piece.start().walEnd();
                // what concerned nobody can be confirmed too; else a backlog of that alone would never end
                queue.put(List.of(new WalFrame.Keepalive(piece.start().confirmedLsn())), 0);
            }
            read = true;
        } catch (SQLException e) {
            fail(e);
        } catch (ExecutionException e) {
            fail(e.getCause() instanceof SQLException cause ? cause : unexpected(e.getCause()));
        } catch (InterruptedException e) {
            fail(unexpected(e));
        } catch (Throwable e) { // an Error too must not leave the other threads waiting
            fail(unexpected(e));
        } finally {
            copies[0].close();
            copies[1].close();
            ended.countDown();
        }
    }

    private static SQLException unexpected(Throwable e) {
        return new SQLException("Catching up failed: " + e, e);
    }

    /** Has the server decode what comes after a piece, while that is read. */
    private Decoded decodeAfter(Decoded piece) throws SQLException {
        int turn = 1 - piece.turn();
        Position start = copies[turn].copy(copies[piece.turn()].name());
        if (start.left() <= enoughBytes() || isTooFar(start) || closing.getCount() == 0) {
            return new Decoded(turn, start, 0, null);
        }
        long passed = start.confirmedLsn() - piece.start().confirmedLsn();
        return decode(turn, start, Math.max(1, passed / piece.messages()));
    }

    /** @param messageBytes how many bytes of WAL a message is of */
    private Decoded decode(int turn, Position start, long messageBytes) throws SQLException {
        long bytes = Math.max(leastPieceBytes(), Math.min(start.again(), MOST_PIECE_BYTES));
        double most = Math.min(Integer.MAX_VALUE, messagesASecond * MOST_PIECE_SECONDS);
        long messages = Math.max(1, Math.min(bytes / messageBytes, (long) most));
        return new Decoded(turn, start, messages, copies[turn].begin(messages));
    }

    private long enoughBytes() {
        return backlogBytes / STREAMED_PART;
    }

    private long leastPieceBytes() {
        return Math.min(enoughBytes(), MOST_FIRST_PIECE_BYTES);
    }

    private static boolean isTooFar(Position position) {
        return position.again() > Math.max(FEW_BYTES, MOST_AGAIN * Math.min(position.left(), MOST_PIECE_BYTES));
    }

    private void forward(Piece piece) throws SQLException {
        List<WalFrame> frames = new ArrayList<>();
        long bytes = 0;
        ByteBuffer message;
        while ((message = piece.next()) != null) {
            if (closing.getCount() == 0) {
                return;
            }
            frames.add(new WalFrame.Data(message));
            bytes += message.remaining();
            if (bytes >= CHUNK_BYTES) {
                put(frames, bytes);
                frames = new ArrayList<>();
                bytes = 0;
            }
        }
        put(frames, bytes);
    }

    private void put(List<WalFrame> frames, long bytes) {
        while (!queue.hasRoom() && closing.getCount() > 0) {
            LockSupport.parkNanos(NAP_NANOS);
        }
        queue.put(frames, bytes);
    }

    /** On its own thread. */
    private void follow() {
        try {
            follower.follow(closing);
        } catch (SQLException e) {
            fail(e);
            for (SlotCopy copy : copies) {
                copy.abort(); // which may wait for the same server, without an end
            }
        } catch (InterruptedException e) {
            LOG.debug("Interrupted while the slot follows", e); // what it did not pass comes again
        } finally {
            follower.close();
            ended.countDown();
        }
    }

    private void fail(SQLException e) {
        if (failure == null) {
            failure = e;
        }
    }

    @Override
    public void close() {
        closing.countDown();
        if (failure == null && !read) {
            for (SlotCopy copy : copies) {
                copy.cancel(); // else the server would decode to the end of a piece
            }
        }
        try {
            if (ended.await(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.forEach(Connections::abortQuietly);
    }
}
