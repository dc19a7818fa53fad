package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThatCode;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Modification;
import org.pg2sink.sinks.sql.DatabaseCopy;
import org.postgresql.ds.PGSimpleDataSource;

/** What a role has set for itself ({@code ALTER ROLE … SET}) is not against us. */
@Tag("core")
class RoleSettingsIT {

    private static final List<String> HOSTILE = List.of(
            "statement_timeout = '300ms'",
            "lock_timeout = '10ms'",
            "idle_in_transaction_session_timeout = '300ms'",
            "idle_session_timeout = '300ms'",
            "default_transaction_read_only = on",
            "default_transaction_isolation = 'serializable'",
            "default_transaction_deferrable = on",
            "search_path = 'elsewhere'",
            "datestyle = 'SQL, DMY'",
            "intervalstyle = 'iso_8601'",
            "timezone = 'Asia/Tokyo'",
            "extra_float_digits = '-15'",
            "bytea_output = 'escape'",
            "xmloption = 'document'",
            "array_nulls = off",
            "standard_conforming_strings = off",
            "backslash_quote = off",
            "transform_null_equals = on",
            "quote_all_identifiers = on",
            "exit_on_error = on",
            "synchronous_commit = off",
            "client_min_messages = 'debug1'",
            "wal_sender_timeout = '300ms'");

    private static final String ROW =
            "(%d, '2001-02-03', '-1 year 2 days', '2001-02-03 04:05:06+09', 0.1::float8 + 0.2,"
                    + " '\\xff00', 'a <b/>', array['x', null], 'other'::regclass, 12.34)";

    private static final Map<String, Object> PRINTED = Map.of(
            "d", "2001-02-03",
            "i", "-1 years +2 days",
            "t", "2001-02-02 19:05:06+00",
            "f", "0.30000000000000004",
            "b", "\\xff00",
            "x", "a <b/>",
            "a", "{x,NULL}",
            "r", "public.other",
            "m", "$12.34");

    private TestDatabase database;
    private String role;
    private String options;

    @BeforeEach
    void createRole() {
        database = TestServer.newDatabase();
        role = Subscriber.nameFor(database);
        options = "url=RAW(" + urlOf(database) + ")";
        database.execute(
                "create table other (id int primary key)",
                "create table example (id int primary key, d date, i interval, t timestamptz, f float8, b bytea, x xml,"
                        + " a text[], r regclass, m money)",
                "create role " + role + "_none",
                "create role " + role + " login replication in role " + role + "_none",
                "grant create on database " + database.value("select current_database()") + " to " + role,
                "alter table example owner to " + role,
                "alter table other owner to " + role);
        List<String> hostile = new ArrayList<>(HOSTILE);
        hostile.add("role = '" + role + "_none'");
        if (TestServer.majorVersion() >= 17) {
            hostile.add("transaction_timeout = '300ms'");
        }
        hostile.forEach(setting -> database.execute("alter role " + role + " set " + setting));
    }

    /** Roles are the whole server's. */
    @AfterEach
    void disarmRole() {
        database.execute("alter role " + role + " nologin");
    }

    private String urlOf(TestDatabase other) {
        return other.url().replace("user=postgres", "user=" + role);
    }

    private static Map<String, Object> printed(Modification change) {
        Map<String, Object> texts = new java.util.HashMap<>();
        for (int i = 1; i < change.table().columns().size(); i++) {
            texts.put(change.table().columns().get(i).name(), change.after().text(i));
        }
        return texts;
    }

    @Test
    void streamImportAndAdministrationWorkAndValuesPrintAlike() {
        database.execute("insert into example values " + ROW.formatted(1));
        try (Subscriber subscriber = Subscriber.importing(database, role, options, options, exchange -> {})) {
            subscriber.awaitStreaming().awaitAllImported();
            database.execute("insert into example values " + ROW.formatted(2));
            assertThat(subscriber.awaitModifications(2))
                    .extracting(RoleSettingsIT::printed)
                    .containsOnly(PRINTED);
            assertThat(subscriber.consumer().getFailures()).isZero();

            Map<String, Object> table = Map.of("CamelPg2sinkTable", "example");
            for (String operation : List.of("removeTable", "addTable", "resyncTable", "listTables", "listImports")) {
                subscriber
                        .context()
                        .createProducerTemplate()
                        .requestBodyAndHeaders(
                                "pg2sink:" + role + "?operation=" + operation + "&" + options, null, table);
            }
            assertThat(subscriber.awaitModifications(4).subList(2, 4))
                    .extracting(RoleSettingsIT::printed)
                    .containsOnly(PRINTED);
            Object checked = subscriber
                    .context()
                    .createProducerTemplate()
                    .requestBody("pg2sink:" + role + "?operation=check&" + options, (Object) null);
            assertThat(checked.toString()).doesNotContain("severity=error", "severity=warning");
        }
    }

    @Test
    void aBacklogIsCaughtUpWithThoughItTakesLongerThanTheRolesTimeouts() {
        String slow = options + "&catchUpBytes=500000&batching=true&batchSize=1000";
        Subscriber.start(database, slow).close();
        database.execute("insert into example select g, null, null, null, 0, repeat('x', 100)::bytea"
                + " from generate_series(1, 10000) g");
        List<Object> delivered = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (Subscriber subscriber = Subscriber.route(
                database,
                slow,
                stream -> stream.process(exchange -> {
                    new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
                    delivered.addAll(exchange.getMessage().getBody(List.class));
                }))) {
            await().atMost(Subscriber.PATIENCE).until(() -> delivered.size() > 10_000);
            subscriber.awaitAllConfirmed();
            assertThat(subscriber.catchUps()).isEqualTo(1);
            assertThat(subscriber.consumer().getFailures()).isZero();
        }
    }

    /** The sessions that decode are ended as soon as they begin, which no second try changes. */
    @Test
    void aBacklogThatCannotBeReadBySqlIsStreamed() throws Exception {
        String soon = "catchUpBytes=100000&batching=true&batchSize=1000";
        Subscriber.start(database, soon).close();
        database.execute("insert into example select g, null, null, null, 0, repeat('x', 100)::bytea"
                + " from generate_series(1, 10000) g");
        CountDownLatch done = new CountDownLatch(1);
        Thread ender = new Thread(() -> {
            while (done.getCount() > 0) {
                database.query(
                        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                                + " and application_name = 'pg2sink' and query like 'copy (select data from%'");
            }
        });
        try (Subscriber subscriber = Subscriber.route(
                database,
                soon,
                stream -> stream.process(exchange -> new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS)))) {
            ender.start();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> subscriber.catchUps() > 0
                            && subscriber.consumer().getStreamState().equals("STREAMING"));
            done.countDown();
            subscriber.awaitAllConfirmed();
            assertThat(subscriber.catchUps()).isLessThanOrEqualTo(3);
        } finally {
            done.countDown();
            ender.join();
        }
    }

    @Test
    void theSqlSinkWritesValuesAsTheyWere() {
        TestDatabase target = TestServer.newDatabase();
        String name = target.value("select current_database()");
        target.execute("grant create on database " + name + " to " + role, "grant create on schema public to " + role);
        PGSimpleDataSource copy = new PGSimpleDataSource();
        copy.setUrl(urlOf(target));
        DatabaseCopy sink = new DatabaseCopy();
        sink.setDataSource(copy);
        sink.setSubscription(role);
        database.execute("alter role " + role + " reset role", "alter role " + role + " reset search_path");
        try (Subscriber subscriber = Subscriber.route(database, "batching=true", stream -> stream.process(sink))
                .awaitStreaming()) {
            database.execute("insert into example values " + ROW.formatted(1));
            subscriber.awaitAllConfirmed();
        }
        assertThat(target.value(
                        "select concat_ws('|', d, i, t at time zone 'UTC', f, b, x, a[2] is null, m) from example"))
                .isEqualTo(
                        "2001-02-03|-1 years +2 days|2001-02-02 19:05:06|0.30000000000000004|\\xff00|a <b/>|t|$12.34");
    }

    @Test
    void moneyPrintsAsInTheDatabaseWhateverTheRoleSays() {
        String yen = "ja_JP.utf8";
        assumeThatCode(() -> database.execute("set lc_monetary = '" + yen + "'"))
                .as("the server has the locale " + yen)
                .doesNotThrowAnyException();
        database.execute(
                "alter database " + database.value("select current_database()") + " set lc_monetary = '" + yen + "'",
                "alter role " + role + " set lc_monetary = 'C'");
        database.execute("insert into example (id, m) values (1, 1234)");
        try (Subscriber subscriber = Subscriber.importing(database, role, options, options, exchange -> {})) {
            subscriber.awaitStreaming().awaitAllImported();
            database.execute("insert into example (id, m) values (2, 1234)");
            assertThat(subscriber.awaitModifications(2))
                    .extracting(change -> change.after().text(9))
                    .containsOnly("￥1,234");
        }
    }
}
