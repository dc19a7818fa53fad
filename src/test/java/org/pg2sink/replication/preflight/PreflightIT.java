package org.pg2sink.replication.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** Each check finds what is wrong, names the object, and its SQL mends it. */
@Tag("core")
class PreflightIT {

    private TestDatabase database;
    private String role;

    @BeforeEach
    void createDatabase() {
        database = TestServer.newDatabase();
        role = Inspection.nameFor(database);
        database.execute(
                "create role " + role + " login replication",
                "create table example (id int generated always as identity primary key, msg text)");
    }

    @AfterEach
    void dropSlots() {
        database.query("select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                + " where slot_name like '" + role + "%' and not active");
    }

    private String catalog() {
        return database.value("select current_database()");
    }

    /** What the check finds is as described, and gone once its SQL has run. */
    private static void assertMended(
            Inspection inspection, String check, Severity severity, String subject, String said) {
        List<Finding> found = inspection.by(check);
        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(severity);
            assertThat(finding.subject()).isEqualTo(subject);
            assertThat(finding.sentence()).contains(said).endsWith(".");
        });
        inspection.mend(found.get(0));
        assertThat(inspection.by(check)).isEmpty();
    }

    private Inspection asRole() {
        return Inspection.as(role, database);
    }

    private void publish(String what) {
        database.execute("create publication " + role + " " + what);
    }

    @Test
    void aServerThatHasAllLeavesOnlyAdvice() {
        assertThat(Inspection.of(database).all()).noneMatch(finding -> finding.severity() != Severity.INFO);
    }

    // role

    @Test
    void aRoleWithoutReplication() {
        database.execute("alter role " + role + " noreplication");
        assertMended(
                asRole(), "replication", Severity.ERROR, role, "Role '" + role + "' lacks a privilege for streaming");
    }

    @Test
    void aRoleThatMayNotCreateThePublication() {
        assertMended(asRole(), "create", Severity.ERROR, role, "CREATE on the database " + catalog());
    }

    @Test
    void aRoleThatMayNotCreateTheSchemaOfItsTables() {
        assertMended(asRole(), "own_tables", Severity.WARNING, "pg2sink", "cannot create the schema pg2sink");
    }

    @Test
    void aRoleThatMayNotUseTheSchemaOfItsTablesAndThenItsTables() {
        database.execute(
                "create schema pg2sink",
                "create table pg2sink.schema_version (version int)",
                "create table pg2sink.import_jobs (id int)",
                "create table pg2sink.known_parts (id int)");
        Inspection inspection = asRole();
        inspection.mend(inspection.by("own_tables").get(0));
        assertMended(inspection, "own_tables", Severity.WARNING, "pg2sink", "lacks privileges on tables");
        assertThat(database.value("select has_table_privilege('" + role + "', 'pg2sink.known_parts', 'DELETE')"
                        + " and has_table_privilege('" + role + "', 'pg2sink.import_jobs', 'UPDATE')"
                        + " and not has_table_privilege('" + role + "', 'pg2sink.schema_version', 'INSERT')"))
                .isEqualTo("t");
    }

    @Test
    void aTableThatMayNotBeRead() {
        assertMended(asRole(), "select", Severity.WARNING, "public.example", "may not read public.example");
    }

    @Test
    void columnsThatMayBeReadOneByOneAreNotEnough() {
        database.execute("grant select (id, msg) on example to " + role);
        assertMended(asRole(), "select", Severity.WARNING, "public.example", "may not read public.example");
    }

    @Test
    void partitionsNeedNotBeReadByThemselves() {
        database.execute(
                "create table root (id int primary key) partition by range (id)",
                "create table part partition of root for values from (0) to (10)",
                "grant select on example, root to " + role);
        publish("for table example, root with (publish_via_partition_root = true)");
        assertThat(asRole().by("select")).isEmpty();
    }

    @Test
    void aSchemaThatMayNotBeUsed() {
        database.execute(
                "create schema sales",
                "create table sales.orders (id int primary key)",
                "grant select on sales.orders to " + role);
        assertMended(asRole().schemas("sales"), "select", Severity.WARNING, "sales", "may not use the schema sales");
    }

    @Test
    void aTableThatTheRoleDoesNotOwnAndMayNotAdd() {
        String owner = role + "_owner";
        database.execute("create role " + owner, "alter table example owner to " + owner);
        assertMended(asRole(), "table", Severity.WARNING, "public.example", "does not own the table public.example");
    }

    @Test
    void aPublicationThatTheRoleDoesNotOwn() {
        publish("");
        assertMended(asRole(), "table", Severity.WARNING, "public.example", "cannot add public.example");
    }

    @Test
    void aRoleWithFewConnections() {
        database.execute("alter role " + role + " connection limit 3");
        assertMended(asRole(), "connections", Severity.WARNING, role, "may have 3 connections");
    }

    @Test
    void eachReaderOfImportsTakesTwoConnections() throws SQLException {
        database.execute("alter role " + role + " connection limit 7");
        assertMended(asRole(), "connections", Severity.WARNING, role, "takes up to 8");
        try (Connection connection = asRole().database().connect()) {
            assertThat(new ConnectionLimit().look(Inspected.of(connection, asRole().database(), asRole().of(), 5)))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.sentence()).contains("takes up to 14"));
            database.execute("alter role " + role + " connection limit 6");
            assertThat(new ConnectionLimit().look(Inspected.of(connection, asRole().database(), asRole().of(), 0)))
                    .isEmpty();
        }
    }

    @Test
    void aDatabaseWithFewConnections() {
        database.execute("alter database " + catalog() + " connection limit 4");
        assertMended(asRole(), "connections", Severity.WARNING, catalog(), "may have 4 connections");
    }

    @Test
    void rowLevelSecurityThatHidesRows() {
        database.execute("alter table example enable row level security", "grant select on example to " + role);
        assertMended(asRole(), "row_security", Severity.WARNING, "public.example", "hides rows of public.example");
    }

    // tables

    @Test
    void aTableWithoutKey() {
        database.execute("create table keyless (n int)");
        assertMended(Inspection.of(database), "table", Severity.WARNING, "public.keyless", "it has no primary key");
    }

    @Test
    void aTableWhoseIdentityGivesNoOldKey() {
        database.execute("alter table example replica identity nothing");
        assertMended(
                Inspection.of(database),
                "table",
                Severity.WARNING,
                "public.example",
                "no primary key or other replica");
    }

    @Test
    void aPublishedTableWhoseIdentityGivesNoOldKey() {
        database.execute("create table keyless (n int)");
        publish("for table example, keyless with (publish_via_partition_root = true)");
        assertMended(
                Inspection.of(database), "publication", Severity.WARNING, "public.keyless", "carries public.keyless");
    }

    @Test
    void aTableThatIsToldApartByAllColumnsIsNamed() {
        database.execute("create table keyless (n int)", "alter table keyless replica identity full");
        assertThat(Inspection.of(database).by("no_key"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.sentence()).contains("public.keyless has no primary key"));
    }

    @Test
    void aPublicationThatWithholdsDeletes() {
        publish("for table example with (publish = 'insert, update, truncate')");
        assertMended(Inspection.of(database), "publication", Severity.WARNING, role, "does not publish DELETE");
    }

    @Test
    void aPublicationThatNamesPartitions() {
        database.execute(
                "create table root (id int primary key) partition by range (id)",
                "create table part partition of root for values from (0) to (10)");
        publish("for table example, root");
        Inspection inspection = Inspection.of(database);
        Finding finding = inspection.by("publication").get(0);
        inspection.mend(finding);
        assertThat(finding.remedySql()).contains("publish_via_partition_root = true");
        assertThat(inspection.by("publication")).isEmpty();
    }

    @Test
    void partitionsWithAnotherIdentityThanTheirRoot() {
        database.execute(
                "create table root (id int primary key, msg text) partition by range (id)",
                "create table part partition of root for values from (0) to (10)",
                "alter table root replica identity full");
        assertMended(
                Inspection.of(database),
                "partition_identity",
                Severity.WARNING,
                "public.part",
                "its root public.root has FULL");
        database.execute("alter table root replica identity default");
        assertMended(
                Inspection.of(database),
                "partition_identity",
                Severity.WARNING,
                "public.part",
                "has REPLICA IDENTITY FULL, but its root public.root has DEFAULT");
    }

    @Test
    void largeValuesUnderAKeyThatCanChange() {
        database.execute(
                "create table doc (name text primary key, body text)",
                "alter table doc alter body set storage external",
                "insert into doc values ('a', repeat('x', 100000))",
                "create table fixed (id int generated always as identity primary key, body text)",
                "alter table fixed alter body set storage external",
                "insert into fixed (body) values (repeat('x', 100000))",
                "vacuum doc, fixed");
        assertMended(
                Inspection.of(database), "large_values", Severity.INFO, "public.doc", "large values of name, body");
    }

    @Test
    void anUnloggedTable() {
        database.execute("create unlogged table cache (id int primary key)");
        assertMended(Inspection.of(database), "unstreamed", Severity.INFO, "public.cache", "is unlogged");
    }

    @Test
    void anUnloggedPartition() {
        database.execute(
                "create table root (id int primary key) partition by range (id)",
                "create unlogged table part partition of root for values from (0) to (10)");
        assertMended(
                Inspection.of(database), "unstreamed", Severity.WARNING, "public.part", "The partition public.part");
    }

    @Test
    void aSchemaThatDoesNotExist() {
        assertMended(
                Inspection.of(database).schemas("public", "Nowhere"),
                "schema",
                Severity.WARNING,
                "Nowhere",
                "There is no schema Nowhere");
    }

    @Test
    void manyTablesOfOneKindShareALine() {
        database.execute(
                "do $$ begin for i in 1..50 loop execute format('create table t%s (n int)', i); end loop; end $$");
        List<Finding> found = Inspection.of(database).by("table");
        assertThat(found).hasSize(21);
        assertThat(found.get(20).sentence()).endsWith(" and 29 others.");
    }

    // slot

    @Test
    void aSlotWithoutPublication() {
        database.query("select pg_create_logical_replication_slot('" + role + "', 'pgoutput')");
        assertMended(Inspection.of(database), "slot", Severity.ERROR, role, "but no publication of that name");
    }

    @Test
    void aSlotOfAnotherKind() {
        database.query("select pg_create_physical_replication_slot('" + role + "')");
        assertThat(Inspection.of(database).by("slot")).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.ERROR);
            assertThat(finding.sentence()).contains("is a physical slot");
            assertThat(finding.remedySql()).isNull(); // it may be somebody's
        });
    }

    @Test
    void aSlotThatDoesNotMoveToAStandby() {
        database.query("select pg_create_physical_replication_slot('" + role + "_standby')");
        publish("for table example with (publish_via_partition_root = true)");
        database.query("select pg_create_logical_replication_slot('" + role + "', 'pgoutput')");
        List<Finding> found = Inspection.of(database).by("failover");
        if (TestServer.majorVersion() < 17) {
            assertThat(found).singleElement().satisfies(finding -> assertThat(finding.sentence())
                    .contains("before PostgreSQL 17"));
            return;
        }
        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.remedySql()).isEqualTo("ALTER_REPLICATION_SLOT " + role + " (FAILOVER true);");
        });
    }

    @Test
    void aSlotThatIsToBeMadeForStandbys() {
        assumeThat(TestServer.majorVersion()).isGreaterThanOrEqualTo(17);
        database.query("select pg_create_physical_replication_slot('" + role + "_standby')");
        Inspection inspection = Inspection.of(database);
        Finding finding = inspection.by("failover").get(0);
        inspection.mend(finding);
        assertThat(database.value("select failover from pg_replication_slots where slot_name = '" + role + "'"))
                .isEqualTo("t");
        assertThat(inspection.by("failover")).singleElement().satisfies(next -> assertThat(next.sentence())
                .contains("synchronized_standby_slots names no standby"));
    }

    // server

    @Test
    void aClockThatIsWrong() throws SQLException {
        Clock fast = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
        assertThat(Inspection.of(database).by(new ClockOffset(fast)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                    assertThat(finding.sentence()).contains("is 3600.0 s behind the clock of this machine");
                });
        assertThat(Inspection.of(database).by(new ClockOffset())).isEmpty();
    }

    @Test
    void aTransactionThatHasBeenOpenForLong() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("insert into example (msg) values ('a')");
            int pid = connection.unwrap(org.postgresql.PGConnection.class).getBackendPID();
            assertThat(Inspection.of(database).by(new LongTransactions(0)))
                    .anySatisfy(finding -> assertThat(finding.sentence()).contains("the session with pid "))
                    .anySatisfy(finding -> assertThat(finding.remedySql()).contains("pg_terminate_backend"));
            assertThat(pid).isPositive();
        }
    }

    @Test
    void aRoleThatIsNotToldHowLongOthersTransactionsAreOpen() {
        assertMended(asRole(), "transactions", Severity.INFO, role, "are not found here");
    }

    @Test
    void aTransactionThatIsPrepared() throws SQLException {
        database.execute("begin; insert into example (msg) values ('a'); prepare transaction '" + role + "'");
        Inspection inspection = Inspection.of(database);
        Finding found = inspection.by(new LongTransactions(0)).stream()
                .filter(finding -> finding.subject().equals(role))
                .findFirst()
                .orElseThrow();
        assertThat(found.sentence()).contains("the prepared transaction '" + role + "'");
        inspection.mend(found);
        assertThat(inspection.by(new LongTransactions(0)))
                .noneMatch(finding -> finding.subject().equals(role));
    }
}
