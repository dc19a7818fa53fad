package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Schema;
import org.pg2sink.format.JsonLines;
import org.pg2sink.types.Sample;
import org.pg2sink.types.Samples;

/** What an imported row holds: just what the stream would tell of it. */
@Tag("core")
class ImportValuesIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
    }

    /** Starts, with {@code rows} inserted while the stream runs, and imports what is there. */
    private Subscriber streamedThenImported(String table, String... rows) {
        Subscriber subscriber = Subscriber.importing(database, "").awaitAllImported();
        database.execute(rows);
        subscriber.awaitModifications(rows.length);
        subscriber.ask("resyncTable", table);
        return subscriber.awaitAllImported();
    }

    private static List<String> after(List<Modification> changes) {
        return changes.stream().map(ImportValuesIT::after).toList();
    }

    private static String after(Modification change) {
        try {
            String line = new String(JsonLines.bytes(List.of(change)), StandardCharsets.UTF_8);
            return JSON.readTree(line).get("after").toString();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<String> streamed(Subscriber subscriber) {
        return after(subscriber.modifications().stream()
                .filter(change -> change.operation() == Operation.INSERT)
                .toList());
    }

    private static List<String> importedRows(Subscriber subscriber, String table) {
        return after(subscriber.imported(table));
    }

    @Test
    void aValueOfAnyTypeIsTheSameByImportAndByStream() throws SQLException {
        database.execute(Samples.OBJECTS);
        List<Sample> samples = Samples.all();
        for (int i = 0; i < samples.size(); i++) {
            database.execute("create table sample_" + i + " (id int primary key, v "
                    + samples.get(i).type() + ")");
        }
        String name = Subscriber.nameFor(database);
        try (Subscriber subscriber = Subscriber.importing(database, name, "batching=true", "", exchange -> {})
                        .awaitAllImported();
                Connection connection = database.connect()) {
            int values = 0;
            for (int i = 0; i < samples.size(); i++) {
                insert(connection, "sample_" + i, samples.get(i));
                values += samples.get(i).values().size();
            }
            subscriber.awaitModifications(values);
            database.execute("update pg2sink.import_jobs set expired_at = now()"); // all at once
            subscriber.awaitModifications(2 * values);

            Map<String, List<Modification>> byTable = subscriber.modifications().stream()
                    .collect(Collectors.groupingBy(change -> change.table().name()));
            SoftAssertions soft = new SoftAssertions();
            for (int i = 0; i < samples.size(); i++) {
                List<String> rows = after(byTable.get("sample_" + i));
                int half = samples.get(i).values().size();
                soft.assertThat(rows.subList(half, rows.size()))
                        .as(samples.get(i).type())
                        .containsExactlyInAnyOrderElementsOf(rows.subList(0, half));
            }
            soft.assertAll();
        }
    }

    private static void insert(Connection connection, String table, Sample sample) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into " + table + " select n, l::"
                + sample.type() + " from unnest(?) with ordinality as u(l, n)")) {
            insert.setArray(1, connection.createArrayOf("text", sample.values().toArray()));
            insert.execute();
        }
    }

    @Test
    void whereTheKeysOperatorsStandDoesNotChangeAValue() {
        database.execute(
                "create extension citext", "create table example (id citext primary key, c regclass, t regtype)");
        String row = "insert into example values ('%s', 'example', 'citext')";
        try (Subscriber subscriber = streamedThenImported("example", row.formatted("a"), row.formatted("b"))) {
            assertThat(importedRows(subscriber, "example"))
                    .isEqualTo(streamed(subscriber))
                    .first()
                    .asString()
                    .contains("public.example");
        }
    }

    @Test
    void onlyPublishedColumnsAndRowsAreImported() {
        assumeThat(TestServer.majorVersion()).isGreaterThanOrEqualTo(15);
        database.execute(
                "create table example (id int primary key, secret text, msg text)",
                "create publication " + Subscriber.nameFor(database)
                        + " for table example (id, msg) where (id % 2 = 0 or id > 7)");
        try (Subscriber subscriber = streamedThenImported(
                "example", "insert into example select g, 'secret', 'row ' || g from generate_series(1, 10) g")) {
            subscriber.awaitModifications(12);
            assertThat(importedRows(subscriber, "example"))
                    .isEqualTo(streamed(subscriber))
                    .hasSize(6)
                    .first()
                    .isEqualTo("{\"id\":2,\"msg\":\"row 2\"}");
        }
    }

    @Test
    void generatedColumnsAreAbsentAsInTheStream() {
        String publication =
                "create publication " + Subscriber.nameFor(database); // that of pg2sink has them from 18 on
        database.execute(
                "create table example (id int primary key, twice int generated always as (id * 2) stored, msg text)",
                publication + " with (publish_via_partition_root = true)");
        try (Subscriber subscriber = streamedThenImported("example", "insert into example values (1, default, 'a')")) {
            assertThat(importedRows(subscriber, "example"))
                    .isEqualTo(streamed(subscriber))
                    .containsExactly("{\"id\":1,\"msg\":\"a\"}");
        }
    }

    @Test
    void generatedColumnsAreThereIfTheyArePublished() {
        assumeThat(TestServer.majorVersion()).isGreaterThanOrEqualTo(18);
        database.execute(
                "create table example (id int primary key, twice int generated always as (id * 2) stored,"
                        + " thrice int generated always as (id * 3) virtual, msg text)",
                "create publication " + Subscriber.nameFor(database)
                        + " for table example with (publish_generated_columns = stored)");
        try (Subscriber subscriber =
                streamedThenImported("example", "insert into example values (1, default, default, 'a')")) {
            assertThat(importedRows(subscriber, "example"))
                    .isEqualTo(streamed(subscriber))
                    .containsExactly("{\"id\":1,\"twice\":2,\"msg\":\"a\"}");
        }
    }

    @Test
    void aDroppedColumnLeavesNoTrace() {
        database.execute(
                "create table example (a text, id int primary key, b text)", "alter table example drop column a");
        try (Subscriber subscriber = streamedThenImported("example", "insert into example values (1, 'x')")) {
            assertThat(importedRows(subscriber, "example"))
                    .isEqualTo(streamed(subscriber))
                    .containsExactly("{\"id\":1,\"b\":\"x\"}");
        }
    }

    @Test
    void partitionsComeAsTheirRootInTheOrderOfItsKey() {
        database.execute(
                "create table example (id int, part int, primary key (id, part)) partition by list (part)",
                "create table example_1 (part int not null, id int not null)", // whose columns stand in
                // another order
                "alter table example attach partition example_1 for values in (1)",
                "create table example_2 partition of example for values in (2) partition by range (id)",
                "create table example_2_low partition of example_2 for values from (0) to (5)",
                "create table example_2_high partition of example_2 for values from (5) to (1000)",
                "insert into example select g, 1 + g % 2 from generate_series(1, 20) g");
        try (Subscriber subscriber =
                Subscriber.importing(database, "chunkSize=3").awaitAllImported()) {
            assertThat(subscriber.imported("example", "id"))
                    .isEqualTo(IntStream.rangeClosed(1, 20)
                            .mapToObj(String::valueOf)
                            .toList());
            assertThat(subscriber.modifications()).hasSize(20);
        }
    }

    @Test
    void partitionsWithoutKeyComePartitionAfterPartition() {
        database.execute(
                "create table example (id int, part int) partition by list (part)",
                "alter table example replica identity full",
                "create table example_1 (part int, id int)",
                "alter table example attach partition example_1 for values in (1)",
                "create table example_2 partition of example for values in (2)",
                "create table example_3 partition of example for values in (3)",
                "alter table example_1 replica identity full",
                "alter table example_2 replica identity full",
                "alter table example_3 replica identity full",
                "insert into example select g, case when g % 2 = 0 then 1 else 3 end from generate_series(1, 20) g");
        try (Subscriber subscriber =
                Subscriber.importing(database, "chunkSize=3").awaitAllImported()) {
            assertThat(subscriber.imported("example", "id"))
                    .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 20)
                            .mapToObj(String::valueOf)
                            .toList());
        }
    }

    @Test
    void aTableThatOthersInheritFromComesWithoutTheirRows() {
        database.execute(
                "create table example (id int primary key)",
                "create table child (primary key (id)) inherits (example)",
                "create table keyless (id int)",
                "create table keyless_child () inherits (keyless)",
                "alter table keyless replica identity full",
                "alter table keyless_child replica identity full",
                "insert into example values (1), (2)",
                "insert into child values (2), (3)",
                "insert into keyless values (1), (2)",
                "insert into keyless_child values (2), (3)");
        try (Subscriber subscriber = Subscriber.importing(database, "").awaitAllImported()) {
            assertThat(subscriber.imported("example", "id")).containsExactly("1", "2");
            assertThat(subscriber.imported("child", "id")).containsExactly("2", "3");
            assertThat(subscriber.imported("keyless", "id")).containsExactly("1", "2");
            assertThat(subscriber.imported("keyless_child", "id")).containsExactly("2", "3");
        }
    }

    @Test
    void aTableWithoutKeyComesInTheOrderOfItsBlocks() {
        createKeyless(20_000);
        List<Integer> chunks = new CopyOnWriteArrayList<>();
        try (Subscriber subscriber = Subscriber.importing(
                        database,
                        Subscriber.nameFor(database),
                        "",
                        "chunkSize=3000",
                        chunk -> chunks.add(
                                chunk.getMessage().getBody(Batch.class).size()))
                .awaitStreaming()
                .awaitAllImported()) {
            assertThat(subscriber.imported("keyless", "n"))
                    .isEqualTo(IntStream.rangeClosed(1, 20_000)
                            .mapToObj(String::valueOf)
                            .toList());
            assertThat(chunks).hasSizeGreaterThan(6).allSatisfy(size -> assertThat(size)
                    .isLessThanOrEqualTo(3001));
        }
    }

    @Test
    void aTableWithoutKeyThatIsRewrittenMeanwhileComesWholeAllTheSame() {
        createKeyless(20_000);
        AtomicInteger chunks = new AtomicInteger();
        try (Subscriber subscriber = Subscriber.importing(
                        database, Subscriber.nameFor(database), "batching=true", "chunkSize=3000", chunk -> {
                            if (chunks.incrementAndGet() == 3) { // no transaction is open while a chunk is delivered
                                database.execute(
                                        "set lock_timeout = '3s'",
                                        "delete from keyless where n <= 6000",
                                        "vacuum full keyless");
                            }
                        })
                .awaitStreaming()
                .awaitAllImported()) {
            assertThat(subscriber.imported("keyless", "n"))
                    .contains(IntStream.rangeClosed(6_001, 20_000)
                            .mapToObj(String::valueOf)
                            .toArray(String[]::new));
            assertThat(chunks.get()).isGreaterThan(3);
        }
    }

    private void createKeyless(int rows) {
        database.execute(
                "create table keyless (n int)",
                "alter table keyless replica identity full",
                "insert into keyless select generate_series(1, " + rows + ")");
    }

    @Test
    void aChunkEndsAtSoManyBytes() {
        database.execute(
                "create table wide (id int primary key, document text)",
                "insert into wide select g, repeat(md5(g::text), 32768) from generate_series(1, 12) g",
                "create table wide_keyless (document text)",
                "alter table wide_keyless replica identity full",
                "insert into wide_keyless select document from wide");
        List<Integer> chunks = new CopyOnWriteArrayList<>();
        try (Subscriber subscriber = Subscriber.importing(
                        database,
                        Subscriber.nameFor(database),
                        "",
                        "chunkBytes=2000000",
                        chunk -> chunks.add((int) chunk.getMessage().getBody(Batch.class).stream()
                                .filter(entry ->
                                        entry instanceof Modification change && change.operation() == Operation.IMPORT)
                                .count()))
                .awaitStreaming()
                .awaitAllImported()) {
            assertThat(chunks).filteredOn(rows -> rows > 0).containsOnly(1, 2);
            assertThat(subscriber.imported("wide", "id")).hasSize(12);
            assertThat(subscriber.imported("wide", "document"))
                    .allSatisfy(value -> assertThat(value).hasSize(1 << 20));
            assertThat(subscriber.imported("wide_keyless", "document"))
                    .isEqualTo(subscriber.imported("wide", "document"));
        }
    }

    @Test
    void anEmptyTableSendsItsSchemaSoThatItIsNotTakenForOneThatIsNotPublished() {
        database.execute(
                "create table empty (id int primary key)",
                "create table empty_keyless (id int)",
                "alter table empty_keyless replica identity full");
        try (Subscriber subscriber = Subscriber.importing(database, "").awaitAllImported()) {
            assertThat(subscriber.entries())
                    .allMatch(Schema.class::isInstance)
                    .extracting(entry -> entry.table().name())
                    .containsExactlyInAnyOrder("empty", "empty_keyless");
            database.execute("insert into empty values (1)");
            subscriber.awaitModifications(1);
            assertThat(subscriber.entries()).hasSize(3); // it is not sent twice
        }
    }

    @Test
    void rowLevelSecurityIsAnErrorRatherThanMissingRows() {
        String role = Subscriber.nameFor(database);
        database.execute(
                "create role " + role + " login replication",
                "grant create on database " + database.value("select current_database()") + " to " + role,
                "create table secured (id int primary key)",
                "insert into secured values (1), (2)",
                "alter table secured enable row level security",
                "alter table secured force row level security",
                "create policy half on secured using (id = 1)",
                "alter table secured owner to " + role,
                "create table plain (id int primary key)",
                "insert into plain values (1)",
                "alter table plain owner to " + role);
        TestDatabase asRole = new TestDatabase(database.url().replace("user=postgres", "user=" + role));
        try (Subscriber subscriber = Subscriber.importing(asRole, "")) {
            subscriber.awaitImport("plain", "completed");
            await().atMost(Subscriber.PATIENCE).until(() -> subscriber.job("secured", "error") != null);
            assertThat(subscriber.job("secured", "error"))
                    .contains("row-level security")
                    .contains("secured");
            assertThat(subscriber.imported("secured")).isEmpty();
        }
    }

    @Test
    void aSchemaThatTheStreamHasSentIsNotSentAgain() {
        database.execute("create table example (id int primary key)");
        try (Subscriber subscriber = streamedThenImported("example", "insert into example values (1)")) {
            database.execute("insert into example values (2)");
            subscriber.awaitModifications(3);
            assertThat(schemas(subscriber)).hasSize(1);
        }
    }

    @Test
    void aSchemaThatChangedSinceIsSentBeforeTheRowsThatHaveIt() {
        database.execute("create table example (id int primary key)");
        try (Subscriber subscriber = Subscriber.importing(database, "").awaitAllImported()) {
            database.execute("insert into example values (1)");
            subscriber.awaitModifications(1);
            database.execute("alter table example add column msg text default 'x'");
            subscriber.ask("resyncTable", "example");
            subscriber.awaitModifications(2);
            database.execute("insert into example values (2)");
            subscriber.awaitModifications(3);

            assertThat(schemas(subscriber)).hasSize(2);
            assertThat(subscriber.entries().get(2)).isInstanceOf(Schema.class);
            assertThat(importedRows(subscriber, "example")).containsExactly("{\"id\":1,\"msg\":\"x\"}");
        }
    }

    @Test
    void aColumnThatAppearsBetweenTwoChunksIsAnnouncedBetweenThem() {
        database.execute("create table example (id int primary key)", "insert into example values (1), (2), (3)");
        AtomicInteger chunks = new AtomicInteger();
        try (Subscriber subscriber = Subscriber.importing(
                        database, Subscriber.nameFor(database), "", "chunkSize=1", chunk -> {
                            if (chunks.incrementAndGet() == 2) {
                                database.execute(
                                        "alter table example add column msg text",
                                        "update example set msg = 'u' where id = 1",
                                        "alter table example drop column msg",
                                        "alter table example add column other int default 7");
                            }
                        })
                .awaitStreaming()
                .awaitAllImported()) {
            assertThat(importedRows(subscriber, "example"))
                    .as("the row that moved when it was updated comes again")
                    .containsExactly("{\"id\":1}", "{\"id\":2}", "{\"id\":3,\"other\":7}", "{\"id\":1,\"other\":7}");
            assertThat(schemas(subscriber)).hasSize(3); // and that each row fits, the subscriber checks
        }
    }

    private static List<Entry> schemas(Subscriber subscriber) {
        return subscriber.entries().stream().filter(Schema.class::isInstance).toList();
    }

    @Test
    void aRowCarriesTheHeadersAndMembersThatTheFormatPromises() {
        database.execute(
                "create table example (id bigint primary key, msg text)",
                "insert into example values (1, 'a'), (2, 'b')");
        List<Map<String, Object>> headers = new ArrayList<>();
        try (Subscriber subscriber = Subscriber.importing(
                        database,
                        Subscriber.nameFor(database),
                        "",
                        "",
                        chunk -> headers.add(chunk.getMessage().getHeaders()))
                .awaitStreaming()
                .awaitAllImported()) {
            Modification second = subscriber.modifications().get(1);
            assertThat(subscriber.json().get(2))
                    .contains("\"sequence\":3,\"namespace\":\"public\",\"name\":\"example\",\"before\":null,"
                            + "\"after\":{\"id\":\"2\",\"msg\":\"b\"},\"operation\":\"import\",\"lsn\":\""
                            + second.transaction().lsn() + "\",\"xid\":"
                            + second.transaction().xid() + ",\"timeline\":\"1\",\"importRun\":"
                            + second.transaction().importRun() + "}");
            assertThat(headers.get(0))
                    .containsEntry("CamelPg2sinkTable", "example")
                    .containsEntry("CamelPg2sinkOperation", "import")
                    .containsEntry("CamelPg2sinkImportRun", second.transaction().importRun())
                    .containsKey("CamelPg2sinkTimestamp");
        }
    }
}
