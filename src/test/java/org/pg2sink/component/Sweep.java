package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

    /** Changes each row; returns when that has committed. */
    void run() throws Exception {
        round++;
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int first = i;
            running.add(writers.submit(() -> write(first)));
        }
        writers.shutdown();
        for (Future<?> writer : running) {
            writer.get();
        }
        assertThat(database.value("select count(*) > 0 from item")).isEqualTo("t");
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
