package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** Which tables are in the publication, and when. */
@Tag("core")
class PublicationIT {

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
        database.execute(
                "create schema sales",
                "create table public.a (id int primary key)",
                "create table public.b (id int primary key)",
                "create table sales.c (id int primary key)",
                "create schema other",
                "create table other.d (id int primary key)");
    }

    private List<String> published() {
        return database.query("select schemaname || '.' || tablename from pg_publication_tables where pubname = '"
                + Subscriber.nameFor(database) + "' order by 1");
    }

    private void awaitPublished(String... tables) {
        await().atMost(Subscriber.PATIENCE).until(() -> published().equals(List.of(tables)));
    }

    @Test
    void theTablesOfTheSchemasArePublished() {
        try (Subscriber subscriber = Subscriber.start(database, "schemas=public,sales")) {
            awaitPublished("public.a", "public.b", "sales.c");
        }
    }

    @Test
    void tablesAreChosenByTheOptions() {
        try (Subscriber subscriber =
                Subscriber.start(database, "schemas=public,sales&tables=a,sales.*&excludeTables=b")) {
            awaitPublished("public.a", "sales.c");
        }
    }

    @Test
    void aTableThatAppearsIsAddedWhileRunning() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("create table public.late (id int primary key)");
            awaitPublished("public.a", "public.b", "public.late");
            database.execute("insert into late values (1)");
            assertThat(subscriber.awaitModifications(1).get(0).table().name()).isEqualTo("late");
        }
    }

    @Test
    void aTableThatLeavesTheSchemasIsRemoved() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("alter table public.b set schema other");
            awaitPublished("public.a");
        }
    }

    @Test
    void aTableThatIsExcludedAtTheNextStartIsRemoved() {
        Subscriber.start(database, "").close();
        awaitPublished("public.a", "public.b");
        try (Subscriber subscriber = Subscriber.start(database, "excludeTables=b")) {
            awaitPublished("public.a");
        }
    }

    @Test
    void aTableThatSomebodyTookOutIsAddedAgainAndRemovedOnceItIsExcluded() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("alter publication " + subscriber.name() + " drop table public.b");
            awaitPublished("public.a", "public.b");
        }
        try (Subscriber subscriber = Subscriber.start(database, "excludeTables=b")) {
            awaitPublished("public.a");
        }
    }

    @Test
    void whatSomebodyElsePutInIsLeftAlone() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "alter publication " + subscriber.name() + " add table other.d",
                    "create table public.late (id int primary key)");
            awaitPublished("other.d", "public.a", "public.b", "public.late");
        }
    }

    @Test
    void aPublicationThatSomebodyMadeIsUsed() {
        database.execute("create publication " + Subscriber.nameFor(database) + " for all tables");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into other.d values (1)");
            assertThat(subscriber.awaitModifications(1).get(0).table().name()).isEqualTo("d");
        }
    }

    @Test
    void pg2sinksOwnTablesAreNeitherStreamedNorImportedThoughAllTablesArePublished() {
        database.execute(
                "create publication " + Subscriber.nameFor(database) + " for all tables",
                "insert into public.a values (1)");
        try (Subscriber subscriber = Subscriber.importing(database, "")) {
            subscriber.awaitImport("a", "completed");
            database.execute("insert into public.a values (2)");
            assertThat(subscriber.awaitModifications(2))
                    .extracting(change -> change.table().namespace())
                    .doesNotContain("pg2sink");
            assertThat(database.query("select table_name from pg2sink.import_jobs where namespace = 'pg2sink'"))
                    .isEmpty();
        }
    }

    @Test
    void whatSomebodyWroteIntoThePublicationsCommentStays() {
        String publication = Subscriber.nameFor(database);
        database.execute(
                "create publication " + publication, "comment on publication " + publication + " is 'ask Ada first'");
        Subscriber.start(database, "").close();
        awaitPublished("public.a", "public.b");
        try (Subscriber subscriber = Subscriber.start(database, "excludeTables=b")) {
            awaitPublished("public.a");
            assertThat(database.value("select obj_description(oid, 'pg_publication') from pg_publication"))
                    .startsWith("ask Ada first\npg2sink added: ");
        }
    }

    @Test
    void aTableWithoutIdentityIsLeftOutSoThatItsUpdatesGoOnAndComesInOnceItHasOne() {
        database.execute("create table public.keyless (n int)");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into keyless values (1)", "update keyless set n = 2");
            awaitPublished("public.a", "public.b");

            database.execute("alter table keyless replica identity full");
            awaitPublished("public.a", "public.b", "public.keyless");
            database.execute("update keyless set n = 3");
            assertThat(subscriber.awaitModifications(1).get(0).before().toMap()).containsEntry("n", 2);
        }
    }

    @Test
    void temporaryAndUnloggedTablesAndViewsAreNoConcern() {
        database.execute(
                "create unlogged table public.fast (id int primary key)", "create view public.v as select 1 as n");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            awaitPublished("public.a", "public.b");
        }
    }

    @Test
    void aTableOfAnotherOwnerDoesNotHoldUpTheOthers() {
        String role = Subscriber.nameFor(database);
        database.execute(
                "create role " + role + " login replication",
                "grant create on database " + database.value("select current_database()") + " to " + role,
                "alter table public.a owner to " + role);
        TestDatabase asRole = new TestDatabase(database.url().replace("user=postgres", "user=" + role));
        try (Subscriber subscriber = Subscriber.start(asRole, "")) {
            awaitPublished("public.a");
        }
    }

    @Test
    void aPartitionOfATableElsewhereIsATableOfItsOwn() {
        database.execute(
                "create table other.root (id int primary key) partition by range (id)",
                "create table public.part partition of other.root for values from (1) to (10)");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            awaitPublished("public.a", "public.b", "public.part");
            database.execute("insert into other.root values (5)");
            assertThat(subscriber.awaitModifications(1).get(0).table().name()).isEqualTo("part");
        }
    }
}
