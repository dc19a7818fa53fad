package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.postgresql.util.PSQLState;

/**
 * Writers that insert, update and delete at random, in transactions of any size, some rolled back in part or whole, until
 * they are closed. A few transactions are of wide rows, so that a batch of them is several megabytes.
 */
final class WriteLoad implements AutoCloseable {

    static final List<String> TABLES = List.of("narrow", "wide", "keyed");

    private static final int PAUSE_MILLIS = 20;
    private static final int KEYS = 2000;
    private static final int WIDE_KEYS = 60;

    private final TestDatabase database;
    private final ScheduledExecutorService writers;
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    private WriteLoad(TestDatabase database, int writers) {
        this.database = database;
        this.writers = Executors.newScheduledThreadPool(writers);
    }

    static void createTables(TestDatabase database) {
        database.execute(
                "create table narrow (id bigint primary key, n int, msg text)",
                "create table wide (id int primary key, n int, doc text)",
                "alter table wide alter doc set storage external",
                "create table keyed (a int, b text, amount numeric(10, 2), primary key (a, b))",
                "create schema elsewhere",
                "create table elsewhere.noise (id int)");
    }

    static WriteLoad start(TestDatabase database, int writers, long seed) throws SQLException {
        WriteLoad load = new WriteLoad(database, writers);
        for (int i = 0; i < writers; i++) {
            Random random = new Random(seed + i);
            Connection connection = database.connect();
            connection.setAutoCommit(false);
            load.writers.scheduleWithFixedDelay(
                    () -> load.write(connection, random), 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
        return load;
    }

    private void write(Connection connection, Random random) {
        try (Statement statement = connection.createStatement()) {
            for (String sql : transaction(random)) {
                statement.addBatch(sql);
            }
            statement.executeBatch();
            if (random.nextInt(10) == 0) {
                connection.rollback();
            } else {
                connection.commit();
            }
        } catch (SQLException e) {
            failed(connection, e);
        }
    }

    private void failed(Connection connection, SQLException e) {
        try {
            connection.rollback();
        } catch (SQLException ignored) {
            // the first one tells more
        }
        if (!PSQLState.DEADLOCK_DETECTED.getState().equals(e.getSQLState())) {
            failure.compareAndSet(null, e);
            throw new IllegalStateException(e); // ends this writer
        }
    }

    private static List<String> transaction(Random random) {
        int kind = random.nextInt(200);
        if (kind == 0) {
            return List.of("insert into wide select i, 0, repeat(md5(random()::text), " + (1 + random.nextInt(5000))
                    + ") from generate_series(1, " + WIDE_KEYS / 2 + ") i"
                    + " on conflict (id) do update set doc = excluded.doc");
        }
        if (kind < 3) {
            return List.of("insert into narrow select i, 0, 'many' from generate_series(1, " + KEYS + ") i"
                    + " on conflict (id) do update set n = narrow.n + 1, msg = 'more'");
        }
        int size = kind < 20 ? random.nextInt(200) : 1 + random.nextInt(10);
        List<String> statements = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            statements.addAll(List.of(statement(random).split("; ")));
        }
        return statements;
    }

    private static String statement(Random random) {
        int id = 1 + random.nextInt(KEYS);
        int wide = 1 + random.nextInt(WIDE_KEYS);
        int n = random.nextInt();
        int kind = random.nextInt(100);
        if (kind < 40) {
            return sql(
                    "insert into narrow values (%d, %d, 'é %s') on conflict (id) do update set n = excluded.n",
                    id, n, n);
        } else if (kind < 55) {
            return sql("delete from narrow where id = %d", id);
        } else if (kind < 56) {
            return sql(
                    "insert into wide values (%d, %d, repeat('%x', %d)) on conflict (id) do update set doc = excluded.doc",
                    wide, n, n, random.nextInt(30000));
        } else if (kind < 60) {
            return sql("update wide set n = %d where id = %d", n, wide);
        } else if (kind < 61) {
            return sql("delete from wide where id = %d", wide);
        } else if (kind < 75) {
            return sql("insert into keyed values (%d, '%x', %d.5) on conflict do nothing", id, n, id);
        } else if (kind < 85) {
            return sql("update keyed set a = a + 1, amount = amount / 3 where a = %d", id);
        } else if (kind < 90) {
            return sql("delete from keyed where a = %d", id);
        } else if (kind < 95) {
            return sql("savepoint s; insert into narrow values (-1, %d, 'never'); rollback to savepoint s", n);
        } else {
            return sql("insert into elsewhere.noise values (%d)", n);
        }
    }

    private static String sql(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }

    /** The rows of a table by key, in the JSON of the message format. */
    static Map<String, JsonNode> content(TestDatabase database, String table) throws IOException {
        String columns =
                switch (table) {
                    case "narrow" -> "id::text, n, msg";
                    case "keyed" -> "a, b, amount::text";
                    default -> "*";
                };
        Map<String, JsonNode> content = new HashMap<>();
        for (String json : database.query("select to_json(r) from (select " + columns + " from " + table + ") r")) {
            JsonNode row = DeliveredFile.JSON.readTree(json);
            content.put(DeliveredFile.key(row), row);
        }
        return content;
    }

    /** Ends all writers, each after its transaction. */
    @Override
    public void close() throws InterruptedException {
        writers.shutdown();
        assertThat(writers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(failure.get()).isNull();
    }
}
