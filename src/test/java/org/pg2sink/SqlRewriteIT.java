package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ALTER TABLE gives rows that are there values of which the stream tells nothing, and the copy gets them by an import. */
@Tag("core")
class SqlRewriteIT {

    private TestDatabase source;
    private TestDatabase target;
    private ShippedRoutes routes;

    @BeforeEach
    void start() {
        source = TestServer.newDatabase();
        target = TestServer.newDatabase();
        source.execute(
                "create type mood as enum ('sad')",
                "create domain positive as int default 1 check (value > 0)",
                "create table other (id int primary key, m mood)",
                "create table t (id int primary key, v text, s varchar(9)) partition by range (id)",
                "create table t1 partition of t for values from (0) to (10)",
                "create table t2 partition of t for values from (10) to (20)",
                "insert into t values (1, '12', 'a'), (2, '345', 'b'), (11, '6', 'c')",
                "create table plain (like t including all)",
                "insert into plain select * from t");
        routes = new ShippedRoutes(source).copyTo(target).set("pg2sink.imports", "true");
        routes.start();
        routes.awaitImported(3);
        routes.awaitAllConfirmed();
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    private void assertCopied() {
        assertThat(target.rows("t")).isEqualTo(source.rows("t"));
        assertThat(target.rows("plain")).isEqualTo(source.rows("plain"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "add column more float not null default random()",
                "add column more timestamptz default clock_timestamp(), drop column s",
                "add column more bigint default nextval('numbers')",
                "alter column v type int using length(v)",
                "alter column v type bigint using v::bigint",
                "alter column s type char(20)",
                "alter column v type text using v || '!'",
                "add column more positive"
            })
    void rowsThatAreThereGetWhatAlterTableComputes(String change) {
        source.execute(
                "create sequence numbers",
                "alter table t " + change,
                "alter table plain " + change,
                "update t set id = id where id = 1",
                "update plain set id = id where id = 1");
        routes.awaitImported(5);
        routes.awaitAllConfirmed();

        assertCopied();
    }

    @Test
    void aRewriteWhileNothingRunsIsNoticedAtTheNextStart() {
        routes.close();
        source.execute(
                "alter table plain add column number bigint generated always as identity",
                "alter table t alter column v type int using length(v)");
        routes.start();
        routes.awaitImported(5);
        routes.awaitAllConfirmed();

        assertCopied();
    }

    @Test
    void aPartitionThatSomebodyHasLockedHoldsUpNoOther() throws Exception {
        routes.close();
        try (Connection holder = source.connect()) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("lock table t2 in access exclusive mode");
            routes.start();
            source.execute("insert into t1 values (4, 'new', 'd')", "insert into plain values (4, 'new', 'd')");
            routes.awaitAllConfirmed();
            holder.rollback();
        }
        assertCopied();
    }

    @Test
    void nothingIsImportedForWhatTheStreamTellsOrTheTypesPrintAlike() {
        source.execute("vacuum full plain", "cluster t1 using t1_pkey", "alter type mood rename value 'sad' to 'low'");
        routes.awaitImported(4); // so it has looked
        source.execute(
                "alter table t add column a int default 5, add column b text",
                "alter table plain add column a int default 5, add column b text",
                "alter table t alter column s type varchar(20)",
                "alter table plain alter column s type text",
                "alter table plain alter column b set default random()::text",
                "insert into t (id) values (3)",
                "insert into plain (id) values (3)",
                "alter type mood rename value 'low' to 'blue'");
        routes.awaitImported(5);
        routes.awaitAllConfirmed();

        assertCopied();
        assertThat(source.value("select count(*) from pg2sink.import_jobs")).isEqualTo("5");
    }
}
