package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A comparison finds what was done to the copy, all of it and nothing else, and mends it. */
class CopyVerificationIT {

    private TestDatabase source;
    private TestDatabase target;
    private ShippedRoutes routes;

    @BeforeEach
    void configure() {
        source = TestServer.newDatabase();
        target = TestServer.newDatabase();
        routes = new ShippedRoutes(source).copyTo(target).set("pg2sink.imports", "true");
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    /** What a comparison found: kind, table and key of each difference. */
    private List<String> differences(List<Map<String, Object>> reports) {
        List<String> found = new ArrayList<>();
        for (Map<String, Object> report : reports) {
            assertThat(report).doesNotContainKey("problem").containsEntry("unsettled", 0L);
            for (Object entry : (List<?>) report.get("differences")) {
                Map<?, ?> difference = (Map<?, ?>) entry;
                Object id = difference.containsKey("key") ? difference.get("key") : "row";
                found.add(difference.get("kind") + " " + report.get("table") + " " + id);
            }
        }
        return found;
    }

    private void awaitImported(int runs) {
        routes.awaitImported(runs);
        routes.awaitAllConfirmed();
    }

    @Test
    void whatWasDoneToTheCopyUnderLoadIsFoundAndMendedAndNothingElse() throws Exception {
        WriteLoad.createTables(source);
        source.execute(
                "alter table keyed alter amount type numeric",
                "create table odd (id int primary key, n numeric, t text, j jsonb, c char(5), at timestamptz, f float8,"
                        + " a int[], b bytea)",
                "insert into odd select i, 1.0, 'a', '{\"a\": 1}', 'ab', '2026-01-01 00:00:00.000001+00', 0, '{1,2}', '\\x01'"
                        + " from generate_series(1, 3000) i",
                "create table plain (v int, w text)",
                "alter table plain replica identity full",
                "insert into plain select i % 10, null from generate_series(1, 100) i",
                "insert into narrow select i, 0, 'still' from generate_series(5001, 9000) i",
                "insert into wide select i, 0, repeat('x', 20000) from generate_series(101, 110) i",
                "insert into keyed select i, 'b', 1 from generate_series(100001, 101000) i");
        routes.start();
        awaitImported(5);
        target.execute(
                "delete from narrow where id = 5003", // missing
                "update narrow set msg = 'Still' where id = 6000",
                "update narrow set msg = null where id = 9000",
                "insert into narrow values (-7, 0, 'extra')",
                "update wide set doc = overlay(doc placing 'y' from 19999 for 1) where id = 105",
                "update keyed set a = 200000 where a = 100500", // one missing, one extra
                "update odd set n = 1.00 where id = 1",
                "update odd set at = at + interval '1 microsecond' where id = 1500",
                "update odd set f = '-0' where id = 3000",
                "update odd set a = '[0:1]={1,2}' where id = 7",
                "update odd set t = 'a ' where id = 8",
                "delete from plain where ctid = (select min(ctid) from plain where v = 3)",
                "insert into plain values (11, 'x')");

        List<Map<String, Object>> reports;
        try (WriteLoad load = WriteLoad.start(source, 2, 3)) {
            reports = routes.verify(Map.of());
            assertThat(differences(reports))
                    .containsExactlyInAnyOrder(
                            "missing narrow {id=5003}",
                            "different narrow {id=6000}",
                            "different narrow {id=9000}",
                            "extra narrow {id=-7}",
                            "different wide {id=105}",
                            "missing keyed {a=100500, b=b}",
                            "extra keyed {a=200000, b=b}",
                            "different odd {id=1}",
                            "different odd {id=1500}",
                            "different odd {id=3000}",
                            "different odd {id=7}",
                            "different odd {id=8}",
                            "missing plain row",
                            "extra plain row");
            assertThat(differences(routes.verify(Map.of("CamelPg2sinkRepair", true))))
                    .hasSize(14);
            assertThat(differences(routes.verify(Map.of()))).isEmpty();
        }
        routes.awaitAllConfirmed();
        for (String table : List.of("narrow", "wide", "keyed", "odd", "plain")) {
            assertThat(target.rows(table)).as(table).isEqualTo(source.rows(table));
        }
    }

    @Test
    void rowsThatAreOnlyUnderWayAreNoDifference() throws Exception {
        WriteLoad.createTables(source);
        routes.start();
        awaitImported(3);
        try (WriteLoad load = WriteLoad.start(source, 2, 5)) {
            for (int time = 0; time < 5; time++) {
                assertThat(differences(routes.verify(Map.of()))).isEmpty();
            }
        }
    }

    @Test
    void aTruncatedCopyIsFilledAgain() {
        source.execute(
                "create table t (id int primary key, msg text)",
                "insert into t select i, 'm' || i from generate_series(1, 12000) i");
        routes.start();
        awaitImported(1);
        target.execute("truncate t");

        Map<String, Object> report =
                routes.verify(Map.of("CamelPg2sinkRepair", true)).get(0);

        assertThat(report).containsEntry("missing", 12000L).containsEntry("repaired", 12000L);
        assertThat(target.rows("t")).isEqualTo(source.rows("t"));
    }

    /** Definition of the key, and its value in row {@code i}; rows of the last two are told by their content. */
    private static final List<List<String>> KEYS = List.of(
            List.of("int primary key", "i"),
            List.of("text primary key", "'ü' || i"),
            List.of("uuid primary key", "md5(i::text)::uuid"),
            List.of("numeric primary key", "i"),
            List.of("char(40) primary key", "'c' || i"),
            List.of("bytea primary key", "convert_to(i::text, 'UTF8')"),
            List.of("timestamptz primary key", "timestamptz '2026-01-01' + i * interval '1 hour'"),
            List.of("int generated always as identity primary key", "i"),
            List.of("int primary key deferrable", "i"),
            List.of("int not null unique", "i"), // the copy does not have this constraint
            List.of("int", "i"));

    @Test
    void everyKindOfKeyTellsRows() {
        for (int n = 0; n < KEYS.size(); n++) {
            source.execute(
                    "create table t" + n + " (id " + KEYS.get(n).get(0) + ", msg text)",
                    "alter table t" + n + " replica identity full",
                    insert(n, 1, 300));
        }
        routes.start();
        awaitImported(KEYS.size());
        for (int n = 0; n < KEYS.size(); n++) {
            target.execute(
                    "delete from t" + n + " where ctid = (select min(ctid) from t" + n + ")",
                    "update t" + n + " set msg = 'n' where ctid = (select max(ctid) from t" + n + ")",
                    insert(n, 301, 305));
        }

        List<Map<String, Object>> reports = routes.verify(Map.of());
        List<Map<String, Object>> repairs = routes.verify(Map.of("CamelPg2sinkRepair", true));

        for (int n = 0; n < KEYS.size(); n++) {
            String table = "t" + n;
            boolean keyed = KEYS.get(n).get(0).contains("primary key");
            assertThat(reports)
                    .filteredOn(report -> report.get("table").equals(table))
                    .singleElement()
                    .satisfies(report -> assertThat(report)
                            .containsEntry("missing", keyed ? 1L : 2L)
                            .containsEntry("different", keyed ? 1L : 0L)
                            .containsEntry("extra", keyed ? 5L : 6L));
            assertThat(target.rows(table)).isEqualTo(source.rows(table));
        }
        assertThat(repairs).allSatisfy(report -> assertThat(report).containsEntry("equal", true));
    }

    private static String insert(int n, int from, int to) {
        return "insert into t" + n + " (id, msg) overriding system value select "
                + KEYS.get(n).get(1) + ", 'm' from generate_series(" + from + ", " + to + ") i";
    }

    @Test
    void onlyThePublishedRowsAndColumnsOfPartitionsAreCompared() {
        source.execute(
                "create table t (id int, at date, msg text, primary key (id, at)) partition by range (at)",
                "create table t_2025 partition of t for values from ('2025-01-01') to ('2026-01-01')",
                "create table t_2026 partition of t for values from ('2026-01-01') to ('2027-01-01')",
                "insert into t select i, date '2025-12-01' + i, 'm' from generate_series(1, 60) i");
        routes.start();
        awaitImported(1);
        assertThat(routes.verify(Map.of())).hasSize(1);
        target.execute("delete from t where id = 10", "update t set msg = 'n' where id = 50");

        List<Map<String, Object>> reports = routes.verify(Map.of("CamelPg2sinkRepair", true));

        assertThat(differences(reports))
                .containsExactlyInAnyOrder("missing t {id=10, at=2025-12-11}", "different t {id=50, at=2026-01-20}");
        assertThat(target.rows("t")).isEqualTo(source.rows("t"));
    }

    @Test
    void whatTheCopyLacksAltogetherIsSaid() {
        source.execute("create table t (id int primary key, msg text)", "create table u (id int primary key)");
        routes.start();
        awaitImported(2);
        target.execute("alter table t drop msg", "drop table u");

        List<Map<String, Object>> reports = routes.verify(Map.of());

        assertThat(reports.get(0)).containsEntry("problem", "the copy does not have the columns msg: resync the table");
        assertThat(reports.get(1)).containsEntry("problem", "there is no such table in the copy: resync it");
    }

    @Test
    void manyEqualRowsWithoutAKeyAreCounted() {
        source.execute(
                "create table t (v int)",
                "alter table t replica identity full",
                "insert into t select i % 2 from generate_series(1, 40000) i");
        routes.start();
        awaitImported(1);
        target.execute(
                "delete from t where ctid in (select ctid from t where v = 1 limit 7)",
                "insert into t values (0), (0)");

        Map<String, Object> report =
                routes.verify(Map.of("CamelPg2sinkRepair", true)).get(0);

        assertThat(report).containsEntry("repaired", 2L).containsEntry("equal", true); // contents, not rows
        assertThat(target.rows("t")).isEqualTo(source.rows("t"));
    }

    @Test
    void rowsOfTablesThatInheritAreRowsOfOtherTables() {
        source.execute(
                "create table t (id int primary key, msg text)",
                "create table child (primary key (id)) inherits (t)",
                "insert into t values (1, 'one'), (2, 'two')",
                "insert into child values (1, 'other'), (9, 'nine')");
        routes.start();
        awaitImported(2);
        target.execute("update t set msg = 'x' where id = 1", "insert into t values (9, 'extra')");

        assertThat(differences(routes.verify(Map.of("CamelPg2sinkRepair", true))))
                .containsExactlyInAnyOrder("different t {id=1}", "extra t {id=9}");
        assertThat(target.rows("t")).isEqualTo(source.rows("only t"));
    }

    @Test
    void aTypeMayBeAnotherOneInTheCopy() {
        source.execute(
                "create table t (c char(5), b boolean, n int, primary key (c, b))",
                "insert into t values ('ab', true, 1), ('cd', false, 2)");
        target.execute("create table t (c text, b text, n bigint, primary key (c, b))");
        routes.start();
        awaitImported(1);
        target.execute("update t set n = 3 where b = 'f'");

        assertThat(differences(routes.verify(Map.of("CamelPg2sinkRepair", true))))
                .containsExactly("different t {c=cd   , b=f}");
        assertThat(target.query("select n from t order by c")).containsExactly("1", "2");
    }

    @Test
    void aParkedTableIsSaidAndNotRepaired() {
        source.execute("create table t (id int primary key)", "insert into t values (1)");
        routes.start();
        awaitImported(1);
        target.execute(
                "delete from t",
                "insert into pg2sink_copy.parked values ('any', 1, 'public', 't', 'refused', '1', '0/1', now())");

        Map<String, Object> report =
                routes.verify(Map.of("CamelPg2sinkRepair", true)).get(0);

        assertThat(report)
                .containsEntry("problem", "it is parked, so its changes are left out: resync it")
                .containsEntry("missing", 1L)
                .containsEntry("repaired", 0L)
                .containsEntry("equal", false);
    }

    @Test
    void aCommitThatNobodySeesYetIsNoDifference(@TempDir Path directory) throws Exception {
        try (PrivateServer server =
                PrivateServer.start(directory.resolve("data"), Map.of("synchronous_commit", "on"))) {
            TestDatabase waiting = server.database();
            waiting.execute("create table t (id int primary key)", "insert into t values (1)");
            routes = new ShippedRoutes(waiting)
                    .copyTo(target)
                    .set("pg2sink.imports", "true")
                    .start();
            awaitImported(1);
            waiting.execute("alter system set synchronous_standby_names = 'nobody'", "select pg_reload_conf()");
            CompletableFuture<Void> commit =
                    CompletableFuture.runAsync(() -> waiting.execute("insert into t values (2)"));
            await().atMost(ShippedRoutes.PATIENCE).until(() -> target.rows("t").equals(List.of("(1)", "(2)")));

            assertThat(routes.verify(Map.of("CamelPg2sinkRepair", true)).get(0))
                    .containsEntry("extra", 0L)
                    .containsEntry("unsettled", 1L);

            waiting.execute("alter system reset synchronous_standby_names", "select pg_reload_conf()");
            commit.get(60, TimeUnit.SECONDS);
            assertThat(differences(routes.verify(Map.of()))).isEmpty();
            assertThat(target.rows("t")).containsExactly("(1)", "(2)");
            routes.close();
        }
    }

    @Test
    void oneTableCanBeChosenAndAnUnknownOneIsRefused() {
        source.execute("create table t (id int primary key)", "create table u (id int primary key)");
        routes.start();
        awaitImported(2);

        assertThat(routes.verify(Map.of("CamelPg2sinkTable", "u")))
                .singleElement()
                .satisfies(report -> assertThat(report).containsEntry("table", "u"));
        assertThat(catchThrowable(() -> routes.verify(Map.of("CamelPg2sinkTable", "v"))))
                .rootCause()
                .hasMessage("There is no table public.v in the publication " + routes.subscription() + ".");
    }
}
