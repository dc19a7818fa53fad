package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The copy that the shipped SQL route keeps follows what happens to the tables of its source. */
class FollowDdlIT {

    private TestDatabase source;
    private TestDatabase target;
    private ShippedRoutes routes;
    private boolean confirms = true;

    @BeforeEach
    void configure() {
        source = TestServer.newDatabase();
        target = TestServer.newDatabase();
        source.execute("create table t (id int primary key, a text, b text)");
        routes = new ShippedRoutes(source).copyTo(target);
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    /** Runs statements once {@code t} has two rows in the copy, and waits until they have been delivered. */
    private void follow(String... statements) {
        routes.start();
        source.execute("insert into t values (1, 'a1', '1'), (2, 'a2', '2')");
        awaitCopied("t");
        source.execute(statements);
        if (confirms) {
            routes.awaitAllConfirmed();
        }
    }

    /** Compares the rows with the names of their columns. */
    private void assertCopied(String table) {
        String rows = "select to_jsonb(t)::text from " + table + " t order by 1";
        assertThat(target.query(rows)).isEqualTo(source.query(rows)).isNotEmpty();
    }

    private void awaitPublished(String table) {
        await().atMost(ShippedRoutes.PATIENCE)
                .until(() -> !source.query("select 1 from pg_publication_tables where tablename = '" + table + "'")
                        .isEmpty());
    }

    private void awaitCopied(String table) {
        await().atMost(ShippedRoutes.PATIENCE).ignoreExceptions().untilAsserted(() -> assertCopied(table));
    }

    private String type(String column) {
        return "select format_type(atttypid, -1) from pg_attribute where attrelid = 't'::regclass and attname = '"
                + column + "'";
    }

    @Test
    void aColumnThatIsDroppedIsDropped() {
        follow("alter table t drop a", "insert into t values (3, '3')");
        assertCopied("t");
    }

    @Test
    void aColumnOfATableThatSomebodyElseMadeStays() {
        target.execute("create table t (id int primary key, a text, b text)");
        follow("alter table t drop a", "insert into t values (3, '3')");
        assertThat(target.query("select a from t order by id")).containsExactly("a1", "a2", null);
    }

    @Test
    void aColumnThatIsRenamedKeepsItsValues() {
        follow("alter table t rename a to c", "insert into t values (3, 'a3', '3')");
        assertCopied("t");
    }

    @Test
    void columnsThatChangeNamesKeepTheirValues() {
        follow(
                "begin; alter table t rename a to c; alter table t rename b to a; alter table t rename c to b; commit",
                "insert into t values (3, 'a3', '3')");
        assertCopied("t");
    }

    @Test
    void aColumnThatTakesTheNameOfADroppedOneDoesNotGetItsValues() {
        follow("alter table t drop a", "alter table t add a text", "update t set b = 'x' where id = 2");
        assertCopied("t");
    }

    @Test
    void aColumnThatIsAddedWithADefaultHasItInOldRows() {
        follow(
                "alter table t add n int not null default 7, add d date default '2026-01-02', add s text default 'it''s'",
                "alter table t alter n set default 8",
                "insert into t (id) values (3)");
        assertCopied("t");
        assertThat(target.value("select count(*) from pg_attrdef")).isEqualTo("0");
    }

    @Test
    void aColumnGetsItsNewType() {
        follow(
                "alter table t alter b type int using b::int",
                "insert into t values (3, 'a3', 3)",
                "alter table t alter b type numeric",
                "update t set b = 3.5 where id = 3");
        assertCopied("t");
        assertThat(target.query(type("b"))).isEqualTo(source.query(type("b")));
    }

    @Test
    void aTypeThatItsOldValuesDoNotFitIsSaidAndCanBeMended() {
        routes.start();
        source.execute("insert into t values (1, 'abc', '1')");
        routes.awaitAllConfirmed();
        source.execute("alter table t alter a type int using length(a)", "insert into t values (2, 5, '2')");
        await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() > 0);
        assertThat(routes.problem())
                .contains("The column a of the copy of public.t cannot follow from text to integer")
                .doesNotContain("abc");

        target.execute("alter table t alter a type int using length(a)");
        routes.awaitAllConfirmed();
        assertCopied("t");
    }

    @Test
    void theKeyIsThatOfTheSource() {
        follow(
                "alter table t drop constraint t_pkey, add primary key (id, b)",
                "insert into t values (1, 'a3', '3')",
                "delete from t where id = 1 and b = '1'");
        assertCopied("t");
        String key =
                "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 't'::regclass and contype = 'p'";
        assertThat(target.query(key)).isEqualTo(source.query(key));
    }

    @Test
    void aTableThatIsRenamedTakesItsRowsAlong() {
        follow("alter table t rename to \"new T\"", "update \"new T\" set a = 'x' where id = 1");
        assertCopied("\"new T\"");
        assertThat(target.value("select to_regclass('t') is null")).isEqualTo("t");
        assertThat(target.query("select name from pg2sink_copy.position")).containsExactly("new T");
    }

    @Test
    void aSchemaThatIsRenamedTakesItsTablesAlong() {
        int version = Integer.parseInt(source.value("show server_version_num"));
        assumeTrue(version >= 160_000, "earlier servers go on streaming the old name");
        source.execute("create schema old", "create table old.u (id int primary key)");
        routes.set("pg2sink.schemas", "public,old,new");
        follow("insert into old.u values (1)", "alter schema old rename to new", "insert into new.u values (2)");
        assertCopied("new.u");
        assertThat(target.value("select to_regclass('old.u') is null")).isEqualTo("t");
    }

    @Test
    void tablesThatChangeNamesKeepTheirRows() {
        source.execute("create table u (id int primary key, z text)");
        follow(
                "insert into u values (1, 'z1')",
                "begin; alter table t rename to v; alter table u rename to t; alter table v rename to u; commit",
                "insert into t values (2, 'z2')",
                "insert into u values (3, 'a3', '3')",
                "update t set z = 'x'");
        assertCopied("t");
        assertCopied("u");
    }

    @Test
    void aTableThatIsDroppedAndMadeAnewHasNoRowsOfTheOldOne() {
        routes.set("pg2sink.imports", "true");
        follow("drop table t", "create table t (id int primary key, other numeric)", "insert into t values (9, 1.5)");
        awaitCopied("t");
    }

    @Test
    void aTableThatSomebodyElseMadeIsKeptForItsSuccessor() {
        target.execute("create table t (id int primary key, a text, b text, mine int default 1)");
        routes.start();
        source.execute("insert into t values (1, 'a1', '1')");
        routes.awaitAllConfirmed();
        source.execute("drop table t", "create table t (id int primary key, a text)");
        awaitPublished("t");
        source.execute("insert into t values (9, 'x')");
        routes.awaitAllConfirmed();
        assertThat(target.query("select id || a || mine from t order by id")).containsExactly("1a11", "9x1");
    }

    @Test
    void aTableOfAnotherServerIsNotTakenForTheOneWithTheSameOid() {
        follow();
        routes.close();
        target.execute(
                "create table x (id int primary key)",
                "insert into x values (7)",
                "update pg2sink_copy.shape set source = '1' || source, name = 'x'");
        routes.start();
        source.execute("alter table t rename b to c", "insert into t values (3, 'a3', '3')");
        routes.awaitAllConfirmed();

        assertThat(target.query("select id from x")).containsExactly("7");
        assertThat(target.query("select id || c from t where c is not null")).containsExactly("33");
    }

    @Test
    void whatComesAgainChangesNothing() {
        routes.set("pg2sink.confirm", "false");
        confirms = false;
        follow(
                "create table u (id int primary key)",
                "alter table t drop a",
                "insert into t values (3, '3')",
                "alter table t add a text",
                "insert into t values (4, '4', 'a4')",
                "alter table t rename b to c",
                "alter table t rename to v",
                "insert into v values (5, '5', 'a5')");
        awaitCopied("v");
        routes.close();
        routes.start();
        source.execute("insert into v values (6, '6', 'a6')");
        awaitCopied("v");
    }

    /** Has the publication carry some columns or rows of {@code t} only. */
    private void publish(String part) {
        source.execute("alter publication " + routes.subscription() + " set table t " + part);
    }

    @Test
    void aColumnThatLeavesThePublicationStaysUntilTheSourceDropsIt() {
        assumeTrue(TestServer.majorVersion() >= 15, "earlier servers have no column lists");
        follow();
        publish("(id, b)");
        source.execute("insert into t values (3, 'a3', '3')", "update t set a = 'new', b = 'new' where id = 1");
        routes.awaitAllConfirmed();
        assertThat(target.query("select id || coalesce(a, '-') || b from t order by id"))
                .containsExactly("1a1new", "2a22", "3-3");

        routes.close();
        source.execute("alter table t drop a", "insert into t values (4, '4')");
        routes.start();
        routes.awaitAllConfirmed();
        assertCopied("t");
    }

    @Test
    void aColumnThatComesBackIntoThePublicationHasItsValuesInAllRows() {
        assumeTrue(TestServer.majorVersion() >= 15, "earlier servers have no column lists");
        routes.set("pg2sink.imports", "true");
        follow();
        publish("(id, b)");
        source.execute("insert into t values (3, 'a3', '3')", "update t set a = 'new' where id = 1");
        await().atMost(ShippedRoutes.PATIENCE)
                .until(() -> target.query("select id from t").contains("3"));
        source.execute("alter table t rename a to c");
        publish("");
        awaitCopied("t");
    }

    @Test
    void rowsThatThePublicationNoLongerHasAreDeletedAndComeBackWithTheFilter() {
        assumeTrue(TestServer.majorVersion() >= 15, "earlier servers have no row filters");
        routes.set("pg2sink.imports", "true");
        follow();
        publish("where (id > 1)");
        await().atMost(ShippedRoutes.PATIENCE).untilAsserted(() -> assertThat(target.query("select id from t"))
                .containsExactly("2"));
        publish("");
        awaitCopied("t");
    }
}
