package org.pg2sink.component;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.pg2sink.TestDatabase;

/**
 * Four writers that change each row of the table {@code item} just once, in the order of their keys: one that was delivered
 * wrong stays wrong. Rows are updated, deleted, inserted again, and get another key, each in a transaction of its own.
 */
final class Sweep {

    static final int ROWS = 2000;

    private static final int WRITERS = 4;

    private final TestDatabase database;
    private final int rowsToATransaction;
    private final List<Future<?>> running = new ArrayList<>();
    private final AtomicInteger committed = new AtomicInteger();
    private int round;

    Sweep(TestDatabase database, int rowsToATransaction) {
        this.database = database;
        this.rowsToATransaction = rowsToATransaction;
    }

    static TableCopy createTable(TestDatabase database) {
        database.execute(
                "create table item (id bigint primary key, n int)",
                "insert into item select i, 0 from generate_series(1, " + ROWS + ") i");
        return new TableCopy("item", "id", "n");
    }

    /** Begins to change each row. */
    Sweep begin() {
        round++;
        committed.set(0);
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        for (int i = 0; i < WRITERS; i++) {
            int first = i;
            running.add(writers.submit(() -> write(first)));
        }
        writers.shutdown();
        return this;
    }

    /** Waits until a quarter of that has committed. */
    void awaitQuarter() {
        await().pollInterval(Duration.ofMillis(1)).until(() -> committed.get() >= ROWS / 4);
    }

    void awaitEnd() throws Exception {
        for (Future<?> writer : running) {
            writer.get();
        }
        running.clear();
    }

    private Void write(int first) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            int step = WRITERS * rowsToATransaction;
            for (int from = 1 + first * rowsToATransaction; from <= ROWS; from += step) {
                StringBuilder transaction = new StringBuilder();
                for (int id = from; id < from + rowsToATransaction; id++) {
                    transaction.append(change(id)).append(';');
                }
                statement.execute(transaction.toString()); // one message, so one transaction
                committed.addAndGet(rowsToATransaction);
            }
        }
        return null;
    }

    private String change(int id) {
        boolean back = round % 2 == 0;
        return switch (id % 3) {
            case 0 -> "update item set n = n + 1 where id = " + id;
            case 1 ->
                back ? "insert into item values (" + id + ", " + round + ")" : "delete from item where id = " + id;
            default -> "update item set n = n + 1, id = " + (back ? id : -id) + " where id = " + (back ? -id : id);
        };
    }
}
