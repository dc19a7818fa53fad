package org.pg2sink.replication.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.PrivateServer;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** What the preflight finds in the settings of a server that a test has for itself. */
@Tag("core")
class PreflightServerIT {

    @TempDir
    private Path directory;

    @Test
    void aServerWithoutLogicalDecodingFreeSlotAndFreeWalsender() {
        Map<String, String> few = Map.of("wal_level", "replica", "max_replication_slots", "1", "max_wal_senders", "0");
        try (PrivateServer server = PrivateServer.start(directory, few)) {
            TestDatabase database = server.database();
            database.query("select pg_create_physical_replication_slot('other')");
            Inspection inspection = Inspection.of(database);
            List<Finding> errors = inspection.all().stream()
                    .filter(finding -> finding.severity() == Severity.ERROR)
                    .toList();
            assertThat(errors)
                    .extracting(Finding::subject)
                    .containsExactly("wal_level", "max_replication_slots", "max_wal_senders");
            assertThat(errors)
                    .allSatisfy(finding -> assertThat(finding.sentence()).contains(finding.subject()));

            errors.forEach(inspection::mend);
            server.stop();
            server.startAgain(Map.of());
            assertThat(inspection.all()).noneMatch(finding -> finding.severity() == Severity.ERROR);
        }
    }

    @Test
    void settingsThatLoseTheSlotOrWaitForPg2sink() {
        try (PrivateServer server = PrivateServer.start(directory, Map.of("max_connections", "8"))) {
            TestDatabase database = server.database();
            Inspection inspection = Inspection.of(database);
            database.execute("create role " + inspection.role() + "_least login replication");
            retention(database, inspection);
            idleTimeout(database, inspection);
            synchronous(database, inspection);
            synchronizedStandbys(database, inspection);
            connections(database);
        }
    }

    @Test
    void sessionsOfOthersCountAlthoughTheRoleIsNotToldWhatTheyAre() throws SQLException {
        try (PrivateServer server = PrivateServer.start(directory, Map.of("max_connections", "20"))) {
            TestDatabase database = server.database();
            database.execute("create role least login replication", "create role other login");
            Inspection inspection = Inspection.as("least", database);
            assertThat(inspection.by("connections")).isEmpty();
            TestDatabase ofOther = new TestDatabase(database.url().replace("user=postgres", "user=other"));
            List<Connection> others = new ArrayList<>();
            try {
                for (int i = 0; i < 12; i++) {
                    others.add(ofOther.connect());
                }
                assertThat(inspection.by("connections")).singleElement().satisfies(finding -> assertThat(
                                finding.sentence())
                        .contains("max_connections leaves 4 connections"));
            } finally {
                for (Connection connection : others) {
                    connection.close();
                }
            }
        }
    }

    private static void set(TestDatabase database, String setting, String value) {
        String before = database.value("select pg_conf_load_time()");
        database.execute("alter system set " + setting + " = " + value, "select pg_reload_conf()");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !database.value("select pg_conf_load_time()").equals(before));
    }

    private static void retention(TestDatabase database, Inspection inspection) {
        assertThat(inspection.by("wal_retention")).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.INFO);
            assertThat(finding.sentence()).contains("sets no limit");
        });
        database.execute("create table example (id int)");
        database.query("select pg_create_logical_replication_slot('" + inspection.subscription() + "', 'pgoutput')");
        set(database, "max_slot_wal_keep_size", "'64MB'");
        for (int i = 0; i < 5; i++) {
            database.execute("insert into example values (1)", "select pg_switch_wal()");
        }
        assertMended(inspection, "wal_retention", "max_slot_wal_keep_size", "is lost after ");
    }

    private static void idleTimeout(TestDatabase database, Inspection inspection) {
        if (TestServer.majorVersion() >= 18) {
            set(database, "idle_replication_slot_timeout", "'10min'");
            assertMended(inspection, "wal_retention", "idle_replication_slot_timeout", "= 10min");
        }
    }

    private static void synchronous(TestDatabase database, Inspection inspection) {
        database.execute("alter database postgres set synchronous_commit = local");
        set(database, "synchronous_standby_names", "'*'");
        assertMended(inspection, "synchronous", "synchronous_standby_names", "makes pg2sink");
    }

    private static void synchronizedStandbys(TestDatabase database, Inspection inspection) {
        if (TestServer.majorVersion() < 17) {
            return;
        }
        database.query("select pg_drop_replication_slot('" + inspection.subscription() + "')");
        database.query("select pg_create_logical_replication_slot('" + inspection.subscription()
                + "', 'pgoutput', failover => true)");
        set(database, "synchronized_standby_slots", "'gone'");
        assertMended(inspection, "failover", "synchronized_standby_slots", "waits for the standby of the slot gone");
    }

    private static void connections(TestDatabase database) {
        assertThat(Inspection.as("postgres_least", database).by("connections"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.sentence()).contains("max_connections leaves "));
    }

    private static void assertMended(Inspection inspection, String check, String subject, String said) {
        List<Finding> found = inspection.by(check);
        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.subject()).isEqualTo(subject);
            assertThat(finding.sentence()).contains(said);
        });
        inspection.mend(found.get(0));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(inspection.by(check)).isEmpty());
    }

    @Test
    void aServerThatDoesNotLetSlotsUsePgoutput() {
        try (PrivateServer server = PrivateServer.start(directory, Map.of())) {
            TestDatabase database = server.database();
            assumeThat(database.value("select current_setting('output_plugin_libraries', true)"))
                    .as("servers before 18.6 and its like have no such setting")
                    .isNotNull();
            Inspection inspection = Inspection.of(database);
            assertThat(inspection.by("wal_level")).isEmpty();
            set(database, "output_plugin_libraries", "'test_decoding'");
            List<Finding> found = inspection.by("wal_level");
            assertThat(found).singleElement().satisfies(finding -> assertThat(finding.sentence())
                    .contains("does not let slots use pgoutput"));
            inspection.mend(found.get(0));
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(inspection.by("wal_level")).isEmpty());
        }
    }
}
