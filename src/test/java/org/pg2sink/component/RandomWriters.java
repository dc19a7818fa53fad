package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.pg2sink.TestDatabase;
import org.postgresql.util.PSQLState;

/**
 * Four writers that insert, update, delete, truncate and change keys at random, in transactions of any length, some rolled
 * back in part or whole, until they are closed. The tables differ in their keys and replica identities.
 */
final class RandomWriters implements AutoCloseable {

    private static final int WRITERS = 4;
    private static final int KEYS = 300;
    private static final int PAUSE_MILLIS = 5;

    /** What happens when two writers meet; the last where one has moved a row to another partition. */
    private static final Set<String> EXPECTED = Set.of(
            PSQLState.DEADLOCK_DETECTED.getState(),
            PSQLState.UNIQUE_VIOLATION.getState(),
            PSQLState.SERIALIZATION_FAILURE.getState());

    private final ScheduledExecutorService writers = Executors.newScheduledThreadPool(WRITERS);
    private final List<Connection> connections = new ArrayList<>();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    static TableCopy[] createTables(TestDatabase database) {
        database.execute(
                // its long values are not in the log when they did not change
                "create table numbered (id bigint primary key, n int, doc text)",
                "alter table numbered alter doc set storage external",
                // few rows in a block, so that there are many to read one after the other
                "create table named (name text primary key, n int, doc text) with (fillfactor = 10)",
                "alter table named replica identity full",
                // known to the stream by another key than the one in whose order it is read
                "create table paired (a int, b text, n int not null, primary key (a, b)) with (fillfactor = 10)",
                "create unique index paired_n on paired (n)",
                "alter table paired replica identity using index paired_n",
                "create table split (id int primary key, n int) partition by hash (id)",
                "create table split_0 partition of split for values with (modulus 2, remainder 0) with (fillfactor = 10)",
                "create table split_1 partition of split for values with (modulus 2, remainder 1) with (fillfactor = 10)",
                "insert into numbered select i, i, repeat('first ', 500) from generate_series(1, " + KEYS + ") i",
                "insert into named select 'é''' || i, i, 'first' from generate_series(1, " + KEYS + ") i",
                "insert into paired select i, 'x', i from generate_series(1, " + KEYS + ") i",
                "insert into split select i, i from generate_series(1, " + KEYS + ") i");
        return new TableCopy[] {
            new TableCopy("numbered", "id", "n", "doc"),
            new TableCopy("named", "name", "n", "doc"),
            new TableCopy("paired", "a", "b", "n"),
            new TableCopy("split", "id", "n")
        };
    }

    RandomWriters(TestDatabase database, long seed) throws SQLException {
        for (int i = 0; i < WRITERS; i++) {
            Random random = new Random(seed + i);
            Connection connection = database.connect();
            connection.setAutoCommit(false);
            connections.add(connection);
            writers.scheduleWithFixedDelay(() -> write(connection, random), 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
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
        if (!EXPECTED.contains(e.getSQLState())) {
            failure.compareAndSet(null, e);
            throw new IllegalStateException(e); // ends this writer
        }
    }

    private static List<String> transaction(Random random) {
        List<String> statements = new ArrayList<>();
        int size = random.nextInt(30) == 0 ? 100 : 1 + random.nextInt(6);
        for (int i = 0; i < size; i++) {
            String change = change(random);
            if (random.nextInt(20) == 0) {
                statements.addAll(List.of("savepoint s", change, "rollback to savepoint s"));
            } else {
                statements.add(change);
            }
        }
        if (random.nextInt(20) == 0) {
            statements.add(sql("select pg_sleep(%d * 0.1)", 1 + random.nextInt(4)));
        }
        return statements;
    }

    private static String change(Random random) {
        if (random.nextInt(5000) == 0) {
            return "truncate "
                    + List.of("numbered", "named", "split", "paired", "paired, numbered")
                            .get(random.nextInt(5));
        }
        int kind = random.nextInt(100);
        int key = 1 + random.nextInt(KEYS);
        int other = 1 + random.nextInt(KEYS);
        int n = random.nextInt(1_000_000);
        return switch (random.nextInt(4)) {
            case 0 -> numbered(kind, key, other, n);
            case 1 -> named(kind, key, other, n);
            case 2 -> paired(kind, key, other, n);
            default -> split(kind, key, other, n);
        };
    }

    private static String numbered(int kind, int key, int other, int n) {
        if (kind < 40) {
            return sql(
                    "insert into numbered values (%d, %d, repeat('%d ', 500)) on conflict (id) do update set n = excluded.n",
                    key, n, n);
        } else if (kind < 60) {
            return sql("update numbered set n = %d where id = %d", n, key);
        } else if (kind < 65) {
            return sql("update numbered set doc = repeat('%d ', 400) where id = %d", n, key);
        } else if (kind < 80) {
            return sql("delete from numbered where id = %d", key);
        }
        return sql("update numbered set id = %d, doc = repeat('%d ', 600) where id = %d", other, n, key);
    }

    private static String named(int kind, int key, int other, int n) {
        if (kind < 40) {
            return sql(
                    "insert into named values ('é''%d', %d, '%d') on conflict (name) do update set n = excluded.n",
                    key, n, n);
        } else if (kind < 65) {
            return sql("update named set n = %d where name = 'é''%d'", n, key);
        } else if (kind < 80) {
            return sql("delete from named where name = 'é''%d'", key);
        }
        return sql("update named set name = 'é''%d' where name = 'é''%d'", other, key);
    }

    private static String paired(int kind, int key, int other, int n) {
        String b = List.of("x", "y", "ß").get(n % 3);
        if (kind < 40) {
            return sql("insert into paired values (%d, '%s', %d) on conflict do nothing", key / 3, b, n % 1000);
        } else if (kind < 55) {
            return sql("update paired set n = %d where a = %d and b = '%s'", n % 1000, key / 3, b);
        } else if (kind < 70) {
            return sql("update paired set a = %d where a = %d and b = '%s'", other / 3, key / 3, b);
        } else if (kind < 80) {
            return sql("update paired set a = %d, n = %d where a = %d", other / 3, n % 1000, key / 3);
        }
        return sql("delete from paired where a = %d and b <> '%s'", key / 3, b);
    }

    private static String split(int kind, int key, int other, int n) {
        if (kind < 30) {
            return sql("insert into split values (%d, %d) on conflict (id) do update set n = excluded.n", key, n);
        } else if (kind < 65) {
            return sql("update split set n = %d where id = %d", n, key);
        } else if (kind < 80) {
            return sql("delete from split where id = %d", key);
        }
        return sql("update split set id = %d where id = %d", other, key);
    }

    private static String sql(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }

    /** Ends all writers, each after its transaction. */
    @Override
    public void close() throws InterruptedException, SQLException {
        writers.shutdown();
        assertThat(writers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        for (Connection connection : connections) {
            connection.close();
        }
        assertThat(failure.get()).isNull();
    }
}
