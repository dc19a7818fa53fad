package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.component.Pg2sinkComponent;
import org.pg2sink.sinks.sql.DatabaseCopy;
import org.postgresql.ds.PGSimpleDataSource;

/** What the shipped SQL route makes of another database. */
class SqlSinkIT {

    private TestDatabase source;
    private TestDatabase target;
    private ShippedRoutes routes;

    @BeforeEach
    void configure() {
        source = TestServer.newDatabase();
        target = TestServer.newDatabase();
        source.execute("create table example (id bigserial primary key, msg text)");
        routes = new ShippedRoutes(source).copyTo(target);
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    private void assertCopied(String table) {
        assertThat(target.rows(table)).isEqualTo(source.rows(table));
    }

    @Test
    void everyOperationIsAppliedByKey() {
        source.execute("create table emptied (id int primary key)");
        routes.start();
        source.execute(
                "insert into example (msg) select 'line ' || i from generate_series(1, 100) i",
                "update example set msg = null where id % 3 = 0",
                "delete from example where id % 5 = 0",
                "insert into emptied values (1), (2)",
                "truncate emptied",
                "insert into emptied values (3)");
        routes.awaitAllConfirmed();

        assertCopied("example");
        assertCopied("emptied");
        assertThat(target.query("select id from emptied")).containsExactly("3");
    }

    @Test
    void aStreamOfSingleEntriesNeedsNoSchemas() throws Exception {
        String subscription = "copied_" + source.value("select current_database()");
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(target.url());
        DatabaseCopy copy = new DatabaseCopy();
        copy.setDataSource(database);
        copy.setSubscription(subscription);
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getComponent("pg2sink", Pg2sinkComponent.class)
                    .getConfiguration()
                    .setUrl(source.url());
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("pg2sink:" + subscription + "?tables=example").process(copy);
                }
            });
            context.start();
            await().atMost(ShippedRoutes.PATIENCE)
                    .until(() -> source.value("select count(*) from pg_replication_slots where active and slot_name = '"
                                    + subscription + "'")
                            .equals("1"));
            source.execute(
                    "insert into example (msg) values ('a'), ('b')",
                    "alter table example add column n int",
                    "update example set n = 7 where id = 2");
            await().atMost(ShippedRoutes.PATIENCE)
                    .until(() -> target.value("select to_regclass('example') is not null")
                                    .equals("t")
                            && target.query("select id from example where to_jsonb(example) ->> 'n' = '7'")
                                    .equals(List.of("2")));
        }
        source.execute("select pg_drop_replication_slot('" + subscription + "')");

        assertCopied("example");
    }

    @Test
    void aKeyThatChangesTakesItsRowAlong() {
        source.execute("create table pairs (a int, b text, n int, primary key (a, b))");
        routes.start();
        source.execute("insert into pairs select i, 'x', i from generate_series(1, 20) i");
        source.transaction(
                "update pairs set a = -a", "update pairs set b = 'y' where a < -10", "delete from pairs where a = -3");
        routes.awaitAllConfirmed();

        assertCopied("pairs");
    }

    @Test
    void anUnchangedToastValueStaysAsItIs() {
        source.execute(
                "create table wide (id int primary key, n int, doc text)",
                "alter table wide alter doc set storage external");
        routes.start();
        source.execute(
                "insert into wide select i, 0, repeat(md5(i::text), 1000) from generate_series(1, 3) i",
                "update wide set n = 1",
                "update wide set id = 30, n = 2 where id = 3",
                "update wide set doc = null where id = 1");
        routes.awaitAllConfirmed();

        assertCopied("wide");
        assertThat(target.query("select length(doc) from wide order by id")).containsExactly(null, "32000", "32000");
    }

    @Test
    void aTableIsMadeOfItsSchemaAndGrowsWithIt() {
        source.execute(
                "create schema \"Odd \"\"one\"",
                "create table \"Odd \"\"one\".\"t'1\" (\"k 1\" int primary key, \"é?\" bit(3), c char(4))");
        routes.set("pg2sink.schemas", "public,Odd \"one").start();
        source.execute(
                "insert into \"Odd \"\"one\".\"t'1\" values (1, '101', 'ab')",
                "insert into example (msg) values ('a')",
                "alter table example add more numeric(5, 2), add tags text[]",
                "insert into example (msg, more, tags) values ('b', 1.50, '{x,\"y z\"}')",
                "alter table example drop msg",
                "update example set more = 2");
        routes.awaitAllConfirmed();

        assertCopied("\"Odd \"\"one\".\"t'1\"");
        assertCopied("example");
    }

    @Test
    void valuesOfAllKindsArriveAsTheyAre() {
        source.execute(
                "create type mood as enum ('sad', 'ok')",
                "create table kinds (id int primary key, b bytea, j jsonb, t timestamptz, i interval, f float8, n numeric,"
                        + " d date, r int4range, m mood, a int[][], u uuid, x xml, c regclass, p point)");
        routes.start();
        source.execute("insert into kinds values (1, '\\x00ff', '{\"a\": [1, null]}', 'infinity', '-1 day 2:03', 'NaN',"
                + " 12345678901234567890.123, '0044-03-15 BC', '[1,5)', 'ok', '{{1,2},{3,null}}', gen_random_uuid(),"
                + " '<a>b</a>', 'kinds', '(1,2)'), (2, '', 'null', '1900-01-01 00:00:00.000001+05', '1 year', '-Infinity',"
                + " 'NaN', 'infinity', 'empty', 'sad', '{}', null, '', null, null)");
        routes.awaitAllConfirmed();

        assertCopied("kinds");
    }

    @Test
    void importedRowsAndChangesMeanwhileMakeTheSame() throws Exception {
        WriteLoad.createTables(source);
        source.execute("insert into narrow select i, 0, 'early' from generate_series(1, 3000) i");
        try (WriteLoad load = WriteLoad.start(source, 2, 1)) {
            routes.set("pg2sink.imports", "true").start();
            routes.awaitImported(4);
        }
        routes.awaitAllConfirmed();

        assertCopied("narrow");
        assertCopied("keyed");
        assertCopied("wide");
    }

    @Test
    void whatTheTargetRefusesFailsTheWholeBatchUntilItIsTaken() {
        target.execute("create table example (id bigint primary key, msg text check (msg <> 'refused'))");
        routes.start();
        source.transaction("insert into example (msg) values ('fine')", "insert into example (msg) values ('refused')");
        String end = source.value("select pg_current_wal_insert_lsn()");
        await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() > 0);
        assertThat(target.query("select id from example")).isEmpty();
        assertThat(routes.hasConfirmed(end)).isFalse();
        assertThat(routes.problem())
                .contains("Copying public.example failed", "check constraint")
                .doesNotContain("'refused'");

        target.execute("alter table example drop constraint example_msg_check");
        routes.awaitAllConfirmed();
        assertCopied("example");
    }

    @Test
    void whatComesAgainIsSkipped() {
        target.execute(
                "create table example (id bigint primary key, msg text)",
                "create table applied (n int)",
                "create function note() returns trigger language plpgsql as 'begin insert into applied values (1); return null; end'",
                "create trigger note after insert or update or delete on example for each row execute function note()",
                "alter table example enable always trigger note");
        routes.set("pg2sink.confirm", "false").start();
        source.execute("insert into example (msg) values ('a'), ('b')", "update example set msg = 'c'");
        await().atMost(ShippedRoutes.PATIENCE).until(() -> applied() == 4);
        routes.close();
        routes.start();
        source.execute("delete from example where id = 1");
        await().atMost(ShippedRoutes.PATIENCE).until(() -> applied() > 4);

        assertThat(applied()).isEqualTo(5);
        assertCopied("example");
    }

    private int applied() {
        return target.query("select n from applied").size();
    }

    @Test
    void whatASourceWritesThatWentBackIsNotMistakenForWhatCameAlready() {
        routes.start();
        source.execute("insert into example (msg) values ('a')");
        routes.awaitAllConfirmed();
        routes.close();
        target.execute("update pg2sink_copy.position set lsn = 'FF/0'");
        source.execute("insert into example (msg) values ('b')");
        routes.start();
        routes.awaitAllConfirmed();

        assertCopied("example");
    }

    @Test
    void theSourceItselfIsNoTarget() {
        routes.set("pg2sink.sql.url", source.url()).start();
        source.execute("insert into example (msg) values ('a')");
        await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() > 0);

        assertThat(routes.problem()).contains("is the one that the subscription");
    }

    @Test
    void aTargetThatIsAwayIsWaitedFor() {
        routes.set("pg2sink.sql.url", "jdbc:postgresql://localhost:1/copy?user=postgres")
                .start();
        source.execute("insert into example (msg) values ('a')");
        String end = source.value("select pg_current_wal_insert_lsn()");
        await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() > 0);

        assertThat(routes.hasConfirmed(end)).isFalse();
    }
}
