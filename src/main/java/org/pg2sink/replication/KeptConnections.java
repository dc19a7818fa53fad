package org.pg2sink.replication;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;

/**
 * Keeps ordinary connections to a database open between uses. A use takes an idle connection or opens one. It gives the
 * connection back if it succeeds, and closes it if it throws, because the connection may be broken.
 *
 * <ul>
 *   <li>A connection that was idle for some seconds is checked before it is used. So is one that was idle when another use
 *       failed: after a restart of the server one use fails, not one for each connection.
 *   <li>There are as many connections as threads that use one at the same time. One that nobody needed for a minute is
 *       closed.
 *   <li>A connection plans each prepared statement once, whatever its parameters are.
 *   <li>A use after {@link #close} gets a connection of its own, so that what is under way can still be recorded.
 * </ul>
 *
 * Safe for any thread, without locks.
 */
public final class KeptConnections implements AutoCloseable {

    private static final long MAX_UNCHECKED_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long MAX_IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MAX_CHECK_SECONDS = 5;

    /** The same few statements run again and again, and to plan one takes longer than to run it. */
    private static final String PLAN_ONCE = "set plan_cache_mode = 'force_generic_plan'";

    private final Database database;
    private final Deque<Idle> idle = new ConcurrentLinkedDeque<>();
    private final Set<Connection> used = ConcurrentHashMap.newKeySet();
    private volatile long failedNanos = System.nanoTime();
    private volatile boolean closed;

    private record Idle(Connection connection, long sinceNanos) {}

    /** A use of a connection, which is in autocommit mode and is to be left so. */
    @FunctionalInterface
    public interface Work<T> {

        T on(Connection connection) throws SQLException;
    }

    /** A use of a connection that returns nothing. */
    @FunctionalInterface
    public interface Action {

        void on(Connection connection) throws SQLException;
    }

    public KeptConnections(Database database) {
        this.database = database;
    }

    /**
     * Does some work on a connection and returns its result.
     *
     * @param doing what the work does, for the error: {@code "looking for import jobs"}
     * @throws SubscriptionException if there is no connection, or the work throws an {@link SQLException}
     */
    public <T> T with(String doing, Work<T> work) {
        Connection connection = take(doing);
        boolean succeeded = false;
        try {
            T result = work.on(connection);
            succeeded = true;
            return result;
        } catch (SQLException e) {
            throw SubscriptionException.of(e, doing, database);
        } finally {
            used.remove(connection);
            if (succeeded) {
                keep(connection);
            } else {
                failedNanos = System.nanoTime();
                Connections.closeQuietly(connection);
            }
        }
    }

    /** Does some work without a result, as {@link #with} does. */
    public void run(String doing, Action action) {
        with(doing, connection -> {
            action.on(connection);
            return null;
        });
    }

    private Connection take(String doing) {
        Connection connection = null;
        Idle latest = idle.pollFirst();
        while (connection == null && latest != null) {
            if (isUsable(latest)) {
                connection = latest.connection;
            } else {
                Connections.closeQuietly(latest.connection);
                latest = idle.pollFirst();
            }
        }
        if (connection == null) {
            connection = connect(doing);
        }
        used.add(connection);
        return connection;
    }

    private Connection connect(String doing) {
        Connection connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute(PLAN_ONCE);
            return connection;
        } catch (SQLException e) {
            Connections.closeQuietly(connection);
            throw SubscriptionException.of(e, doing, database);
        }
    }

    private boolean isUsable(Idle candidate) {
        boolean trusted = !isOlder(candidate, MAX_UNCHECKED_NANOS) && candidate.sinceNanos - failedNanos > 0;
        try {
            return trusted || candidate.connection.isValid(MAX_CHECK_SECONDS);
        } catch (SQLException e) {
            throw new IllegalStateException(e); // only for a negative timeout
        }
    }

    private static boolean isOlder(Idle candidate, long nanos) {
        return System.nanoTime() - candidate.sinceNanos > nanos;
    }

    private void keep(Connection connection) {
        idle.addFirst(new Idle(connection, System.nanoTime()));
        Idle oldest = idle.pollLast();
        if (oldest != null && isOlder(oldest, MAX_IDLE_NANOS)) {
            Connections.closeQuietly(oldest.connection);
        } else if (oldest != null) {
            idle.addLast(oldest);
        }
        if (closed) { // asked only now, so that no connection is added after close() has emptied the queue
            closeIdle();
        }
    }

    private void closeIdle() {
        for (Idle next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            Connections.closeQuietly(next.connection);
        }
    }

    /** Closes the idle connections, and aborts the others: a read may otherwise last for minutes. */
    @Override
    public void close() {
        closed = true;
        closeIdle();
        used.forEach(Connections::abortQuietly);
    }
}
