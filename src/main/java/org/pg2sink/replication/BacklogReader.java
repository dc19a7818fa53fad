package org.pg2sink.replication;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.replication.SubscriptionException.Remedy;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the backlog of a slot by SQL, in large pieces, several times as fast as from a walsender, which makes a system call
 * for each message. What is read is a temporary copy of the slot; the slot itself stays the durable position, and follows
 * what was delivered every few seconds and at the end.
 *
 * <ul>
 *   <li>The server decodes a piece as a whole and keeps it in a temporary file before it sends any of it. It never cuts a
 *       transaction, so one that is larger than a piece makes a larger one.
 *   <li>Nobody streams from the slot meanwhile, so it does not look busy: an advisory lock keeps other instances waiting.
 *   <li>When little is left it {@linkplain #isExhausted ends}; the rest is for a {@link ReplicationStream}.
 * </ul>
 *
 * Two threads of its own, each with a connection: one reads ahead, one moves the slot.
 *
 * @see <a href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION">Replication Management
 *     Functions</a>
 */
public final class BacklogReader implements WalSource {

    private static final Logger LOG = LoggerFactory.getLogger(BacklogReader.class);

    private static final int PIECE_MESSAGES = 300_000;
    private static final long READ_AHEAD_BYTES = 16L << 20;
    private static final int CHUNK_BYTES = 128 << 10;
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long ADVANCE_MILLIS = 5_000;
    /** How long closing waits until the slot has followed; it decodes what it passes. */
    private static final long GOODBYE_SECONDS = 8;
    /** How long the server may take to answer, and to move the slot. */
    private static final int ANSWER_MILLIS = 20_000;

    private static final int MOVE_MILLIS = 600_000;

    /** So that the server lets go of slot and lock when this client's machine is gone. */
    private static final String KEEPALIVES =
            "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 4";

    /** What the binary format of COPY begins with. */
    private static final int COPY_HEADER = 19;

    /** What stands before the value in a row of one column: the number of columns, the length. */
    private static final int ROW_HEADER = Short.BYTES + Integer.BYTES;

    private final Database database;
    private final String name;
    private final String copyName;
    private final long enoughBytes;
    private final LongSupplier confirmed;
    private final Connection reading;
    private final Connection advancing;
    private final FrameQueue queue = new FrameQueue(READ_AHEAD_BYTES);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(2);
    private volatile boolean read;
    private volatile SQLException failure;
    private volatile long walEnd;

    private BacklogReader(
            Database database,
            String name,
            long enoughBytes,
            LongSupplier confirmed,
            Connection reading,
            Connection advancing) {
        this.database = database;
        this.name = name;
        this.copyName = "pg2sink_" + UUID.randomUUID().toString().replace('-', '_');
        this.enoughBytes = enoughBytes;
        this.confirmed = confirmed;
        this.reading = reading;
        this.advancing = advancing;
    }

    /**
     * Begins to read what the slot holds.
     *
     * @param database where
     * @param name the name of slot and publication
     * @param enoughBytes when so little is left, it ends
     * @param confirmed asked for the position to which the slot may move
     * @param executor runs its threads
     * @throws SubscriptionException if the server does not let it, as when it has no slot to spare for the copy
     */
    public static BacklogReader open(
            Database database, String name, long enoughBytes, LongSupplier confirmed, Executor executor) {
        Connection reading = database.connect();
        Connection advancing = null;
        try {
            advancing = database.connect();
            BacklogReader reader = new BacklogReader(database, name, enoughBytes, confirmed, reading, advancing);
            reader.prepare();
            executor.execute(reader::read);
            executor.execute(reader::advance);
            return reader;
        } catch (SQLException e) {
            closeQuietly(reading);
            closeQuietly(advancing);
            throw SubscriptionException.of(e, "copying the slot " + name + " to catch up", database);
        } catch (RuntimeException e) {
            closeQuietly(reading);
            closeQuietly(advancing);
            throw e;
        }
    }

    private void prepare() throws SQLException {
        if (!CatchUpLock.tryTake(advancing, name)) { // that connection stays to the end
            throw new SubscriptionException(Remedy.WAIT, "Another instance catches up with the slot " + name + ".");
        }
        try (Statement statement = advancing.createStatement();
                ResultSet slot = statement.executeQuery("select active_pid from pg_replication_slots where slot_name = "
                        + Identifiers.literal(name) + " and active_pid is not null")) {
            if (slot.next()) {
                throw new SubscriptionException(
                        Remedy.WAIT,
                        "The replication slot " + name + " is in use by the server process " + slot.getString(1)
                                + ": waiting for it to become free.");
            }
        }
        for (Connection connection : List.of(reading, advancing)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(KEEPALIVES);
            }
        }
        // a piece is decoded before any of it is sent; whether the server is still there, the other connection finds
        // out
        reading.setNetworkTimeout(Runnable::run, 0);
        query("select pg_copy_logical_replication_slot(" + Identifiers.literal(name) + ", "
                + Identifiers.literal(copyName) + ", true)");
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
    private void read() {
        try {
            do {
                readPiece();
            } while (left() > enoughBytes && closing.getCount() > 0);
            read = true;
        } catch (SQLException e) {
            fail(e);
        } catch (Throwable e) { // an Error too must not leave the other thread waiting
            fail(new SQLException("Catching up failed: " + e, e));
        } finally {
            closeQuietly(reading);
            ended.countDown();
        }
    }

    private void readPiece() throws SQLException {
        CopyOut copy = reading.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (select data from pg_logical_slot_get_binary_changes(" + Identifiers.literal(copyName)
                        + ", null, " + PIECE_MESSAGES
                        + ", 'proto_version', '1', 'messages', 'true', 'publication_names', "
                        + Identifiers.literal(Identifiers.quote(name)) + ")) to stdout (format binary)");
        boolean first = true;
        List<WalFrame> frames = new ArrayList<>();
        long bytes = 0;
        byte[] row;
        while ((row = copy.readFromCopy()) != null) {
            if (closing.getCount() == 0) {
                copy.cancelCopy();
                return;
            }
            ByteBuffer data = ByteBuffer.wrap(row);
            if (first) {
                data.position(COPY_HEADER); // it comes with the first row
                first = false;
            }
            if (data.remaining() <= ROW_HEADER) {
                continue; // the trailer
            }
            frames.add(new WalFrame.Data(data.position(data.position() + ROW_HEADER)));
            bytes += row.length;
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

    /** How many bytes of WAL the copy of the slot has not read yet. */
    private long left() throws SQLException {
        String[] positions = query(
                        "select pg_current_wal_flush_lsn() || ' ' || confirmed_flush_lsn from pg_replication_slots"
                                + " where slot_name = " + Identifiers.literal(copyName))
                .split(" ");
        walEnd = LogSequenceNumber.valueOf(positions[0]).asLong();
        long read = LogSequenceNumber.valueOf(positions[1]).asLong();
        // what concerned nobody can be confirmed too; else a backlog of that alone would never end
        queue.put(List.of(new WalFrame.Keepalive(read)), 0);
        return walEnd - read;
    }

    private String query(String sql) throws SQLException {
        try (Statement statement = reading.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** On its own thread. */
    private void advance() {
        long moved = 0;
        try {
            boolean open = true;
            while (open) {
                open = !closing.await(ADVANCE_MILLIS, TimeUnit.MILLISECONDS);
                checkServer();
                long position = confirmed.getAsLong();
                if (position != moved) {
                    advanceTo(position);
                    moved = position;
                }
            }
        } catch (SQLException e) {
            fail(e);
            abort(reading); // which may wait for the same server, without an end
        } catch (InterruptedException e) {
            LOG.debug("Interrupted while the slot {} follows", name); // what it did not pass comes again
        } finally {
            closeQuietly(advancing);
            ended.countDown();
        }
    }

    /** Also keeps what nobody hears of, that the session with the lock has ended, from going unnoticed. */
    private void checkServer() throws SQLException {
        advancing.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
        try (Statement statement = advancing.createStatement()) {
            statement.execute("select 1");
        }
    }

    private void advanceTo(long position) throws SQLException {
        advancing.setNetworkTimeout(Runnable::run, MOVE_MILLIS); // a slot moves as slowly as it decodes
        try (Statement statement = advancing.createStatement()) {
            statement.execute("select pg_replication_slot_advance(slot_name, '" + Transaction.lsnText(position)
                    + "') from pg_replication_slots where slot_name = " + Identifiers.literal(name)
                    + " and confirmed_flush_lsn < '" + Transaction.lsnText(position) + "'");
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
        try {
            if (ended.await(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        abort(reading);
        abort(advancing);
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("Could not abort a connection that caught up", e);
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.debug("Could not close a connection that caught up", e);
        }
    }
}
