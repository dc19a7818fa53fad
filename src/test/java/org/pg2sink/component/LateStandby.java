package org.pg2sink.component;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.pg2sink.TestDatabase;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * A synchronous standby that has nothing but an answer, and gives it late. So every commit that waits for it is in the WAL
 * for a while, and streamed, before other sessions see it.
 */
final class LateStandby implements AutoCloseable {

    private static final String NAME = "late";
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final long lateNanos;
    private final Connection connection;
    private final PGReplicationStream stream;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<?> following;
    private volatile boolean closing;

    private record Received(LogSequenceNumber end, long nanos) {}

    /** Begins to follow the server; from now on its commits wait. */
    LateStandby(TestDatabase database, long lateMillis) throws SQLException {
        this.lateNanos = TimeUnit.MILLISECONDS.toNanos(lateMillis);
        Properties properties = new Properties();
        PGProperty.REPLICATION.set(properties, "true");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        PGProperty.APPLICATION_NAME.set(properties, NAME);
        this.connection = DriverManager.getConnection(database.url(), properties);
        this.stream = connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .physical()
                .withStartPosition(LogSequenceNumber.valueOf(database.value("select pg_current_wal_flush_lsn()")))
                .withAutomaticFlush(false)
                .start();
        this.following = thread.submit(this::follow);
        database.execute("alter system set synchronous_standby_names = '" + NAME + "'", "select pg_reload_conf()");
    }

    private Void follow() throws SQLException {
        Deque<Received> received = new ArrayDeque<>();
        while (!closing) {
            ByteBuffer wal = stream.readPending();
            if (wal != null) {
                received.add(new Received(stream.getLastReceiveLSN(), System.nanoTime()));
            }
            LogSequenceNumber acknowledged = null;
            while (!received.isEmpty() && System.nanoTime() - received.peek().nanos > lateNanos) {
                acknowledged = received.remove().end;
            }
            if (acknowledged != null) {
                stream.setFlushedLSN(acknowledged);
                stream.setAppliedLSN(acknowledged);
                stream.forceUpdateStatus();
            } else if (wal == null) {
                LockSupport.parkNanos(NAP_NANOS);
            }
        }
        return null;
    }

    /** Tells what went wrong, if anything did. */
    @Override
    public void close() throws SQLException, InterruptedException, ExecutionException {
        closing = true;
        thread.shutdown();
        following.get();
        connection.close();
    }
}
