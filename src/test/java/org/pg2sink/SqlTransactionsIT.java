package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the SQL route applies the transactions of its source: as the server's own apply worker does. */
class SqlTransactionsIT {

    private TestDatabase source;
    private TestDatabase target;
    private ShippedRoutes routes;

    @BeforeEach
    void configure() {
        source = TestServer.newDatabase();
        target = TestServer.newDatabase();
        routes = new ShippedRoutes(source).copyTo(target).set("pg2sink.batch.size", "100");
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    private void both(String... statements) {
        source.execute(statements);
        target.execute(statements);
    }

    private void assertCopied(String table) {
        assertThat(target.rows(table)).isEqualTo(source.rows(table));
    }

    @Test
    void aTransactionOfManyBatchesAppearsInTheCopyAsAWhole() throws Exception {
        both("create table a (id int primary key)", "create table b (id int primary key)");
        routes.start();
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Set<String>> seen = CompletableFuture.supplyAsync(() -> {
            Set<String> counts = new TreeSet<>();
            while (!over.get()) {
                counts.add(target.value("select (select count(*) from a) || ' ' || (select count(*) from b)"));
            }
            return counts;
        });
        source.transaction(
                "insert into a select generate_series(1, 4000)",
                "insert into b select generate_series(1, 3000)",
                "delete from a where id > 3500");
        routes.awaitAllConfirmed();
        over.set(true);

        assertThat(seen.get()).isSubsetOf("0 0", "3500 3000");
        assertCopied("a");
    }

    @Test
    void constraintsAreCheckedAtTheEndOfTheTransaction() {
        both("create table places (id int primary key, place int unique deferrable initially immediate)");
        routes.start();
        source.execute("insert into places select i, i from generate_series(1, 1000) i");
        source.transaction(
                "set constraints all deferred",
                "update places set place = place + 1",
                "delete from places where id = 7");
        routes.awaitAllConfirmed();

        assertCopied("places");
    }

    @Test
    void aKeyThatIsShiftedStaysWithItsRow() {
        source.execute("create table q (n int primary key deferrable, v text)", "alter table q replica identity full");
        routes.start();
        source.execute("insert into q values (1, 'a'), (2, 'b'), (3, 'c')");
        routes.awaitAllConfirmed();
        target.execute("alter table q add extra text", "update q set extra = v");
        source.execute("update q set n = n + 1");
        source.execute("delete from q where n = 3");
        source.transaction("insert into q values (1, 'd')", "update q set n = n + 1", "update q set v = v || n");
        routes.awaitAllConfirmed();

        assertThat(target.query("select q::text from q order by n")).containsExactly("(2,d2,)", "(3,a3,a)", "(5,c5,c)");
        assertThat(source.query("select q::text from q order by n")).containsExactly("(2,d2)", "(3,a3)", "(5,c5)");
    }

    @Test
    void manyKeysThatAreShiftedRightAfterTheirInsertStayWithTheirRows() {
        source.execute("create table q (n int primary key deferrable, v text)", "alter table q replica identity full");
        routes.set("pg2sink.batch.size", "1000").start();
        source.transaction(
                "insert into q select i, 'v' || i from generate_series(1, 200) i",
                "update q set n = n + 1",
                "update q set n = n + 1");
        routes.awaitAllConfirmed();

        assertCopied("q");
    }

    @Test
    void whatComesInBulkIsTakenAsItIs() {
        both("create table odd (id int primary key, v text, b bytea, a text[], \"Q\"\"q\" bool default true)");
        routes.set("pg2sink.batch.size", "1000").start();
        source.execute("insert into odd select i,"
                + " (array[null, '', E'\\t', E'a\\nb\\r', E'\\\\N', E'\\\\.', E'é\\\\', '''\"'])[1 + i % 8],"
                + " decode(lpad(to_hex(i), 8, '0'), 'hex'), array[E'\\\\', null, E'\\t', ''], nullif(i % 3, 0)::bool"
                + " from generate_series(1, 800) i");
        routes.awaitAllConfirmed();

        assertCopied("odd");
        assertThat(routes.failures()).isZero();
    }

    @Test
    void rowsThatAreThereAreUpdatedAlsoInBulk() {
        both("create table example (id int primary key, v text)");
        target.execute("insert into example select i, 'stale' from generate_series(400, 500) i");
        routes.set("pg2sink.batch.size", "1000").start();
        source.execute("insert into example select i, 'v' || i from generate_series(1, 900) i");
        source.execute("insert into example select i, 'v' || i from generate_series(1001, 1900) i");
        routes.awaitAllConfirmed();

        assertCopied("example");
        assertThat(routes.failures()).isZero();
    }

    @Test
    void anUpdateOfTheKeyLeavesTheOtherColumnsOfTheCopy() {
        source.execute("create table example (id int primary key, msg text)");
        routes.start();
        source.execute("insert into example values (1, 'a'), (2, 'b')");
        routes.awaitAllConfirmed();
        target.execute("alter table example add extra text default 'kept'");
        source.execute("update example set id = id + 10", "update example set msg = 'c'");
        routes.awaitAllConfirmed();

        assertThat(target.query("select example::text from example order by id"))
                .containsExactly("(11,c,kept)", "(12,c,kept)");
    }

    @Test
    void rowsWithoutAKeyAreFoundByAllTheirValues() {
        source.execute("create table heap (n int, j json, x text)", "alter table heap replica identity full");
        routes.start();
        source.execute(
                "insert into heap values (1, '{\"a\":1}', null), (1, '{\"a\":1}', null), (2, null, 'x'), (2, null, 'x')",
                "update heap set n = 5 where ctid = (select min(ctid) from heap)",
                "delete from heap where ctid = (select max(ctid) from heap where n = 2)");
        routes.awaitAllConfirmed();

        assertCopied("heap");
        assertThat(target.query("select n from heap order by n")).containsExactly("1", "2", "5");
    }

    @Test
    void insertsNeedNoKeyAtTheSource() {
        source.execute(
                "create table loose (id int, v text)",
                "create table bare (n int)",
                "create publication " + routes.subscription() + " with (publish = 'insert')");
        target.execute("create table loose (id int primary key, v text)", "insert into loose values (1, 'old')");
        routes.start();
        source.execute("insert into loose values (1, 'new'), (2, 'b')", "insert into bare values (1), (1)");
        routes.awaitAllConfirmed();

        assertCopied("loose");
        assertCopied("bare");
    }

    @Test
    void aKeyThatIsGoneDoesNotStopTheStream() {
        source.execute("create table lost (id int primary key, v text)", "create table other (id int primary key)");
        routes.start();
        source.execute("insert into lost values (1, 'a'), (2, 'b')");
        routes.awaitAllConfirmed();
        routes.close();
        source.execute(
                "update lost set v = 'c' where id = 1",
                "alter table lost drop constraint lost_pkey, alter id drop not null, replica identity full",
                "insert into lost values (3, 'd')",
                "update lost set v = 'e' where id = 2",
                "insert into other values (1)");
        routes.start();
        routes.awaitAllConfirmed();

        assertCopied("lost");
        assertCopied("other");
    }

    @Test
    void keysOfAnyTypeAreCompared() {
        both(
                "create type mood as enum ('sad', 'ok')",
                "create domain code as varchar(5) check (value <> '')",
                "create type pair as (a int, b text)",
                "create table keyed (m mood, c code, p pair, a int[], f char(4), b bit(3), r int4range, v int,"
                        + " primary key (m, c, p, a, f, b, r))");
        routes.start();
        source.execute(
                "insert into keyed values ('sad', 'x', '(1,\"y z\")', '{1,2}', 'ab', '101', '[1,5)', 0),"
                        + " ('ok', 'x', '(1,\"y z\")', '{1,2}', 'abcd', '101', '[1,5)', 0),"
                        + " ('ok', 'y', '(1,)', '{}', '', '000', 'empty', 0)",
                "update keyed set v = 1 where m = 'sad'",
                "update keyed set m = 'sad', c = 'z', p = '(2,)', a = '{3}' where c = 'y'",
                "delete from keyed where m = 'ok'");
        routes.awaitAllConfirmed();

        assertCopied("keyed");
        assertThat(target.query("select v from keyed")).hasSize(2);
    }

    @Test
    void identityAndGeneratedColumnsOfTheCopyAreItsOwn() {
        both(
                "create table made (id int generated always as identity primary key, n int, twice int generated always as (n * 2)"
                        + " stored)");
        routes.start();
        source.execute(
                "insert into made (n) values (1), (2), (3)",
                "update made set n = n + 10",
                "delete from made where id = 2",
                "update made set id = default where id = 1");
        routes.awaitAllConfirmed();

        assertCopied("made");
        assertThat(target.query("select id from made order by id")).containsExactly("3", "4");
    }

    @Test
    void aColumnThatTheSourceDroppedMayBeNull() {
        both("create table thinner (id int primary key, old text not null, v text)");
        routes.start();
        source.execute("insert into thinner values (1, 'x', 'a')");
        source.execute("alter table thinner drop old");
        source.execute("insert into thinner values (2, 'b')");
        routes.awaitAllConfirmed();

        assertThat(target.query("select thinner::text from thinner order by id"))
                .containsExactly("(1,x,a)", "(2,,b)");
    }

    @Test
    void foreignKeysAndTriggersOfTheCopyAreLeftToTheSource() {
        both(
                "create table parent (id int primary key)",
                "create table child (id int primary key, parent int references parent on delete cascade)");
        target.execute(
                "create function spoil() returns trigger language plpgsql as 'begin new.id = new.id + 1000; return new; end'",
                "create trigger spoil before insert on parent for each row execute function spoil()");
        routes.start();
        source.transaction(
                "insert into parent select generate_series(1, 300)",
                "insert into child select i, i from generate_series(1, 300) i");
        source.execute("delete from parent where id < 50");
        source.execute("truncate parent, child");
        source.execute("insert into parent values (1)", "insert into child values (1, 1)");
        source.execute("truncate parent cascade");
        source.execute("insert into parent values (2)", "insert into child values (2, 2)");
        routes.awaitAllConfirmed();

        assertCopied("parent");
        assertCopied("child");
    }

    @Test
    void whatALostConnectionTakesAlongIsDeliveredAgain() {
        both("create table big (id int primary key)");
        routes.set("pg2sink.batch.size", "2").start();
        source.execute("insert into big select generate_series(1, 1000)");
        await().atMost(ShippedRoutes.PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    target.query("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                            + " and datname = current_database()");
                    return routes.failures() > 0;
                });
        routes.awaitAllConfirmed();

        assertCopied("big");
    }

    @Test
    void anotherProcessThatStillWritesTheCopyIsNamed() throws Exception {
        both("create table example (id int primary key)");
        routes.start();
        source.execute("insert into example values (1)");
        routes.awaitAllConfirmed();
        try (Connection other = target.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from pg2sink_copy.position for update");
            source.execute("insert into example values (2)");
            await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() > 0);
        }
        assertThat(routes.problem()).contains("Another process still writes the copy of public.example");
        routes.awaitAllConfirmed();

        assertCopied("example");
    }

    @Test
    void aServerPreparedStatementDoesNotOutliveAChangeOfTheCopy() {
        both("create table example (id int primary key, v text)");
        routes.start();
        for (int i = 0; i < 10; i++) {
            source.execute("insert into example values (" + i + ", 'a')", "update example set v = 'b'");
        }
        routes.awaitAllConfirmed();
        target.execute("alter table example drop v", "alter table example add v varchar(20)");
        source.execute("update example set v = 'c'", "insert into example values (99, 'd')");
        routes.awaitAllConfirmed();

        assertCopied("example");
    }

    @Test
    void aRefusedValueIsNotTold() {
        source.execute("create table example (id int primary key, v text)");
        target.execute("create table example (id int primary key, v int)");
        routes.start();
        source.execute("insert into example values (1, 'se\"cr\"et')");
        await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() > 0);

        assertThat(routes.problem())
                .contains("Copying public.example failed", "invalid input syntax for type integer")
                .doesNotContain("cr");
    }
}
