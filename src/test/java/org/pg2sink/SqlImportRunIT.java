package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a finished import leaves of the rows that only the copy has: nothing. */
class SqlImportRunIT {

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

    private void awaitImported(int runs) {
        routes.awaitImported(runs);
        routes.awaitAllConfirmed();
    }

    private void assertCopied(String table) {
        assertThat(target.rows(table)).isEqualTo(source.rows(table));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id int primary key, msg text",
                "id int primary key",
                "id int generated always as identity primary key",
                "id text primary key, msg text",
                "id int, part text, msg text, primary key (part, id)",
                "id int primary key deferrable, msg text",
                "id int, msg text"
            })
    void rowsThatTheSourceDoesNotHaveAreGone(String columns) {
        source.execute("create table t (" + columns + ")");
        String filled = columns.contains("part") ? "id, part" : "id";
        String part = columns.contains("part") ? ", 'p' || i % 3" : "";
        source.execute(
                "insert into t (" + filled + ") overriding system value select i" + part
                        + " from generate_series(1, 50) i",
                "alter table t replica identity full");
        routes.start();
        awaitImported(1);
        assertCopied("t");

        target.execute(
                "insert into t (" + filled + ") overriding system value select i" + part
                        + " from generate_series(51, 60) i",
                "delete from t where id = '7'");
        routes.resync("t");
        awaitImported(2);
        assertCopied("t");
    }

    @Test
    void changesMeanwhileStay() throws Exception {
        WriteLoad.createTables(source);
        source.execute(
                "create table pairs (a int, b int, primary key (a, b))",
                "insert into pairs select i, i from generate_series(1, 2000) i",
                "insert into narrow select i, 0, 'early' from generate_series(1, 2000) i");
        routes.start();
        awaitImported(4);
        target.execute(
                "insert into narrow select -i, 0, 'stale' from generate_series(1, 500) i",
                "insert into pairs select -i, i from generate_series(1, 500) i");
        try (WriteLoad load = WriteLoad.start(source, 1, 1)) {
            for (int run = 1; run <= 2; run++) {
                routes.resync("narrow");
                routes.resync("pairs");
                source.execute(
                        "delete from pairs where a % 7 = " + run,
                        "insert into pairs values (-" + run + ", " + run + ")",
                        "update pairs set b = b where a = -" + run);
                awaitImported(4 + 2 * run);
            }
        }
        routes.awaitAllConfirmed();

        assertCopied("narrow");
        assertCopied("keyed");
        assertCopied("wide");
        assertCopied("pairs");
    }

    @Test
    void aRowThatTheStreamWritesJustBeforeItsChunkIsReadStays() {
        source.execute("create table only_key (id int primary key)", "insert into only_key values (1), (2)");
        routes.start();
        awaitImported(1);
        source.execute("delete from only_key where id = 2");
        routes.awaitAllConfirmed();
        target.execute("insert into only_key values (2)"); // the copy has what the source is about to get
        routes.resync("only_key");
        source.execute("insert into only_key values (2)");
        awaitImported(2);

        assertCopied("only_key");
    }

    @Test
    void whatWasDeletedWhileTheSlotWasGoneIsGoneByItself() {
        source.execute(
                "create table example (id int primary key, msg text)",
                "insert into example select i, 'early' from generate_series(1, 100) i");
        routes.start();
        awaitImported(1);
        routes.close();
        source.execute(
                "select pg_drop_replication_slot('" + routes.subscription() + "')",
                "delete from example where id > 90");
        routes.start();
        awaitImported(2);

        assertCopied("example");
    }

    @Test
    void anEmptyTableEmptiesItsCopy() {
        source.execute("create table example (id int primary key, msg text)", "insert into example values (1, 'a')");
        routes.start();
        awaitImported(1);
        routes.close();
        source.execute("select pg_drop_replication_slot('" + routes.subscription() + "')", "truncate example");
        routes.start();
        awaitImported(2);

        assertCopied("example");
    }

    @Test
    void anEmptyTableIsMadeAtOnce() {
        source.execute("create table example (id int primary key, msg text)");
        routes.start();
        awaitImported(1);

        assertThat(target.query("select * from example")).isEmpty();
    }

    @Test
    void rowsOfAnotherSubscriptionStay() {
        source.execute("create table example (id int primary key, msg text)", "insert into example values (1, 'a')");
        routes.start();
        awaitImported(1);
        target.execute(
                "insert into example values (2, 'of another source')",
                "insert into pg2sink_copy.position (subscription, namespace, name, lsn, sequence)"
                        + " values ('another', 'public', 'example', '0/1', 1)");
        routes.resync("example");
        awaitImported(2);

        assertThat(target.query("select id from example order by id")).containsExactly("1", "2");
    }

    @Test
    void aCopyThatDidNotSeeTheBeginLosesNothing() {
        source.execute(
                "create table example (id int primary key, msg text)",
                "insert into example select i, 'early' from generate_series(1, 100) i");
        routes.start();
        awaitImported(1);
        target.execute(
                "insert into example values (200, 'only here')",
                "create function forget() returns trigger language plpgsql as"
                        + " $$ begin new.import_server = 1; return new; end $$",
                "create trigger forget before update on pg2sink_copy.position for each row execute function forget()",
                "alter table pg2sink_copy.position enable always trigger forget");
        routes.resync("example");
        awaitImported(2);

        assertThat(target.value("select count(*) from example")).isEqualTo("101");
    }
}
