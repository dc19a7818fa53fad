package org.pg2sink.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Connections that commit at a steady rate until they are told to stop. Each commit is due at a time of its own, whatever
 * became of those before it: who is late hurries, and nobody waits for whoever reads.
 */
final class Writers implements AutoCloseable {

    private static final int CONNECTIONS = 4;

    private final String url;
    private final Load load;
    private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    private final List<Future<Long>> writers = new ArrayList<>();
    private final long start = System.nanoTime();
    private volatile boolean stopped;

    Writers(String url, Load load) {
        this.url = url;
        this.load = load;
        for (int i = 1; i <= CONNECTIONS; i++) {
            int first = i;
            writers.add(threads.submit(() -> write(first)));
        }
    }

    /** Makes one in so many commits, and gives how many that were. */
    private long write(int first) throws SQLException {
        long commits = 0;
        try (Connection connection = DriverManager.getConnection(url + "&prepareThreshold=1");
                PreparedStatement statement = connection.prepareStatement(load.sql())) {
            for (long number = first; awaitDue(number); number += CONNECTIONS) {
                statement.setLong(1, number);
                statement.executeUpdate();
                commits++;
            }
        }
        return commits;
    }

    /** Tells whether it is to be made. */
    private boolean awaitDue(long number) {
        long due = start + number * 1_000_000_000L / load.commitsPerSecond();
        for (long nanos = due - System.nanoTime(); nanos > 0 && !stopped; nanos = due - System.nanoTime()) {
            LockSupport.parkNanos(nanos);
        }
        return !stopped;
    }

    /** Stops them, and gives how many commits they made. */
    long stop() throws InterruptedException {
        stopped = true;
        long commits = 0;
        for (Future<Long> writer : writers) {
            try {
                commits += writer.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("A writer failed", e.getCause());
            }
        }
        return commits;
    }

    @Override
    public void close() {
        stopped = true;
        threads.shutdownNow();
    }
}
