package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Modification;

/** In which order the rows of a table are read, and that no order loses a row or a value, whatever moves meanwhile. */
@Tag("core")
class ImportOrderIT {

    private static final String LONG = "repeat('long ', 1000)";
    private static final List<String> FIRST_100 =
            IntStream.rangeClosed(1, 100).mapToObj(String::valueOf).toList();

    private TestDatabase database;

    @BeforeEach
    void createTable() {
        database = TestServer.newDatabase();
        database.execute(
                "create table example (id int primary key, n int, doc text) with (fillfactor = 10)",
                "alter table example alter doc set storage external",
                "insert into example select i, 0, 'short' from generate_series(100, 1, -1) i");
    }

    /** Imports the table in chunks of a few rows, and does something else before the third of them is delivered. */
    private Subscriber importWith(String options, Runnable meanwhile) {
        AtomicInteger chunks = new AtomicInteger();
        return importTaking(options, chunk -> {
            if (chunks.incrementAndGet() == 3) {
                meanwhile.run();
            }
        });
    }

    /** Imports the table, with a step that takes each chunk. */
    private Subscriber importTaking(String options, Consumer<Batch> step) {
        return Subscriber.importing(
                        database,
                        Subscriber.nameFor(database),
                        "",
                        options,
                        chunk -> step.accept(chunk.getMessage().getBody(Batch.class)))
                .awaitStreaming()
                .awaitAllImported();
    }

    private String order(Subscriber subscriber) {
        return subscriber.job("example", "cursor[1]");
    }

    /** Returns the latest value of a column, by what the sink got. */
    private static Object latest(Subscriber subscriber, int id, String column) {
        Object value = null;
        for (Modification change : subscriber.modifications()) {
            if (change.after() != null
                    && change.after().toMap().get("id").equals(id)
                    && change.after().toMap().containsKey(column)) {
                value = change.after().toMap().get(column);
            }
        }
        return value;
    }

    @Test
    void aTableWithoutLongValuesIsReadByThePlacesOfItsRows() {
        try (Subscriber subscriber = importWith("chunkSize=10", () -> {})) {
            assertThat(order(subscriber)).isEqualTo("ctid of short rows");
            assertThat(subscriber.imported("example", "id"))
                    .isEqualTo(database.query("select id from example order by ctid"));
        }
    }

    @Test
    void aTableWithLongValuesIsReadByItsKey() {
        database.execute("update example set doc = " + LONG + " where id = 7");
        try (Subscriber subscriber = importWith("chunkSize=10", () -> {})) {
            assertThat(order(subscriber)).isEqualTo("\"id\" integer");
            assertThat(subscriber.imported("example", "id")).isEqualTo(FIRST_100);
        }
    }

    @Test
    void aTableWithLongValuesIsReadByPlacesIfTheStreamTellsThemAll() {
        database.execute("update example set doc = " + LONG, "alter table example replica identity full");
        try (Subscriber subscriber = importWith("chunkSize=10", () -> {})) {
            assertThat(order(subscriber)).isEqualTo("ctid");
            assertThat(subscriber.imported("example", "id")).containsExactlyInAnyOrderElementsOf(FIRST_100);
        }
    }

    @Test
    void severalReadersOfATableReadEachRowOnce() {
        try (Subscriber subscriber = importWith("chunkSize=10&chunkReaders=4", () -> {})) {
            assertThat(subscriber.imported("example", "id"))
                    .isEqualTo(database.query("select id from example order by ctid"));
            assertThat(subscriber.job("example", "rows_processed_total")).isEqualTo("100");
        }
    }

    @Test
    void wherePlacesSuddenlyHaveManyRowsEachRowComesOnceAndNoChunkIsLarger() {
        database.execute( // what comes after the few that a block has so far
                "alter table example reset (fillfactor)",
                "insert into example select i, 0, 'short' from generate_series(101, 3000) i");
        List<Integer> chunks = new CopyOnWriteArrayList<>();
        try (Subscriber subscriber = importTaking("chunkSize=20", chunk -> chunks.add(chunk.size()))) {
            assertThat(subscriber.imported("example", "id"))
                    .isEqualTo(database.query("select id from example order by ctid"));
            assertThat(chunks)
                    .allMatch(size -> size <= 20 + 3); // the schema and the marks of the import come with a chunk
        }
    }

    @Test
    void whereRowsBecomeWiderNoChunkHasMoreBytesThanWanted() {
        database.execute(
                "alter table example reset (fillfactor)",
                "insert into example select i, 0, 'short' from generate_series(101, 1000) i",
                "insert into example select i, 0, repeat('w', 500) from generate_series(1001, 2000) i");
        List<Integer> chunks = new CopyOnWriteArrayList<>();
        try (Subscriber subscriber = importTaking(
                "chunkSize=200&chunkBytes=10000",
                chunk -> chunks.add(chunk.stream()
                        .mapToInt(entry -> entry instanceof Modification change ? change.bytes() : 0)
                        .sum()))) {
            assertThat(subscriber.imported("example", "id"))
                    .isEqualTo(database.query("select id from example order by ctid"));
            assertThat(chunks).allMatch(bytes -> bytes < 10_000 + 600);
        }
    }

    @Test
    void rowsOfManyNullsCountAsLargeThoughTheyHaveLittleText() {
        String columns =
                IntStream.rangeClosed(1, 200).mapToObj(i -> "c" + i + " int").collect(Collectors.joining(", "));
        database.execute(
                "create table sparse (id int primary key, " + columns + ")",
                "insert into sparse (id) select generate_series(1, 12000)");
        try (Subscriber subscriber = importWith("chunkSize=5000&chunkBytes=500000", () -> {})) {
            assertThat(subscriber.imported("sparse", "id"))
                    .isEqualTo(database.query("select id from sparse order by ctid"));
            assertThat(Long.parseLong(subscriber.job("sparse", "bytes_processed_total")))
                    .isGreaterThan(12_000 * 600);
        }
    }

    @Test
    void aTableWithoutColumnsIsReadByPlacesToo() {
        database.execute(
                "create table bare ()",
                "alter table bare replica identity full",
                "insert into bare select from generate_series(1, 100)");
        try (Subscriber subscriber = importWith("chunkSize=10", () -> {})) {
            assertThat(subscriber.job("bare", "rows_processed_total")).isEqualTo("100");
        }
    }

    @Test
    void aRowFilterWithAnIndexDoesNotChangeTheOrder() {
        assumeThat(TestServer.majorVersion()).as("row filters").isGreaterThanOrEqualTo(15);
        database.execute("create index on example (n)", "update example set n = 100 - id", "analyze example");
        String name = Subscriber.nameFor(database);
        database.execute("create publication " + name + " for table example where (n < 50)");
        try (Subscriber subscriber = Subscriber.importing(database, name, "", "chunkSize=10", c -> {})
                .awaitStreaming()
                .awaitAllImported()) {
            assertThat(subscriber.imported("example", "id"))
                    .isEqualTo(database.query("select id from example where n < 50 order by ctid"));
        }
    }

    @Test
    void aRowThatMovesToWhereTheImportHasBeenKeepsTheLongValueThatCameMeanwhile() {
        try (Subscriber subscriber = importWith("chunkSize=10", () -> {
            database.execute("delete from example where id > 90", "vacuum example");
            database.execute("update example set doc = " + LONG + " where id = 1");
            database.execute("update example set n = 7 where id = 1");
        })) {
            subscriber.awaitModifications(100);
            assertThat(latest(subscriber, 1, "n")).isEqualTo(7);
            assertThat((String) latest(subscriber, 1, "doc")).startsWith("long long");
        }
    }

    @Test
    void aTableWhoseRowsMoveToAnotherFileIsReadFromItsBeginning() {
        try (Subscriber subscriber = importWith(
                "chunkSize=10",
                () -> database.execute("vacuum full example", "update example set n = 7 where id = 1"))) {
            assertThat(subscriber.imported("example", "id"))
                    .containsAll(FIRST_100)
                    .hasSizeGreaterThan(100);
            assertThat(latest(subscriber, 1, "n")).isEqualTo(7);
        }
    }

    @Test
    void aTableWhoseIdentityTellsNoLongValuesAnyMoreIsReadByItsKeyFromItsBeginning() {
        database.execute("update example set doc = " + LONG, "alter table example replica identity full");
        try (Subscriber subscriber =
                importWith("chunkSize=10", () -> database.execute("alter table example replica identity default"))) {
            assertThat(order(subscriber)).isEqualTo("\"id\" integer");
            assertThat(subscriber.imported("example", "id"))
                    .containsAll(FIRST_100)
                    .hasSizeGreaterThan(100);
        }
    }

    @Test
    void aTableWhoseIdentityWasAnotherOneForAMomentIsReadFromItsBeginning() {
        database.execute("update example set doc = " + LONG, "alter table example replica identity full");
        try (Subscriber subscriber = importWith(
                "chunkSize=10",
                () -> database.execute(
                        "alter table example replica identity default",
                        "update example set n = 7 where id = 1",
                        "alter table example replica identity full"))) {
            assertThat(order(subscriber)).isEqualTo("ctid");
            assertThat(subscriber.imported("example", "id"))
                    .containsAll(FIRST_100)
                    .hasSizeGreaterThan(100);
            assertThat((String) latest(subscriber, 1, "doc")).startsWith("long long");
        }
    }

    @Test
    void aTableOfWhichNoUpdateIsPublishedIsReadByItsKey() {
        String name = Subscriber.nameFor(database);
        database.execute("create publication " + name + " for table example with (publish = 'insert, delete')");
        AtomicInteger chunks = new AtomicInteger();
        try (Subscriber subscriber = Subscriber.importing(database, name, "", "chunkSize=10", chunk -> {
                    if (chunks.incrementAndGet() == 3) {
                        database.execute("delete from example where id > 90", "vacuum example");
                        database.execute("update example set n = 7 where id > 30");
                    }
                })
                .awaitStreaming()
                .awaitAllImported()) {
            assertThat(order(subscriber)).isEqualTo("\"id\" integer");
            assertThat(subscriber.imported("example", "id")).containsAll(FIRST_100.subList(0, 90));
        }
    }
}
