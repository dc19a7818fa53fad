package org.pg2sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Writers that change the {@link SubscribedTables} at random, each in so many transactions. */
final class SubscribedWriters implements AutoCloseable {

    private static final int WRITERS = 3;
    private static final int MAX_STATEMENTS = 10;

    private final ExecutorService executor = Executors.newFixedThreadPool(WRITERS);
    private final List<Future<?>> ends = new ArrayList<>();

    SubscribedWriters(TestDatabase source, int transactions, Random seeds) {
        for (int writer = 0; writer < WRITERS; writer++) {
            Random random = new Random(seeds.nextLong());
            String name = "writer " + writer;
            ends.add(executor.submit(() -> {
                try (Connection connection = source.connect();
                        Statement statement = connection.createStatement()) {
                    statement.execute("set lock_timeout = '2s'; set lc_monetary = 'C'");
                    for (int i = 0; i < transactions; i++) {
                        transact(connection, statement, random, name + " " + i);
                    }
                }
                return null;
            }));
        }
    }

    /** Runs a transaction, of which what the server refuses is rolled back to a savepoint, and at times more. */
    private static void transact(Connection connection, Statement statement, Random random, String name)
            throws SQLException {
        connection.setAutoCommit(false);
        int statements = 1 + random.nextInt(MAX_STATEMENTS);
        for (int i = 0; i < statements; i++) {
            statement.execute("savepoint s");
            try {
                statement.execute(SubscribedTables.statement(random));
                statement.execute("set constraints all immediate");
                statement.execute("set constraints all deferred");
            } catch (SQLException e) {
                statement.execute("rollback to s");
            }
            if (random.nextInt(12) == 0) {
                statement.execute("rollback to s");
            } else if (random.nextBoolean()) {
                statement.execute("release s");
            }
        }
        switch (random.nextInt(20)) {
            case 0 -> connection.rollback();
            case 1 -> {
                statement.execute("prepare transaction '" + name + "'");
                connection.setAutoCommit(true);
                statement.execute((random.nextInt(4) == 0 ? "rollback" : "commit") + " prepared '" + name + "'");
            }
            default -> connection.commit();
        }
    }

    /** Waits for their ends, and tells of errors. */
    @Override
    public void close() throws Exception {
        executor.shutdown();
        for (Future<?> end : ends) {
            end.get();
        }
    }
}
