package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the tables, the slot and the publication of a subscription when another version of pg2sink takes it over. */
@Tag("slow")
class UpgradeIT {

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;

    @BeforeEach
    void install() throws IOException {
        database = TestServer.newDatabase();
        database.execute(
                "create table imported (id int primary key, msg text)",
                "create table half (id int primary key, msg text)",
                "insert into imported select i, 'row ' || i from generate_series(1, 4) i",
                "insert into half select i, 'row ' || i from generate_series(1, 4) i");
        installation = new Installation(directory, database).set("pg2sink.imports", "true");
    }

    @Test
    void aSubscriptionOfTheFirstVersionGoesOnWhereItStood() throws Exception {
        leaveWhatTheFirstVersionLeaves();
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            process.awaitLog("imported public.half");
            database.execute("insert into imported values (6, 'after')");
            installation.awaitAllConfirmed();
            process.stop();
            assertThat(process.log()).doesNotContain("Creating", "WARN", "ERROR");
        }
        assertThat(changes("imported")).containsExactly("\"insert\" while it was down", "\"insert\" after");
        assertThat(changes("half")).containsExactly("\"import\" row 3", "\"import\" row 4");
    }

    @Test
    void withoutItsTablesItStreamsOnAndImportsEverythingAgain() throws Exception {
        leaveWhatTheFirstVersionLeaves();
        database.execute("drop schema pg2sink cascade");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            process.awaitLog("imported public.imported").awaitLog("imported public.half");
            process.stop();
            assertThat(process.log()).doesNotContain("Creating", "WARN", "ERROR");
        }
        assertThat(changes("imported")).hasSize(6).startsWith("\"insert\" while it was down");
        assertThat(changes("half")).hasSize(4);
    }

    @Test
    void onTablesOfALaterVersionItStreamsAndSaysWhyItDoesNotImport() throws Exception {
        leaveWhatTheFirstVersionLeaves();
        database.execute("insert into pg2sink.schema_version (version, script) values (1000, 'V1000__later.sql')");
        try (Pg2sinkProcess process = installation.start().awaitStreaming()) {
            process.awaitLog("no imports for now: The tables in the schema pg2sink of the database")
                    .awaitLog("have version 1000, but this pg2sink knows versions up to");
            installation.awaitAllConfirmed();
            process.stop();
        }
        assertThat(changes("imported")).containsExactly("\"insert\" while it was down");
    }

    /** Makes what the first version made, with one import done, one under way, and a change that came after it was stopped. */
    private void leaveWhatTheFirstVersionLeaves() throws IOException {
        String name = installation.subscription();
        database.execute(
                "create publication " + name + " for table imported, half with (publish_via_partition_root = true)",
                "select pg_create_logical_replication_slot('" + name + "', 'pgoutput')",
                "create schema pg2sink",
                """
                create table pg2sink.schema_version (
                    version int primary key,
                    script text not null,
                    applied_at timestamptz not null default now()
                )""",
                script("V1__import_jobs.sql"),
                "insert into pg2sink.schema_version (version, script) values (1, 'V1__import_jobs.sql')",
                """
                insert into pg2sink.import_jobs (subscription, relation, membership, namespace, table_name, state, cursor)
                select '%s', prrelid, r.oid, 'public', relname,
                       case relname when 'half' then 'active' else 'completed' end,
                       case relname when 'half' then array['"id" integer', '2'] end
                from pg_publication_rel r join pg_class c on c.oid = prrelid join pg_publication p on p.oid = prpubid
                where pubname = '%s'""".formatted(name, name),
                "insert into imported values (5, 'while it was down')");
    }

    private static String script(String name) throws IOException {
        try (InputStream file = UpgradeIT.class.getResourceAsStream("/org/pg2sink/db/" + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Returns the rows in the file of a table, each with its operation. */
    private List<String> changes(String table) throws IOException {
        return Files.readAllLines(installation.file(table)).stream()
                .filter(line -> line.contains("\"msg\":"))
                .map(line -> line.replaceFirst(".*\"msg\":\"([^\"]*)\".*\"operation\":(\"\\w+\").*", "$2 $1"))
                .toList();
    }
}
