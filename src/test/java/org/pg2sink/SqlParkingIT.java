package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.component.Log;

/** What the shipped SQL route does with {@code pg2sink.sql.on.refusal=park} about what the target refuses. */
class SqlParkingIT {

    private static final String CHECK = "v <> 'se''cret'";

    private TestDatabase source;
    private TestDatabase target;
    private ShippedRoutes routes;
    private final Log log = new Log();

    @BeforeEach
    void configure() {
        source = TestServer.newDatabase();
        target = TestServer.newDatabase();
        source.execute(
                "create table a (id int primary key)",
                "create table t (id int primary key, v text)",
                "create table b (id int primary key)");
        routes = new ShippedRoutes(source).copyTo(target).set("pg2sink.sql.on.refusal", "park");
    }

    @AfterEach
    void stop() {
        routes.close();
        log.close();
    }

    private void refuseSecrets() {
        target.execute("create table t (id int primary key, v text check (" + CHECK + "))");
    }

    private void assertCopied(String... tables) {
        for (String table : tables) {
            assertThat(target.rows(table)).as(table).isEqualTo(source.rows(table));
        }
    }

    private List<String> parked() {
        return target.query("select name from pg2sink_copy.parked order by 1");
    }

    private void awaitImported(int runs) {
        routes.awaitImported(runs);
        routes.awaitAllConfirmed();
    }

    @Test
    void aTableIsParkedWithASentenceWhileTheOthersGoOn() {
        refuseSecrets();
        routes.start();
        source.execute("insert into t values (1, 'fine')");
        routes.awaitAllConfirmed();
        source.execute("insert into t values (2, 'se''cret')");
        routes.awaitAllConfirmed();
        source.execute("insert into a values (1)", "insert into t values (3, 'fine')", "delete from t where id = 1");
        routes.awaitAllConfirmed();

        assertCopied("a");
        assertThat(target.query("select id from t")).containsExactly("1");
        assertThat(parked()).containsExactly("t");
        assertThat(target.value("select reason from pg2sink_copy.parked where lsn > '0/0' and parked_at <= now()"))
                .contains("t_v_check")
                .doesNotContain("cret");
        assertThat(log.lines("the copy of public.t is parked"))
                .singleElement()
                .asString()
                .contains("ERROR", "its changes are left out", "check constraint", "resync the table")
                .doesNotContain("cret");
        assertThat(routes.failures()).isZero();
    }

    @Test
    void itStaysParkedUntilAnImportHasBroughtItAgain() {
        refuseSecrets();
        routes.set("pg2sink.imports", "true").start();
        awaitImported(3);
        source.execute("insert into t values (1, 'fine'), (2, 'gone')");
        routes.awaitAllConfirmed();
        source.execute("insert into t values (3, 'se''cret')");
        routes.awaitAllConfirmed();
        routes.close();
        source.execute("delete from t where id = 2");
        routes.start();
        source.execute("insert into t values (4, 'fine')");
        routes.awaitAllConfirmed();
        assertThat(target.query("select id from t order by id")).containsExactly("1", "2");
        assertThat(log.lines("WARN")).anyMatch(line -> line.contains("the copy of public.t is parked since"));

        routes.close();
        target.execute("alter table t drop constraint t_v_check");
        routes.start();
        routes.resync("t");
        awaitImported(4);
        source.execute("update t set v = v || '!'");
        routes.awaitAllConfirmed();

        assertCopied("t");
        assertThat(parked()).isEmpty();
        assertThat(log.lines("public.t is parked no more")).hasSize(1);
    }

    @Test
    void anImportThatIsRefusedAgainParksAgainAndEnds() {
        refuseSecrets();
        source.execute("insert into t values (1, 'fine'), (2, 'se''cret')", "insert into a values (1)");
        routes.set("pg2sink.imports", "true").start();
        awaitImported(3);

        assertCopied("a");
        assertThat(target.rows("t")).isEmpty();
        assertThat(parked()).containsExactly("t");
    }

    @Test
    void theTransactionsOfOtherTablesStayWhole() throws Exception {
        refuseSecrets();
        target.execute("create table a (id int primary key)", "create table b (id int primary key)");
        routes.set("pg2sink.batch.size", "50").start();
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Set<String>> seen = CompletableFuture.supplyAsync(() -> {
            Set<String> counts = new TreeSet<>();
            while (!over.get()) {
                counts.add(target.value("select (select count(*) from a) || ' ' || (select count(*) from b)"));
            }
            return counts;
        });
        source.transaction(
                "insert into a select generate_series(1, 400)",
                "insert into t select i, 'fine' from generate_series(1, 200) i",
                "insert into t values (1000, 'se''cret')",
                "insert into b select generate_series(1, 400)");
        source.execute("insert into b values (500)");
        routes.awaitAllConfirmed();
        over.set(true);

        assertThat(seen.get()).isSubsetOf("0 0", "400 400", "400 401");
        assertCopied("a", "b");
        assertThat(target.rows("t")).isEmpty();
        assertThat(parked()).containsExactly("t");
    }

    @Test
    void whatIsRefusedAtTheCommitParksItsTable() {
        target.execute(
                "create table t (id int primary key, v text)",
                "create function refuse() returns trigger language plpgsql as $$ begin"
                        + " raise exception 'no' using errcode = '23514', schema = 'public', table = 't'; end $$",
                "create constraint trigger refuse after insert on t deferrable initially deferred"
                        + " for each row execute function refuse()",
                "alter table t enable always trigger refuse");
        routes.start();
        source.transaction("insert into a values (1)", "insert into t values (1, 'x')", "insert into b values (1)");
        routes.awaitAllConfirmed();

        assertCopied("a", "b");
        assertThat(target.rows("t")).isEmpty();
        assertThat(parked()).containsExactly("t");
    }

    @Test
    void aTypeThatTheValuesOfTheCopyDoNotFitParksTheTable() {
        routes.start();
        source.execute("insert into t values (1, 'se''cret')");
        routes.awaitAllConfirmed();
        source.execute(
                "alter table t alter v type int using length(v)",
                "insert into t values (2, 5)",
                "insert into a values (1)",
                "alter table t rename to renamed",
                "insert into renamed values (3, 6)",
                "insert into a values (2)");
        routes.awaitAllConfirmed();

        assertCopied("a");
        assertThat(parked()).containsExactly("t");
        assertThat(target.value("select reason from pg2sink_copy.parked"))
                .contains("The column v of the copy of public.t cannot follow from text to integer");
    }

    @Test
    void whatTryingAgainMendsParksNothing() {
        routes.start();
        for (int i = 0; i < 10; i++) {
            source.execute("insert into t values (" + i + ", 'a')");
        }
        routes.awaitAllConfirmed();
        target.execute("alter table t drop v", "alter table t add v varchar(20)");
        source.execute("insert into t values (50, 'b')");
        routes.awaitAllConfirmed();
        target.query("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                + " and datname = current_database()");
        source.execute("insert into t values (51, 'c')");
        routes.awaitAllConfirmed();

        assertThat(target.query("select id from t where v is not null order by id"))
                .containsExactly("50", "51");
        assertThat(parked()).isEmpty();
    }

    @Test
    void aTableThatIsMadeAnewIsNotParked() {
        refuseSecrets();
        routes.set("pg2sink.imports", "true").start();
        awaitImported(3);
        source.execute("insert into t values (1, 'se''cret')");
        routes.awaitAllConfirmed();
        assertThat(parked()).containsExactly("t");
        source.execute("drop table t", "create table t (id int primary key, v text)", "insert into t values (2, 'b')");
        await().atMost(ShippedRoutes.PATIENCE).untilAsserted(() -> assertCopied("t"));
        await().atMost(ShippedRoutes.PATIENCE).until(() -> parked().isEmpty());
    }
}
