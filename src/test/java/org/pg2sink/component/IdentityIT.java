package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Modification;

/** What the server can identify is published, what it would then refuse is not, and what a publication withholds is said. */
@Tag("core")
class IdentityIT {

    private TestDatabase database;
    private int major;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
        major = TestServer.majorVersion();
        database.execute("create table a (id int primary key)");
    }

    private List<String> published() {
        return database.query("select tablename from pg_publication_tables where pubname = '"
                + Subscriber.nameFor(database) + "' order by 1");
    }

    @Test
    void aGeneratedKeyIsPublishedWhereTheServerCanAndElseTheTableIsLeftOut() {
        database.execute(
                "create table g (a int not null, b int generated always as (a * 2) stored primary key, v text)");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into g (a) values (1)", "update g set a = 2", "delete from g");
            if (major >= 18) {
                List<Modification> changes = subscriber.awaitModifications(3);
                assertThat(changes.get(1).before().toMap()).isEqualTo(Map.of("b", 2));
                assertThat(changes.get(2).before().toMap()).isEqualTo(Map.of("b", 4));
            } else {
                database.execute("insert into a values (1)");
                assertThat(subscriber.awaitModifications(1).get(0).table().name())
                        .isEqualTo("a");
                assertThat(published()).containsExactly("a");
                assertThat(log.lines("has a generated column in its replica identity"))
                        .singleElement()
                        .asString()
                        .contains("ALTER TABLE \"public\".\"g\" REPLICA IDENTITY FULL");
            }
        }
    }

    @Test
    void aGeneratedColumnUnderFullIdentityBreaksNothing() {
        database.execute(
                "create table g (a int primary key, b int generated always as (a * 2) stored)",
                "alter table g replica identity full");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into g values (1)", "update g set a = 2", "delete from g");
            assertThat(subscriber.awaitModifications(3).get(2).before().toMap()).containsEntry("a", 2);
        }
    }

    @Test
    void aVirtualColumnUnderFullIdentityLeavesTheTableOut() {
        assumeTrue(major >= 18);
        database.execute(
                "create table g (a int, b int generated always as (a * 2) virtual)",
                "alter table g replica identity full");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into g values (1)", "update g set a = 2", "insert into a values (1)");
            subscriber.awaitModifications(1);
            assertThat(published()).containsExactly("a");
            assertThat(log.lines("virtual generated column"))
                    .singleElement()
                    .asString()
                    .contains("Give it a primary key and run ALTER TABLE \"public\".\"g\" REPLICA IDENTITY DEFAULT");
        }
    }

    @Test
    void aPublicationThatPublishesNoGeneratedColumnsTakesNoTableWithOneInItsKey() {
        assumeTrue(major >= 18);
        database.execute(
                "create publication " + Subscriber.nameFor(database),
                "create table g (a int, b int generated always as (a * 2) stored primary key)");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into g values (1)", "update g set a = 2");
            assertThat(published()).containsExactly("a");
            assertThat(log.lines("SET (publish_generated_columns = stored)")).hasSize(1);
            database.execute("alter publication " + subscriber.name() + " set (publish_generated_columns = stored)");
            await().atMost(Subscriber.PATIENCE).until(() -> published().equals(List.of("a", "g")));
        }
    }

    @Test
    void thePartitionThatLacksAnIdentityIsNamed() {
        database.execute(
                "create table root (id int primary key) partition by range (id)",
                "create table good partition of root for values from (0) to (10)",
                "create table bad partition of root for values from (10) to (20)",
                "alter table bad replica identity nothing");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into root values (11)", "update root set id = 12");
            assertThat(published()).containsExactly("a");
            assertThat(log.lines("has the partition public.bad, which has no primary key"))
                    .singleElement()
                    .asString()
                    .contains("ALTER TABLE \"public\".\"bad\" REPLICA IDENTITY FULL");
        }
    }

    @Test
    void aDeferrableKeyIsNoIdentityAndAnotherIndexCanBe() {
        database.execute(
                "create table late (id int primary key deferrable)",
                "create table other (id int primary key deferrable, n int not null unique)",
                "alter table other replica identity using index other_n_key");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "insert into late values (1)", "update late set id = 2", "insert into other values (1, 2)");
            assertThat(subscriber.awaitModifications(1)).hasSize(1);
            assertThat(published()).containsExactly("a", "other");
        }
    }

    @Test
    void aPublicationOfInsertsOnlyTakesTablesWithoutIdentityAndSaysWhatItWithholds() {
        database.execute(
                "create publication " + Subscriber.nameFor(database) + " with (publish = 'insert')",
                "create table keyless (n int)");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("insert into keyless values (1)", "update keyless set n = 2");
            assertThat(subscriber.awaitModifications(1).get(0).table().name()).isEqualTo("keyless");
            String said = "does not publish UPDATE, DELETE, TRUNCATE";
            assertThat(log.lines(said))
                    .singleElement()
                    .asString()
                    .contains("ALTER PUBLICATION \"" + subscriber.name()
                            + "\" SET (publish = 'insert, update, delete, truncate')");
            assertThat(problems(subscriber)).singleElement().asString().contains(said);
        }
    }

    @Test
    void filtersAndColumnListsAreSaid() {
        assumeTrue(major >= 15);
        database.execute(
                "create table c (id int primary key, n int, secret text)",
                "create table f (id int primary key, n int)",
                "create publication " + Subscriber.nameFor(database) + " for table c (id, n), f where (id > 5)");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.start(database, "")) {
            assertThat(log.lines("has a row filter (WHERE), so other rows of public.f never come"))
                    .hasSize(1);
            assertThat(problems(subscriber))
                    .anyMatch(problem -> problem.contains("other rows of public.f never come"))
                    .anyMatch(problem -> problem.contains("other columns of public.c, new ones too, never come"))
                    .hasSize(2);
        }
    }

    @Test
    void listsAndFiltersOutsideOfTheIdentityAreSaidToBreakTheApplication() {
        assumeTrue(major >= 15);
        database.execute(
                "create table c (id int primary key, n int)",
                "create table f (id int primary key, n int)",
                "create publication " + Subscriber.nameFor(database) + " for table c (n), f where (n > 5)");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            assertThat(problems(subscriber))
                    .anyMatch(problem -> problem.contains("carries public.c, which has a replica identity with columns"
                            + " that the publication's column list leaves out"))
                    .anyMatch(problem -> problem.contains("carries public.f, which has a row filter in the publication"
                            + " that uses columns outside of its replica identity"));
        }
    }

    @Test
    void tablesThatComeThoughNobodyAskedForThemAreSaid() {
        database.execute(
                "create schema other",
                "create table other.b (id int primary key)",
                "create table other.keyless (id int)",
                "create publication " + Subscriber.nameFor(database) + " for all tables");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            assertThat(problems(subscriber))
                    .anyMatch(problem ->
                            problem.contains("carries all tables or whole schemas, and so other.b, other.keyless"))
                    .anyMatch(problem -> problem.contains("carries other.keyless, which has no primary key"));
        }
    }

    @Test
    void aPublicationOfPartitionsIsSaid() {
        database.execute(
                "create table root (id int primary key) partition by range (id)",
                "create table part partition of root for values from (0) to (10)",
                "create publication " + Subscriber.nameFor(database));
        try (Subscriber subscriber = Subscriber.start(database, "excludeTables=part")) {
            assertThat(problems(subscriber))
                    .anyMatch(problem -> problem.contains("SET (publish_via_partition_root = true)"));
        }
    }

    @SuppressWarnings("unchecked")
    private static List<String> problems(Subscriber subscriber) {
        return ((List<Map<String, Object>>) subscriber.ask("check"))
                .stream()
                        .filter(finding -> finding.get("check").equals("publication"))
                        .map(finding -> finding.get("sentence") + " " + finding.get("sql"))
                        .toList();
    }
}
