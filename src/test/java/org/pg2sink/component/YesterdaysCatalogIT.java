package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Modification;

/** Rows are what they were when they were written, whatever happened to types, keys and tables before they are streamed. */
@Tag("core")
class YesterdaysCatalogIT {

    private static final String[] DROP = {
        "alter table example drop column ea, drop column di, drop column dn, drop column c",
        "drop domain di",
        "drop domain dn",
        "drop type e",
        "drop type c"
    };

    private TestDatabase database;

    @BeforeEach
    void createTables() {
        database = TestServer.newDatabase();
        database.execute(
                "create type e as enum ('a', 'b')",
                "create domain di as int",
                "create domain dn as numeric(10, 2)",
                "create type c as (x int)",
                "create table example (id int primary key, ea e[], di di, dn dn, c c)",
                "create table full_table (id int primary key, n int)",
                "alter table full_table replica identity full");
    }

    private void insertExample(int id) {
        database.execute("insert into example values (" + id + ", '{a,b}', 6, 1.5, '(1)')");
    }

    private static String json(Subscriber subscriber, int index) {
        List<String> documents = subscriber.json().stream()
                .filter(line -> line.contains("\"after\""))
                .toList();
        return documents.get(index);
    }

    private static final String VALUES = "\"ea\":[\"a\",\"b\"],\"di\":6,\"dn\":\"1.50\",\"c\":\"(1)\"";

    /** Keeps types and keys where a restart finds them. */
    private void awaitKept(Subscriber subscriber) {
        await().atMost(Subscriber.PATIENCE).ignoreExceptions().until(() -> database.value(
                        "select (select count(*) from pg2sink.known_types) >= 5"
                                + " and (select count(*) from pg2sink.known_keys) >= 1")
                .equals("t"));
    }

    @Test
    void typesThatAreDroppedWhileTheStreamIsSuspendedAreKnown() throws Exception {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            subscriber.context().getRouteController().stopRoute("stream");
            insertExample(1);
            database.execute(DROP);
            subscriber.context().getRouteController().startRoute("stream");
            subscriber.awaitModifications(1);
            assertThat(json(subscriber, 0)).contains(VALUES);
        }
    }

    @Test
    void typesAndTablesThatAreDroppedWhileNobodyRunsAreKnown() {
        try (Subscriber subscriber = Subscriber.importing(database, "")) {
            subscriber.awaitAllImported();
            awaitKept(subscriber);
        }
        insertExample(1);
        database.execute("insert into full_table values (7, 8)", "drop table full_table");
        database.execute(DROP);
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.importing(database, "")) {
            List<Modification> changes = subscriber.awaitModifications(2);
            assertThat(json(subscriber, 0)).contains(VALUES);
            assertThat(changes.get(1).table().keyNames()).containsExactly("id");
            assertThat(log.lines("was dropped before its rows were streamed")).isEmpty();
        }
    }

    @Test
    void ofTypesThatNobodyHasSeenTheStreamTellsSomeAndTheLogTheRest() {
        Subscriber.start(database, "").close();
        database.execute(
                "create domain late_domain as int",
                "create type late_enum as enum ('a', 'b')",
                "alter table example add d late_domain, add l late_enum[]",
                "insert into example (id, d, l) values (1, 5, '{a}')",
                "alter table example drop column d, drop column l",
                "drop domain late_domain",
                "drop type late_enum");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.start(database, "")) {
            subscriber.awaitModifications(1);
            assertThat(json(subscriber, 0)).contains("\"d\":5,\"l\":\"{a}\"");
            assertThat(log.lines("The type public._late_enum of public.example was dropped"))
                    .singleElement()
                    .asString()
                    .contains("the values of l come as text");
        }
    }

    @Test
    void aKeyCountsFromTheChangeThatMadeIt() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "insert into full_table values (1, 1)",
                    "alter table full_table drop constraint full_table_pkey, add primary key (id, n)");
            subscriber.awaitModifications(1);
            database.execute("insert into full_table values (2, 2)");
            List<Modification> changes = subscriber.awaitModifications(2);
            assertThat(changes.get(0).table().keyNames()).containsExactly("id");
            assertThat(changes.get(1).table().keyNames()).containsExactly("id", "n");
        }
    }

    @Test
    void aKeyThatIsDroppedWhileNobodyRunsStaysThatOfTheRowsBeforeAndIsSaid() {
        try (Subscriber subscriber = Subscriber.importing(database, "")) {
            subscriber.awaitAllImported();
            awaitKept(subscriber);
        }
        database.execute(
                "insert into full_table values (1, 1)", "alter table full_table drop constraint full_table_pkey");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.importing(database, "")) {
            assertThat(subscriber.awaitModifications(1).get(0).table().keyNames())
                    .containsExactly("id");
            assertThat(log.lines("The primary key [id] of public.full_table was dropped while no process saw it"))
                    .hasSize(1);
            database.execute("insert into full_table values (2, 2)", "update full_table set n = 3 where id = 2");
            assertThat(subscriber.awaitModifications(3).get(2).table().keyNames())
                    .isEmpty();
        }
    }

    @Test
    void aKeyThatIsChangedWhileNobodyRunsCountsFromTheTransactionThatMadeIt() {
        try (Subscriber subscriber = Subscriber.importing(database, "")) {
            subscriber.awaitAllImported();
            awaitKept(subscriber);
        }
        database.execute(
                "insert into full_table values (1, 1)",
                "alter table full_table drop constraint full_table_pkey, add primary key (n)",
                "insert into full_table values (2, 2)");
        try (Subscriber subscriber = Subscriber.importing(database, "")) {
            List<Modification> changes = subscriber.awaitModifications(2);
            assertThat(changes.get(0).table().keyNames()).containsExactly("id");
            assertThat(changes.get(1).table().keyNames()).containsExactly("n");
        }
    }

    @Test
    void aRenamedTableAndAColumnOfAnotherTypeAreWhatTheyWere() {
        Subscriber.start(database, "").close();
        database.execute(
                "insert into full_table values (1, 1)",
                "alter table full_table alter n type text",
                "alter table full_table rename to renamed",
                "insert into renamed values (2, 'x')");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            List<Modification> changes = subscriber.awaitModifications(2);
            assertThat(changes.get(0).table().name()).isEqualTo("full_table");
            assertThat(changes.get(0).after().get("n")).isEqualTo(1);
            assertThat(changes.get(1).table().name()).isEqualTo("renamed");
            assertThat(changes.get(1).after().get("n")).isEqualTo("x");
        }
    }
}
