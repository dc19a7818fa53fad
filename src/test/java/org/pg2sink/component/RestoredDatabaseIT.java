package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** A database that was restored from a dump: the same tables with other OIDs, and what pg2sink keeps came along. */
@Tag("core")
class RestoredDatabaseIT {

    private final TestDatabase dumped = TestServer.newDatabase();
    private final TestDatabase restored = TestServer.newDatabase();

    private static String comment(TestDatabase database) {
        return database.value("select obj_description(oid, 'pg_publication') from pg_publication");
    }

    private static void createTables(TestDatabase database, String... names) {
        for (String name : names) {
            database.execute("create table " + name + " (id int primary key, msg text)");
        }
    }

    /** Does what a dump of the publication does. */
    private void restorePublication(String members) {
        String name = Subscriber.nameFor(restored);
        restored.execute(
                "create publication " + name + (members.isEmpty() ? "" : " for table " + members),
                "comment on publication " + name + " is '" + comment(dumped).replace("'", "''") + "'");
    }

    @Test
    void aTableThatWasRemovedOnRequestStaysOut() {
        createTables(dumped, "kept", "removed", "\"od\"\"d, it's\"");
        try (Subscriber subscriber = Subscriber.start(dumped, "")) {
            subscriber.ask("removeTable", "removed");
            subscriber.ask("removeTable", "od\"d, it's");
        }
        createTables(restored, "\"od\"\"d, it's\"", "removed", "kept");
        restorePublication("kept");

        try (Subscriber subscriber = Subscriber.importing(restored, "")) {
            subscriber.awaitAllImported();
            assertThat(restored.query("select tablename from pg_publication_tables"))
                    .containsExactly("kept");
            assertThat(comment(restored)).isNotEqualTo(comment(dumped));

            subscriber.ask("addTable", "removed");
            subscriber.awaitImport("removed", "completed");
            assertThat(restored.query("select tablename from pg_publication_tables order by 1"))
                    .containsExactly("kept", "removed");
        }
    }

    @Test
    void aTableThatPg2sinkAddedIsTakenOutWhenItLeavesTheSubscription() {
        createTables(dumped, "a", "b");
        Subscriber.start(dumped, "").close();
        createTables(restored, "b", "a");
        restorePublication("a, b");
        try (Subscriber subscriber = Subscriber.start(restored, "excludeTables=b")) {
            await().atMost(Subscriber.PATIENCE)
                    .untilAsserted(() -> assertThat(restored.query("select tablename from pg_publication_tables"))
                            .containsExactly("a"));
        }
    }

    @Test
    void aTableThatWasRenamedIsKnownByItsNewNameInADump() {
        createTables(dumped, "before");
        try (Subscriber subscriber = Subscriber.start(dumped, "")) {
            subscriber.ask("removeTable", "before");
            dumped.execute("alter table before rename to later");
            await().atMost(Subscriber.PATIENCE).until(() -> comment(dumped).contains("\"later\""));
        }
        createTables(restored, "before", "later");
        restorePublication("");
        try (Subscriber subscriber = Subscriber.start(restored, "")) {
            assertThat(restored.query("select tablename from pg_publication_tables"))
                    .containsExactly("before");
        }
    }

    @Test
    void jobsOfTheDumpedDatabaseAreNotThoseOfThisOne() {
        createTables(dumped, "example");
        Subscriber.importing(dumped, "").awaitAllImported().close();
        createTables(restored, "other", "example");
        restored.execute("insert into example select i, 'x' from generate_series(1, 10) i");
        restorePublication("example");
        String name = Subscriber.nameFor(restored);
        Subscriber.importing(restored, "").awaitAllImported().close();
        restored.execute( // what a dump would have brought: positions and jobs of another database, far ahead of this
                // one
                "select pg_drop_replication_slot('" + name + "')",
                "update pg2sink.positions set system_identifier = '1', confirmed = 'FF/0', permitted = 'FF/0'",
                "update pg2sink.import_jobs set barrier = '99999999', relation = 1" + " where table_name = 'example'");

        try (Subscriber subscriber = Subscriber.importing(restored, "")) {
            subscriber.awaitImport("example", "completed");
            subscriber.ask("resyncTable", "example");
            await().atMost(Subscriber.PATIENCE)
                    .until(() -> subscriber.imported("example").size() == 20);
            assertThat(restored.value("select restarts from pg2sink.positions")).isEqualTo("1");
        }
    }
}
