package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The copy that the shipped SQL route keeps follows what happens to the types of its source. */
class SqlTypesIT {

    private static final String MOOD = "create type mood as enum ('sad', 'ok')";

    private TestDatabase source;
    private TestDatabase target;
    private ShippedRoutes routes;

    @BeforeEach
    void configure() {
        source = TestServer.newDatabase();
        target = TestServer.newDatabase();
        source.execute(
                MOOD,
                "create domain mild as mood",
                "create type pair as (a int, m mood)",
                "create table t (id int primary key, m mood, a mood[], d mild, p pair)",
                "insert into t values (1, 'sad', '{{sad,ok},{null,sad}}', 'ok', '(1,sad)'), (2, 'ok', '{}', 'sad', null)");
        routes = new ShippedRoutes(source).copyTo(target).set("pg2sink.imports", "true");
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    private void start() {
        routes.start();
        routes.awaitImported(source.query("select 1 from pg_tables where schemaname = 'public'")
                .size());
        routes.awaitAllConfirmed();
        assertCopied();
    }

    private void assertCopied() {
        assertThat(target.rows("t")).isEqualTo(source.rows("t"));
    }

    private String type(String column) {
        return target.value("select format_type(atttypid, -1) from pg_attribute"
                + " where attrelid = 't'::regclass and attname = '" + column + "'");
    }

    @Test
    void anEnumThatTheCopyDoesNotHaveIsTextWhichTakesEachNewValue() {
        start();
        source.execute(
                "alter type mood add value 'fine' before 'ok'",
                "insert into t values (3, 'fine', '{fine}', 'fine', '(3,fine)')");
        routes.awaitAllConfirmed();

        assertCopied();
        assertThat(type("m")).isEqualTo("text");
        assertThat(routes.failures()).isZero();
    }

    @Test
    void aValueThatIsRenamedIsRenamedInOldRowsToo() {
        start();
        source.execute("alter type mood rename value 'sad' to 'blue'", "insert into t (id, m) values (3, 'blue')");
        routes.awaitImported(2);
        routes.awaitAllConfirmed();

        assertCopied();
        assertThat(target.value("select m from t where id = 1")).isEqualTo("blue");
    }

    @Test
    void aValueThatIsRenamedWhileNothingRunsIsNoticedAtTheNextStart() {
        start();
        routes.close();
        source.execute("alter type mood rename value 'sad' to 'blue'");
        routes.start();
        routes.awaitImported(2);
        routes.awaitAllConfirmed();

        assertCopied();
    }

    @Test
    void anAttributeThatACompositeTypeGetsOrLosesIsInOldRowsToo() {
        start();
        source.execute("alter type pair add attribute more text");
        routes.awaitImported(2);
        routes.awaitAllConfirmed();
        assertCopied();

        source.execute("alter type pair drop attribute a");
        routes.awaitImported(3);
        routes.awaitAllConfirmed();
        assertCopied();
    }

    @Test
    void aDomainThatIsAlteredChangesNothing() {
        source.execute("create domain code as int", "create table c (id int primary key, c code)");
        start();
        source.execute(
                "insert into c values (1, 5)",
                "alter domain code add constraint positive check (value > 0)",
                "alter domain code set default 7",
                "alter domain code set not null",
                "alter domain code rename to number",
                "insert into c (id) values (2)");
        routes.awaitAllConfirmed();

        assertThat(target.rows("c")).isEqualTo(source.rows("c"));
        assertThat(target.value("select format_type(atttypid, -1) from pg_attribute"
                        + " where attrelid = 'c'::regclass and attname = 'c'"))
                .isEqualTo("integer");
    }

    @Test
    void anEnumOfTheCopyGetsTheValuesOfTheSource() {
        target.execute(MOOD);
        start();
        assertThat(type("m")).isEqualTo("mood");
        source.execute(
                "alter type mood add value 'fine'",
                "alter type mood add value 'it''s'",
                "insert into t (id, m, a) values (3, 'fine', '{{ok,it''s}}')");
        routes.awaitAllConfirmed();
        assertCopied();
        assertThat(routes.failures()).isZero();

        source.execute("alter type mood add value 'new'");
        source.transaction(
                "create table other (id int primary key)",
                "insert into t (id, m) select i, 'ok' from generate_series(100, 400) i",
                "insert into t (id, m) select i, 'new' from generate_series(500, 600) i");
        routes.awaitAllConfirmed();
        assertCopied();
    }

    @Test
    void anEnumOfTheCopyGetsAValueInTheMiddleOfATransaction() {
        target.execute(MOOD);
        source.execute("create table other (id int primary key)");
        routes.set("pg2sink.batch.size", "10");
        routes.start();
        routes.awaitImported(2);
        source.execute("alter type mood add value 'new'");
        source.transaction(
                "insert into other select generate_series(1, 50)",
                "insert into t (id, m) select i, 'ok' from generate_series(100, 150) i",
                "insert into t (id, m) select i, 'new' from generate_series(500, 550) i");
        routes.awaitAllConfirmed();

        assertCopied();
        assertThat(target.rows("other")).hasSize(50);
    }

    @Test
    void aValueOfAnEnumOfTheCopyThatIsRenamedIsRenamedInAllRows() {
        source.execute("create table k (m mood primary key, n int)", "insert into k values ('sad', 1), ('ok', 2)");
        target.execute(MOOD);
        routes.start();
        routes.awaitImported(2);
        source.execute(
                "alter type mood rename value 'sad' to 'blue'",
                "update k set n = 3 where m = 'blue'",
                "insert into t (id, m) values (3, 'blue')");
        routes.awaitImported(4);
        routes.awaitAllConfirmed();

        assertCopied();
        assertThat(target.rows("k")).isEqualTo(source.rows("k"));
    }

    @Test
    void anEnumThatTheRoleMayNotAlterIsNamedWithTheRemedy() {
        String role = "writer_" + target.value("select current_database()");
        target.execute(
                MOOD,
                "create role " + role + " login",
                "grant create on database " + target.value("select current_database()") + " to " + role,
                "grant create, usage on schema public to " + role);
        routes.set("pg2sink.sql.url", target.url().replace("user=postgres", "user=" + role));
        start();
        source.execute("alter type mood add value 'fine'", "insert into t (id, m) values (3, 'fine')");
        await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() > 0);
        assertThat(routes.problem())
                .contains("The type mood of the copy of public.t lacks a value that the source has", "ADD VALUE")
                .doesNotContain("fine");

        target.execute("alter type mood add value 'fine'");
        routes.awaitAllConfirmed();
        assertCopied();
    }
}
