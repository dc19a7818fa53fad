package org.pg2sink.replication;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.pg2sink.changelog.Transaction;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyDual;
import org.postgresql.util.PSQLState;

/**
 * A replication connection that streams a slot. One thread of its own does all I/O: it reads ahead, up to a bounded
 * number of bytes, and tells the server the confirmed position, also while nobody takes what was read; so a slow sink
 * neither lets the walsender time out nor lets memory grow. One other thread takes the frames with {@link #poll}.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">Streaming Replication Protocol</a>
 */
public final class ReplicationStream implements WalSource {

    /** What servers before 18 say of a publication that was not there when a change was made. */
    private static final String UNDEFINED_OBJECT = "42704";

    private static final long READ_AHEAD_BYTES = 8L << 20;
    private static final int CHUNK_BYTES = 64 << 10;
    /**
     * How long what was read waits for more. The driver looks for it up to a millisecond each time, so where messages
     * always come as soon as that, a chunk would have to fill up.
     */
    private static final long CHUNK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** How soon the server hears of a position that moved. */
    private static final long CONFIRM_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** How often it hears from us at all. */
    private static final long STATUS_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** After so much silence the server is asked for a sign of life, and after so much more it is given up. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(40);
    /** How long closing waits for the server to acknowledge the last status. */
    private static final long GOODBYE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final int DATA_HEADER = 1 + 3 * Long.BYTES;

    /** Strong on purpose: pgjdbc closes a connection that is garbage collected, though its copy is in use. */
    private final Connection connection;

    private final CopyDual copy;
    private final Database database;
    private final String name;
    private final LongSupplier confirmed;
    private final FrameQueue frames = new FrameQueue(READ_AHEAD_BYTES);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile SQLException failure;
    private volatile long walEnd;

    // owned by the reading thread
    private long received;
    private long lastConfirmed;
    private long lastStatusNanos = System.nanoTime();
    private long lastHeardNanos = System.nanoTime();
    private boolean answered;
    private boolean greeted;

    /** For {@link #open}, and for tests that stand for the server. */
    ReplicationStream(Database database, String name, Connection connection, CopyDual copy, LongSupplier confirmed) {
        this.database = database;
        this.name = name;
        this.connection = connection;
        this.copy = copy;
        this.confirmed = confirmed;
    }

    /**
     * Starts to stream what the slot holds.
     *
     * @param database where
     * @param name the name of slot and publication
     * @param startLsn from where; the server begins no earlier than the slot's confirmed position
     * @param confirmed asked for the position to report as flushed; 0 reports none
     * @param executor runs the reading thread
     * @throws SubscriptionException if the server does not let it
     */
    public static ReplicationStream open(
            Database database, String name, long startLsn, LongSupplier confirmed, Executor executor) {
        Connection connection = database.connectForReplication();
        try {
            CopyDual copy =
                    connection.unwrap(PGConnection.class).getCopyAPI().copyDual(startReplication(name, startLsn));
            ReplicationStream stream = new ReplicationStream(database, name, connection, copy, confirmed);
            executor.execute(stream::read);
            return stream;
        } catch (SQLException e) {
            Connections.closeQuietly(connection);
            throw SubscriptionException.of(e, "starting to stream from slot " + name, database);
        } catch (RuntimeException e) {
            Connections.closeQuietly(connection);
            throw e;
        }
    }

    private static String startReplication(String name, long startLsn) {
        return "START_REPLICATION SLOT " + Sql.quoted(name) + " LOGICAL "
                + Transaction.lsnText(startLsn)
                + " (proto_version '1', messages 'true', publication_names "
                + Sql.literal(Sql.quoted(name)) + ")";
    }

    @Override
    public List<WalFrame> poll(long millis) throws InterruptedException {
        List<WalFrame> next = frames.poll(millis);
        checkAlive();
        return next;
    }

    @Override
    public void checkAlive() {
        SQLException broken = failure;
        if (broken != null) {
            throw UNDEFINED_OBJECT.equals(broken.getSQLState())
                    ? SubscriptionException.olderThanPublication(name)
                    : SubscriptionException.of(broken, "streaming", database);
        }
    }

    @Override
    public long walEnd() {
        return walEnd;
    }

    /** Tells the server the confirmed position a last time, waits a little for its answer, and disconnects. */
    @Override
    public void close() {
        closing = true;
        try {
            if (!ended.await(2 * GOODBYE_NANOS, TimeUnit.NANOSECONDS)) {
                Connections.abortQuietly(connection);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of the reading thread. */
    void read() {
        try {
            while (!closing) {
                boolean worked = frames.hasRoom() ? readChunk() : pause();
                sendStatusIfDue();
                if (!worked) {
                    LockSupport.parkNanos(NAP_NANOS);
                }
            }
            sayGoodbye();
        } catch (SQLException e) {
            failure = e;
        } catch (Throwable e) { // an Error too must not leave the other thread waiting
            failure = new SQLException("The replication connection failed: " + e, e);
        } finally {
            Connections.closeQuietly(connection);
            ended.countDown();
        }
    }

    /** The queue is full; as long as we do not read, silence says nothing of the server. */
    private boolean pause() {
        lastHeardNanos = System.nanoTime();
        return false;
    }

    private boolean readChunk() throws SQLException {
        List<WalFrame> chunk = null;
        long bytes = 0;
        long firstNanos = 0;
        byte[] frame;
        while (bytes < CHUNK_BYTES
                && (chunk == null || System.nanoTime() - firstNanos < CHUNK_NANOS)
                && (frame = copy.readFromCopy(false)) != null) {
            if (chunk == null) {
                chunk = new ArrayList<>();
                firstNanos = System.nanoTime();
            }
            chunk.add(frame(frame));
            bytes += frame.length;
        }
        if (chunk == null) {
            if (!copy.isActive()) {
                throw new SQLException("the server ended the stream", PSQLState.CONNECTION_FAILURE.getState());
            }
            return false;
        }
        lastHeardNanos = System.nanoTime();
        frames.put(chunk, bytes);
        return true;
    }

    private WalFrame frame(byte[] bytes) throws SQLException {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        switch (bytes[0]) {
            case 'w' -> {
                see(frame.getLong(1));
                walEnd = frame.getLong(1 + Long.BYTES);
                return new WalFrame.Data(frame.position(DATA_HEADER));
            }
            case 'k' -> {
                long end = frame.getLong(1);
                see(end);
                walEnd = end;
                answered = true;
                if (bytes[1 + 2 * Long.BYTES] != 0) {
                    sendStatus(false);
                }
                return new WalFrame.Keepalive(end);
            }
            default ->
                throw new SQLException(
                        "expected a 'w' or 'k' frame, but found 0x" + Integer.toHexString(bytes[0] & 0xff),
                        PSQLState.PROTOCOL_VIOLATION.getState());
        }
    }

    private void see(long lsn) {
        if (Long.compareUnsigned(lsn, received) > 0) {
            received = lsn;
        }
    }

    private void sendStatusIfDue() throws SQLException {
        long now = System.nanoTime();
        if (now - lastHeardNanos > DEAD_NANOS) {
            throw new SQLException(
                    "the server has been silent for " + TimeUnit.NANOSECONDS.toSeconds(DEAD_NANOS) + " seconds",
                    PSQLState.CONNECTION_FAILURE.getState());
        }
        long sinceStatus = now - lastStatusNanos;
        if (sinceStatus >= STATUS_NANOS || sinceStatus >= CONFIRM_NANOS && confirmed.getAsLong() != lastConfirmed) {
            // the first answer tells that the stream works, also where there is nothing to stream
            sendStatus(!greeted || now - lastHeardNanos > SILENCE_NANOS);
            greeted = true;
        }
    }

    private void sendStatus(boolean replyRequested) throws SQLException {
        lastConfirmed = confirmed.getAsLong();
        ByteBuffer status = ByteBuffer.allocate(2 + 4 * Long.BYTES);
        status.put((byte) 'r')
                .putLong(Long.compareUnsigned(received, lastConfirmed) > 0 ? received : lastConfirmed)
                .putLong(lastConfirmed)
                .putLong(lastConfirmed)
                .putLong(0) // our clock, which the server only shows
                .put((byte) (replyRequested ? 1 : 0));
        copy.writeToCopy(status.array(), 0, status.capacity());
        copy.flushCopy();
        lastStatusNanos = System.nanoTime();
    }

    /** What still comes is thrown away: it is not confirmed, so the next connection gets it again. */
    private void sayGoodbye() throws SQLException {
        sendStatus(true);
        answered = false;
        long deadline = System.nanoTime() + GOODBYE_NANOS;
        while (!answered && System.nanoTime() < deadline) {
            byte[] frame = copy.readFromCopy(false);
            if (frame != null) {
                frame(frame);
            } else if (!copy.isActive()) {
                return;
            } else {
                LockSupport.parkNanos(NAP_NANOS);
            }
        }
    }
}
