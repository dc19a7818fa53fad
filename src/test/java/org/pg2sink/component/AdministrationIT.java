package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.replication.SubscriptionException;

/** What the operations of the producer do and answer. */
@Tag("core")
class AdministrationIT {

    private TestDatabase database;
    private Subscriber subscriber;

    @BeforeEach
    void subscribe() {
        database = TestServer.newDatabase();
        database.execute(
                "create table example (id int primary key, msg text)",
                "insert into example values (1, 'a'), (2, 'b')",
                "create table keyless (n int)",
                "create schema \"Odd 'schema'\"",
                "create table \"Odd 'schema'\".\"Odd \"\"table\"\"\" (\"Odd key\" text primary key)",
                "insert into \"Odd 'schema'\".\"Odd \"\"table\"\"\" values ('x')");
        subscriber = Subscriber.importing(database, "").awaitAllImported();
    }

    @AfterEach
    void stop() {
        subscriber.close();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> list(String operation) {
        return (List<Map<String, Object>>) subscriber.ask(operation);
    }

    private Map<String, Object> of(String operation, String table) {
        return list(operation).stream()
                .filter(entry -> table.equals(entry.get("table")))
                .findFirst()
                .orElseThrow();
    }

    private void assertRefused(String sentence, String operation, String... table) {
        assertThatThrownBy(() -> subscriber.ask(operation, table))
                .isInstanceOf(SubscriptionException.class)
                .hasMessage(sentence);
    }

    private static Map<String, Object> answer(String namespace, String table, String state) {
        return Map.of("namespace", namespace, "table", table, "state", state);
    }

    // tables

    @Test
    void listTablesTellsWhichArePublishedAndWhyOthersAreNot() {
        assertThat(list("listTables"))
                .containsExactly(
                        Map.of("namespace", "public", "table", "example", "published", true),
                        Map.of(
                                "namespace",
                                "public",
                                "table",
                                "keyless",
                                "published",
                                false,
                                "reason",
                                "it has no primary key or other replica identity, and publishing it would make the server"
                                        + " refuse its UPDATEs and DELETEs"));
    }

    @Test
    void addTablePublishesAndImportsATableOfAnyName() {
        String[] odd = {"Odd 'schema'", "Odd \"table\""};
        assertThat(subscriber.ask("addTable", odd)).isEqualTo(answer(odd[0], odd[1], "published"));
        subscriber.awaitImport(odd[1], "completed");
        database.execute("insert into \"Odd 'schema'\".\"Odd \"\"table\"\"\" values ('y')");
        await().atMost(Subscriber.PATIENCE).until(() -> subscriber.modifications().stream()
                .anyMatch(row -> "y".equals(row.after().value(0))));
        assertThat(subscriber.imported(odd[1], "Odd key")).containsExactly("x");
        assertThat(of("listTables", odd[1])).containsEntry("published", true);
    }

    @Test
    void addTableOfOneThatIsPublishedChangesNothing() {
        subscriber.ask("addTable", "example");
        assertThat(subscriber.imported("example")).hasSize(2);
        assertThat(database.value("select count(*) from pg2sink.import_jobs")).isEqualTo("1");
    }

    @Test
    void addTableRefusesWhatCannotBePublished() {
        assertRefused(
                "The table public.keyless has no primary key or other replica identity, and publishing it would make the"
                        + " server refuse its UPDATEs and DELETEs. Give it a primary key, or run ALTER TABLE"
                        + " \"public\".\"keyless\" REPLICA IDENTITY FULL.",
                "addTable",
                "keyless");
        assertRefused(
                "The schema pg2sink is pg2sink's own, so it is not published.", "addTable", "pg2sink", "import_jobs");
    }

    @Test
    void aTableThatWasRemovedStaysOutOverReconcilesAndRestartsUntilItIsAdded() {
        assertThat(subscriber.ask("removeTable", "example")).isEqualTo(answer("public", "example", "removed"));
        assertThat(list("listImports")).isEmpty();
        assertThat(of("listTables", "example"))
                .containsEntry("published", false)
                .containsEntry("reason", "it was removed");

        database.execute("create table later (id int primary key)"); // so that a reconcile can be seen
        subscriber.awaitImport("later", "completed");
        assertThat(of("listTables", "example")).containsEntry("published", false);

        subscriber.close();
        subscriber = Subscriber.importing(database, "");
        database.execute("create table last (id int primary key)");
        subscriber.awaitImport("last", "completed");
        assertThat(of("listTables", "example")).containsEntry("published", false);

        subscriber.ask("addTable", "example");
        subscriber.awaitImport("example", "completed");
        assertThat(subscriber.imported("example", "id")).containsExactly("1", "2");
    }

    @Test
    void aPartitionOfAPublishedTableCannotBeAddedOrRemovedByItself() {
        database.execute(
                "create table parted (id int primary key) partition by range (id)",
                "create table part partition of parted for values from (1) to (9)");
        subscriber.awaitImport("parted", "completed");
        String sentence =
                "The table public.part is a partition of public.parted, which is published: its rows are delivered"
                        + " as rows of public.parted.";
        assertRefused(sentence, "addTable", "part");
        assertRefused(sentence, "removeTable", "part");
    }

    @Test
    void aTableThatIsPublishedWithAllTablesCannotBeRemoved() {
        subscriber.close();
        await().atMost(Subscriber.PATIENCE)
                .until(() -> subscriber.slot("active").equals("f"));
        database.execute(
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()",
                "drop publication " + subscriber.name(),
                "create publication " + subscriber.name() + " for all tables");
        subscriber = Subscriber.importing(database, "");
        assertRefused(
                "The table public.example is published with its schema or all tables, so it cannot be taken out of the"
                        + " publication " + subscriber.name() + " alone.",
                "removeTable",
                "example");
    }

    // imports

    @Test
    void resyncTableImportsItAnew() {
        assertThat(subscriber.ask("resyncTable", "example")).isEqualTo(answer("public", "example", "resyncing"));
        subscriber.awaitModifications(4);
        assertThat(subscriber.imported("example", "id")).containsExactly("1", "2", "1", "2");
        assertThat(database.value("select count(*) from pg2sink.import_jobs")).isEqualTo("2");
    }

    @Test
    void resyncTableTakesTheNameThatTheTableHasNow() {
        subscriber.context().suspend(); // so that nobody reconciles
        database.execute("alter table example rename to renamed");
        subscriber.ask("resyncTable", "renamed");
        assertThat(subscriber.job("renamed", "state")).isEqualTo("active");
        assertThat(database.value("select count(*) from pg2sink.import_jobs where expired_at is null"))
                .isEqualTo("1");
        subscriber.context().resume();
    }

    @Test
    void importsOfAnEarlierVersionAreListedWithoutWhatThatDidNotCount() {
        database.execute("alter table pg2sink.import_jobs drop column chunks, drop column chunks_read_again,"
                + " drop column retries, drop column begun_at");
        assertThat(of("listImports", "example")).containsEntry("state", "completed");
    }

    @Test
    void listImportsTellsHowFarTheyAre() {
        assertThat(list("listImports")).singleElement().satisfies(job -> assertThat(job)
                .containsEntry("namespace", "public")
                .containsEntry("table", "example")
                .containsEntry("state", "completed")
                .containsEntry("rows", 2L)
                .containsEntry("percent", 100)
                .containsKeys("id", "bytes", "rowsPerSecond", "createdAt", "startedAt", "updatedAt", "completedAt")
                .doesNotContainKeys("error", "errorCount", "lastErrorAt", "dueAt", "secondsLeft"));
    }

    @Test
    void listImportsTellsTheErrorOfAJobThatFails() {
        database.execute("update pg2sink.import_jobs set state = 'active', error = 'the sink is down', error_count = 2,"
                + " last_error_at = now(), due_at = now() + '1 hour', rows_estimated = 8, completed_at = null,"
                + " updated_at = started_at + '1 second'");
        assertThat(list("listImports").get(0))
                .containsEntry("state", "active")
                .containsEntry("error", "the sink is down")
                .containsEntry("errorCount", 2)
                .containsEntry("percent", 25)
                .containsEntry("rowsPerSecond", 2L)
                .containsEntry("secondsLeft", 3L)
                .containsKeys("lastErrorAt", "dueAt");
    }

    @Test
    void anImportIsPausedResumedAndTriedAgain() {
        database.execute("update pg2sink.import_jobs set state = 'active', due_at = now() + '1 hour'");
        assertThat(subscriber.ask("pauseImport", "example")).isEqualTo(answer("public", "example", "paused"));
        assertRefused(
                "The import of public.example is paused: only an active import can be paused.",
                "pauseImport",
                "example");
        assertRefused(
                "The import of public.example is paused: only an active or failed import can be tried again.",
                "retryImport",
                "example");
        assertThat(subscriber.ask("resumeImport", "example")).isEqualTo(answer("public", "example", "active"));
        subscriber.awaitImport("example", "completed");
        assertRefused(
                "The import of public.example is completed: only a paused import can be resumed.",
                "resumeImport",
                "example");

        database.execute("update pg2sink.import_jobs set state = 'failed'");
        assertThat(subscriber.ask("retryImport", "example")).isEqualTo(answer("public", "example", "active"));
        subscriber.awaitImport("example", "completed");
    }

    // errors

    @Test
    void aTableThatDoesNotExistIsSaidSo() {
        String place = database.url().replaceFirst("jdbc:postgresql://", "").replaceFirst("\\?.*", "");
        assertRefused("There is no table public.nowhere at " + place + ".", "addTable", "nowhere");
        assertRefused("There is no table other.nowhere at " + place + ".", "removeTable", "other", "nowhere");
        assertRefused(
                "The table public.nowhere is not published by " + subscriber.name() + ", so it cannot be imported.",
                "resyncTable",
                "nowhere");
        for (String operation : List.of("pauseImport", "resumeImport", "retryImport")) {
            assertRefused(
                    "There is no import of public.nowhere in the subscription " + subscriber.name()
                            + ": it is not published, or imports are off.",
                    operation,
                    "nowhere");
        }
    }

    @Test
    void namesAreTakenLiterally() {
        assertThatThrownBy(() -> subscriber.ask("addTable", "EXAMPLE"))
                .hasMessageContaining("There is no table public.EXAMPLE");
        assertThatThrownBy(() -> subscriber.ask("addTable", "example\"; drop table example; --"))
                .hasMessageContaining("There is no table");
    }

    @Test
    void aHeaderThatIsMissingIsNamed() {
        for (String operation :
                List.of("addTable", "removeTable", "resyncTable", "pauseImport", "resumeImport", "retryImport")) {
            assertThatThrownBy(() -> subscriber.ask(operation))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The header CamelPg2sinkTable must name a table");
        }
    }

    @Test
    void anUnknownOperationNamesTheOption() {
        assertThatThrownBy(() -> subscriber.ask("imports"))
                .hasStackTraceContaining("Error binding property (operation=imports)")
                .hasStackTraceContaining("does not have any constant with value: imports");
        assertThatThrownBy(() -> ask(Map.of()))
                .hasRootCauseMessage("The producer pg2sink:" + subscriber.name()
                        + " needs the option operation or the header CamelPg2sinkProducerOperation: one of import,"
                        + " listTables, addTable, removeTable, resyncTable, listImports, pauseImport, resumeImport,"
                        + " retryImport, status, pauseStream, resumeStream, check");
    }

    @Test
    void aHeaderNamesTheOperationInPlaceOfTheOption() {
        assertThat(ask(Map.of(Pg2sinkConstants.PRODUCER_OPERATION, "removeTable", Pg2sinkConstants.TABLE, "example")))
                .isEqualTo(answer("public", "example", "removed"));
        assertThat(ask(Map.of(Pg2sinkConstants.PRODUCER_OPERATION, "list-imports")))
                .isEqualTo(List.of());
        for (String none : List.of("import", "insert", "")) {
            assertThatThrownBy(() -> ask(Map.of(Pg2sinkConstants.PRODUCER_OPERATION, none)))
                    .hasRootCauseMessage(
                            "The header CamelPg2sinkProducerOperation must name one of listTables, addTable, removeTable,"
                                    + " resyncTable, listImports, pauseImport, resumeImport, retryImport, status, pauseStream,"
                                    + " resumeStream, check, but is '" + none + "'");
        }
    }

    @Test
    void aStreamIsPausedAndResumed() {
        assertThat(subscriber.ask("pauseStream"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry("state", "STREAMING")
                .containsEntry("paused", true);
        database.execute("insert into example values (9, 'paused')");
        await().during(java.time.Duration.ofMillis(300)).untilAsserted(() -> assertThat(subscriber.modifications())
                .noneMatch(row -> "9".equals(String.valueOf(row.after().value(0)))));
        subscriber.ask("resumeStream");
        await().atMost(Subscriber.PATIENCE).untilAsserted(() -> assertThat(subscriber.modifications())
                .anyMatch(row -> row.after() != null
                        && "9".equals(String.valueOf(row.after().value(0)))));
    }

    private Object ask(Map<String, Object> headers) {
        return subscriber
                .context()
                .createProducerTemplate()
                .requestBodyAndHeaders("pg2sink:" + subscriber.name(), null, headers);
    }

    // status and check

    @Test
    void statusTellsHowTheStreamIsDoing() throws Exception {
        assertThat(subscriber.ask("status"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry("subscription", subscriber.name())
                .containsEntry("state", "STREAMING")
                .containsEntry("failures", 0L)
                .containsKeys("since", "confirmedLsn", "lagBytes");
        subscriber.context().getRouteController().stopRoute("stream");
        assertThat(subscriber.ask("status")).isEqualTo(Map.of("subscription", subscriber.name(), "state", "NONE"));
    }

    @Test
    void checkTellsWhatIsWrongAndHowToMendIt() {
        assertThat(list("check"))
                .filteredOn(finding -> !finding.get("severity").equals("info"))
                .containsExactly(Map.of(
                        "check",
                        "table",
                        "severity",
                        "warning",
                        "subject",
                        "public.keyless",
                        "sentence",
                        "The table public.keyless is not streamed: it has no primary key or other replica identity, and"
                                + " publishing it would make the server refuse its UPDATEs and DELETEs.",
                        "sql",
                        "ALTER TABLE \"public\".\"keyless\" REPLICA IDENTITY FULL;"));
    }

    @Test
    void checkTellsWhatTheRoleLacks() {
        String role = "less_" + subscriber.name();
        String catalog = database.value("select current_database()");
        database.execute("create role " + role + " login");
        String url = database.url().replace("user=postgres", "user=" + role);
        Object findings = subscriber
                .context()
                .createProducerTemplate()
                .requestBody("pg2sink:" + role + "?operation=check&url=RAW(" + url + ")", (Object) null);
        assertThat(findings)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.list(Map.class))
                .extracting(finding -> finding.get("sql"))
                .contains(
                        "ALTER ROLE \"" + role + "\" REPLICATION;",
                        "GRANT CREATE ON DATABASE \"" + catalog + "\" TO \"" + role + "\";",
                        "GRANT SELECT ON \"public\".\"example\" TO \"" + role + "\";");
    }

    @Test
    void administeringNeedsNoStreamInTheSameProcess() throws Exception {
        subscriber.context().getRouteController().stopRoute("stream");
        subscriber.ask("removeTable", "example");
        assertThat(of("listTables", "example")).containsEntry("published", false);
        assertThat(list("listImports")).isEmpty();
    }
}
