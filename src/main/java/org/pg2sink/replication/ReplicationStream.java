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
import java.util.function.Supplier;
import org.pg2sink.pgoutput.Lsn;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyDual;
import org.postgresql.util.PSQLState;

/**
 * Streams a slot over a replication connection. A thread of its own does all I/O: it reads ahead, up to a bounded number
 * of bytes, and reports the confirmed position even while nobody takes what was read. So a slow sink neither lets the
 * walsender time out nor lets memory grow. One other thread takes the frames with {@link #poll}.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">Streaming Replication Protocol</a>
 */
public final class ReplicationStream implements WalSource {

    /** SQLSTATE by which servers before 18 refuse a change that is older than the publication. */
    private static final String UNDEFINED_OBJECT = "42704";

    private static final long MAX_READ_AHEAD_BYTES = 2L << 20;
    private static final int MAX_CHUNK_BYTES = 64 << 10;
    /**
     * Limits how long frames wait for more. The driver waits up to a millisecond for each frame, so without a limit a
     * steady trickle would be held back until the chunk is full.
     */
    private static final long MAX_CHUNK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** Soon after something came more is likely to come. */
    private static final long SHORT_NAP_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private static final long SHORT_NAPS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** A position that moved is reported no more often than this. */
    private static final long MIN_STATUS_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** The position is reported at least this often. */
    private static final long MAX_STATUS_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** After this silence the server is asked to reply. */
    private static final long REPLY_REQUEST_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** After this silence the connection counts as broken. */
    private static final long MAX_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** The same after a failure: a server that is only slow would never get further otherwise. */
    private static final long MAX_PATIENT_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** Limits how long closing waits for the server to acknowledge the last status. */
    private static final long MAX_GOODBYE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Time after which the server gives up on a client that is silent. It answers after half of it even while it decodes. */
    static final String SERVER_TIMEOUT = "20s";

    private static final int DATA_HEADER_BYTES = 1 + 3 * Long.BYTES;

    /** Referenced on purpose: pgjdbc closes a connection that is garbage collected, even if its copy is in use. */
    private final Connection connection;

    private final CopyDual copy;
    private final Database database;
    private final String name;
    private final Supplier<Lsn> confirmed;
    private final long maxSilenceNanos;

    // written by the reading thread, read by the others
    private final FrameQueue frames = new FrameQueue(MAX_READ_AHEAD_BYTES);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile SQLException failure;
    /** An LSN like {@code received}. They are plain numbers because each message brings two. */
    private volatile long walEnd;

    /** What {@code received} was after the latest chunk. */
    private volatile long receivedByChunk;

    private volatile long aliveNanos = System.nanoTime();

    // written by the thread that closes
    private volatile boolean closing;

    // owned by the reading thread
    private long received;
    private Lsn lastConfirmed = Lsn.ZERO;
    private long lastStatusNanos = System.nanoTime();
    private long lastHeardNanos = System.nanoTime();
    private boolean answered;
    private boolean greeted;

    /** Creates a stream that nobody reads yet; for {@link #open}, and for tests that play the server. */
    ReplicationStream(
            Database database,
            String name,
            Connection connection,
            CopyDual copy,
            Supplier<Lsn> confirmed,
            boolean patient) {
        this.database = database;
        this.name = name;
        this.connection = connection;
        this.copy = copy;
        this.confirmed = confirmed;
        this.maxSilenceNanos = patient ? MAX_PATIENT_SILENCE_NANOS : MAX_SILENCE_NANOS;
    }

    /**
     * Starts to stream a slot.
     *
     * @param database the database of the slot
     * @param name the name of slot and publication
     * @param startLsn where to start; the server starts no earlier than at the slot's confirmed position
     * @param confirmed tells the position to report as flushed; 0 reports none
     * @param patient whether the server may be silent for longer than usual
     * @param executor runs the reading thread
     * @throws SubscriptionException if the server refuses
     */
    public static ReplicationStream open(
            Database database, String name, Lsn startLsn, Supplier<Lsn> confirmed, boolean patient, Executor executor) {
        Connection connection = database.connectForReplication();
        try {
            CopyDual copy =
                    connection.unwrap(PGConnection.class).getCopyAPI().copyDual(startReplication(name, startLsn));
            ReplicationStream stream = new ReplicationStream(database, name, connection, copy, confirmed, patient);
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

    private static String startReplication(String name, Lsn startLsn) {
        return "START_REPLICATION SLOT " + Sql.quoted(name) + " LOGICAL "
                + startLsn
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
    public void wake() {
        frames.wake();
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
    public Lsn walEnd() {
        return new Lsn(walEnd);
    }

    @Override
    public Lsn received() {
        return new Lsn(receivedByChunk);
    }

    @Override
    public long readerAliveNanos() {
        return aliveNanos;
    }

    /** Reports the confirmed position a last time, waits a little for the server to acknowledge it, and disconnects. */
    @Override
    public void close() {
        closing = true;
        try {
            if (!ended.await(2 * MAX_GOODBYE_NANOS, TimeUnit.NANOSECONDS)) {
                Connections.abortQuietly(connection);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads until the stream is closed or fails; the task of the reading thread. */
    void read() {
        try {
            while (!closing) {
                boolean worked = frames.hasRoom() ? readChunk() : pause();
                sendStatusIfDue();
                if (!worked) {
                    boolean soon = frames.hasRoom() && System.nanoTime() - lastHeardNanos < SHORT_NAPS_NANOS;
                    LockSupport.parkNanos(soon ? SHORT_NAP_NANOS : NAP_NANOS);
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

    /** Leaves the queue full. As long as nothing is read, silence says nothing about the server. */
    private boolean pause() {
        lastHeardNanos = System.nanoTime();
        return false;
    }

    private boolean readChunk() throws SQLException {
        List<WalFrame> chunk = null;
        long bytes = 0;
        long firstNanos = 0;
        byte[] frame;
        while (bytes < MAX_CHUNK_BYTES
                && (chunk == null || System.nanoTime() - firstNanos < MAX_CHUNK_NANOS)
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
        receivedByChunk = received;
        frames.put(chunk, bytes);
        return true;
    }

    private WalFrame frame(byte[] bytes) throws SQLException {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        switch (bytes[0]) {
            case 'w' -> {
                see(frame.getLong(1));
                walEnd = frame.getLong(1 + Long.BYTES);
                return new WalFrame.Data(frame.position(DATA_HEADER_BYTES));
            }
            case 'k' -> {
                long end = frame.getLong(1);
                see(end);
                walEnd = end;
                answered = true;
                if (bytes[1 + 2 * Long.BYTES] != 0) {
                    sendStatus(false);
                }
                return new WalFrame.Keepalive(new Lsn(end));
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
        aliveNanos = now;
        if (now - lastHeardNanos > maxSilenceNanos) {
            throw new SQLException(
                    "the server has been silent for " + TimeUnit.NANOSECONDS.toSeconds(maxSilenceNanos) + " seconds",
                    PSQLState.CONNECTION_FAILURE.getState());
        }
        long sinceStatus = now - lastStatusNanos;
        if (sinceStatus >= MAX_STATUS_INTERVAL_NANOS
                || sinceStatus >= MIN_STATUS_INTERVAL_NANOS && !confirmed.get().equals(lastConfirmed)) {
            // the first reply shows that the stream works, even if there is nothing to stream
            sendStatus(!greeted || now - lastHeardNanos > REPLY_REQUEST_NANOS);
            greeted = true;
        }
    }

    private void sendStatus(boolean replyRequested) throws SQLException {
        lastConfirmed = confirmed.get();
        ByteBuffer status = ByteBuffer.allocate(2 + 4 * Long.BYTES);
        status.put((byte) 'r')
                .putLong(new Lsn(received).max(lastConfirmed).value())
                .putLong(lastConfirmed.value())
                .putLong(lastConfirmed.value())
                .putLong(0) // our clock, which the server only displays
                .put((byte) (replyRequested ? 1 : 0));
        copy.writeToCopy(status.array(), 0, status.capacity());
        copy.flushCopy();
        lastStatusNanos = System.nanoTime();
    }

    /** Discards what still comes: it is not confirmed, so the next connection gets it again. */
    private void sayGoodbye() throws SQLException {
        sendStatus(true);
        answered = false;
        long deadline = System.nanoTime() + MAX_GOODBYE_NANOS;
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
