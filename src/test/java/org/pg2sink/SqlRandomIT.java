package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the SQL route makes of a random workload whose transactions are larger than its batches. */
class SqlRandomIT {

    private static final Logger LOG = LoggerFactory.getLogger(SqlRandomIT.class);

    private static final int TRANSACTIONS = 150;
    private static final int MAX_STATEMENTS = 12;
    private static final List<String> TABLES = List.of("plain", "shifted", "heap", "places", "parent", "child");

    private static final String[] DDL = {
        "create table plain (id int primary key, v text, w text)",
        "alter table plain alter w set storage external",
        "create table shifted (n int primary key deferrable, v text)",
        "alter table shifted replica identity full",
        "create table heap (a int, b text, j json)",
        "alter table heap replica identity full",
        "create table places (id int, part text, place int unique deferrable initially deferred, primary key (id, part))",
        "create table parent (id int primary key, v int)",
        "create table child (id int primary key, parent int references parent on delete cascade on update cascade)"
    };

    private final TestDatabase source = TestServer.newDatabase();
    private final TestDatabase copy = TestServer.newDatabase();
    private final ShippedRoutes routes = new ShippedRoutes(source).copyTo(copy).set("pg2sink.batch.size", "17");

    @AfterEach
    void stop() {
        routes.close();
    }

    @Test
    void theCopyIsWhatTheSourceIs() throws SQLException {
        long seed = Long.getLong("pg2sink.test.seed", System.nanoTime());
        LOG.info("seed {}", seed);
        for (TestDatabase database : List.of(source, copy)) {
            database.execute(DDL);
        }
        routes.start();
        Random random = new Random(seed);
        for (int i = 0; i < TRANSACTIONS; i++) {
            transact(random);
        }
        routes.awaitAllConfirmed();

        for (String table : TABLES) {
            String rows = "select md5(t::text) from " + table + " t order by 1";
            assertThat(copy.query(rows)).as("%s with seed %s", table, seed).isEqualTo(source.query(rows));
        }
        assertThat(routes.failures()).isZero();
    }

    /** Runs a transaction, of which what the source refuses is rolled back to a savepoint. */
    private void transact(Random random) throws SQLException {
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            int statements = 1 + random.nextInt(MAX_STATEMENTS);
            for (int i = 0; i < statements; i++) {
                statement.execute("savepoint s");
                try {
                    statement.execute(sql(random));
                    statement.execute("set constraints all immediate");
                    statement.execute("set constraints all deferred");
                } catch (SQLException e) {
                    statement.execute("rollback to s");
                }
            }
            connection.commit();
        }
    }

    private static String sql(Random random) {
        int n = random.nextInt(40);
        int m = random.nextInt(40);
        return switch (random.nextInt(19)) {
            case 0, 1 ->
                "insert into plain select i, 'v' || i, repeat(md5(i::text), 200) from generate_series(" + n + ", "
                        + (n + m) + ") i on conflict do nothing";
            case 2 -> "update plain set v = v || '" + n + "' where id % 5 = " + n % 5;
            case 3 -> "update plain set id = id + 1000 where id = " + n;
            case 4 -> "delete from plain where id % 7 = " + n % 7;
            case 5 ->
                "insert into shifted select i, 'v' || i from generate_series(" + n + ", " + (n + m)
                        + ") i where not exists (select from shifted where n = i)";
            case 6, 7 -> "update shifted set n = n + 1";
            case 8 -> "delete from shifted where n % 5 = " + n % 5;
            case 9, 10 ->
                "insert into heap select " + n + ", nullif('b', 'b'), '{\"a\": " + m % 3 + "}' from generate_series(1, "
                        + (1 + m % 4) + ")";
            case 11 -> "update heap set b = 'c' where a = " + n;
            case 12 -> "delete from heap where ctid = (select min(ctid) from heap where a >= " + n + ")";
            case 13 ->
                "insert into places select i, 'p', i from generate_series(" + n + ", " + (n + m)
                        + ") i where not exists (select from places where id = i or place = i)";
            case 14 -> "update places set place = place + 1";
            case 15 -> "update places set id = id + 500, place = place + 500 where id = " + n;
            case 16 ->
                "insert into parent select i, 0 from generate_series(" + n + ", " + (n + m)
                        + ") i on conflict do nothing";
            case 17 -> "insert into child select i, i from parent p (i) where i >= " + n + " on conflict do nothing";
            default ->
                random.nextInt(6) == 0
                        ? "truncate parent, child"
                        : m % 2 == 0
                                ? "delete from parent where id = " + n
                                : "update parent set id = id + 100 where id = " + n;
        };
    }
}
