package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.imports.OwnSchema.Script;
import org.pg2sink.replication.SubscriptionException;

/** How pg2sink's own tables come into being and are kept up to date. */
@Tag("core")
class OwnSchemaIT {

    private static final String VERSIONS =
            "select version || ' ' || script from pg2sink.schema_version order by version";

    private static final String COLUMNS = """
            select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
            from information_schema.columns where table_schema = 'pg2sink' order by 1""";

    private static final Script FIRST = Script.load("V1__import_jobs.sql");
    private static final Script SECOND =
            new Script("V2__priority.sql", "alter table pg2sink.import_jobs add priority int not null default 0");
    private static final OwnSchema EARLIER = new OwnSchema(List.of(FIRST));
    private static final OwnSchema LATER = new OwnSchema(List.of(FIRST, SECOND));

    private final TestDatabase database = TestServer.newDatabase();
    private final String role = "role_of_" + database.value("select current_database()");

    private void prepare() throws SQLException {
        try (Connection connection = database.connect()) {
            EARLIER.bringUpToDate(connection);
        }
    }

    private void prepareLater() throws SQLException {
        try (Connection connection = database.connect()) {
            LATER.bringUpToDate(connection);
        }
    }

    private void prepareAsRole() throws SQLException {
        try (Connection connection =
                new TestDatabase(database.url().replace("user=postgres", "user=" + role)).connect()) {
            EARLIER.bringUpToDate(connection);
        }
    }

    /** What Flyway 11 left of the first version. */
    private void prepareByFlyway() {
        database.execute(
                "create schema pg2sink",
                """
                create table pg2sink.schema_history (
                    installed_rank int not null,
                    version varchar(50),
                    description varchar(200) not null,
                    type varchar(20) not null,
                    script varchar(1000) not null,
                    checksum integer,
                    installed_by varchar(100) not null,
                    installed_on timestamp not null default now(),
                    execution_time integer not null,
                    success boolean not null
                )""",
                "alter table pg2sink.schema_history add constraint schema_history_pk primary key (installed_rank)",
                "create index schema_history_s_idx on pg2sink.schema_history (success)",
                FIRST.sql(),
                "insert into pg2sink.schema_history values"
                        + " (1, '1', 'import jobs', 'SQL', 'V1__import_jobs.sql', 1356058812, 'postgres', now(), 84, true)",
                "insert into pg2sink.import_jobs (subscription, relation, membership, namespace, table_name, cursor)"
                        + " values ('shop', 1, 2, 'public', 'example', '{id,7}')");
    }

    @Test
    void anEmptyDatabaseGetsTheTablesAndTheRecordOfTheirVersion() throws SQLException {
        prepare();
        assertThat(database.query(VERSIONS)).containsExactly("1 V1__import_jobs.sql");
        assertThat(database.query("select id from pg2sink.import_jobs")).isEmpty();
    }

    @Test
    void thisVersionBringsTheTablesOfTheFirstUpToDate() throws SQLException {
        prepare();
        try (Connection connection = database.connect()) {
            OwnSchema.prepare(connection);
        }
        assertThat(database.query(VERSIONS))
                .containsExactly(
                        "1 V1__import_jobs.sql",
                        "2 V2__positions.sql",
                        "3 V3__known_catalog.sql",
                        "4 V4__import_runs.sql",
                        "5 V5__known_partitions.sql",
                        "6 V6__known_type_parts.sql",
                        "7 V7__known_parts.sql",
                        "8 V8__due_import_jobs.sql",
                        "9 V9__import_figures.sql");
        assertThat(database.query("select subscription from pg2sink.positions")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void fromEachEarlierVersionTheTablesBecomeThoseOfAnEmptyDatabase(int version) throws SQLException {
        TestDatabase empty = TestServer.newDatabase();
        try (Connection connection = empty.connect()) {
            OwnSchema.prepare(connection);
        }
        List<Script> scripts = empty.query("select script from pg2sink.schema_version order by version").stream()
                .map(Script::load)
                .toList();
        try (Connection connection = database.connect()) {
            new OwnSchema(scripts.subList(0, version)).bringUpToDate(connection);
            database.execute(
                    "insert into pg2sink.import_jobs (subscription, relation, membership, namespace, table_name, cursor)"
                            + " values ('shop', 1, 2, 'public', 'example', '{id,7}')");
            OwnSchema.prepare(connection);
        }
        assertThat(database.query(COLUMNS)).isEqualTo(empty.query(COLUMNS));
        assertThat(database.query("select cursor::text from pg2sink.import_jobs"))
                .containsExactly("{id,7}");
    }

    @Test
    void preparingAgainChangesNothing() throws SQLException {
        prepare();
        String before = database.value("select xmin || ' ' || applied_at from pg2sink.schema_version");
        prepare();
        assertThat(database.value("select xmin || ' ' || applied_at from pg2sink.schema_version"))
                .isEqualTo(before);
    }

    @Test
    void aSchemaThatSomebodyMadeBeforehandIsUsed() throws SQLException {
        database.execute(
                "create role " + role + " login",
                "create schema pg2sink authorization " + role,
                "revoke create on database " + database.value("select current_database()") + " from public");
        prepareAsRole();
        assertThat(database.query(VERSIONS)).hasSize(1);
    }

    @Test
    void laterVersionsAreAppliedInTheirOrder() throws SQLException {
        prepare();
        prepareLater();
        assertThat(database.query(VERSIONS)).containsExactly("1 V1__import_jobs.sql", "2 V2__priority.sql");
        assertThat(database.query("select priority from pg2sink.import_jobs")).isEmpty();
    }

    @Test
    void aScriptThatFailsLeavesTheVersionBeforeIt() throws SQLException {
        prepare();
        OwnSchema broken = new OwnSchema(List.of(
                FIRST, new Script("V2__broken.sql", SECOND.sql() + "; alter table pg2sink.no_such_table add x int")));
        try (Connection connection = database.connect()) {
            assertThatThrownBy(() -> broken.bringUpToDate(connection)).hasMessageContaining("no_such_table");
            assertThat(connection.getAutoCommit()).isTrue();
        }
        assertThat(database.query(VERSIONS)).hasSize(1);
        prepareLater();
    }

    @Test
    void whatFlywayLeftIsTakenOverWithItsJobs() throws SQLException {
        prepareByFlyway();
        prepare();
        assertThat(database.query("select cursor::text from pg2sink.import_jobs"))
                .containsExactly("{id,7}");
    }

    @Test
    void laterVersionsBuildOnWhatFlywayLeft() throws SQLException {
        prepareByFlyway();
        prepareLater();
        assertThat(database.query("select cursor || priority::text from pg2sink.import_jobs"))
                .containsExactly("{id,7,0}");
        assertThat(database.query(VERSIONS)).containsExactly("2 V2__priority.sql");
        prepareLater();
    }

    @Test
    void aRoleThatMayNotCreateAnythingUsesWhatIsThere() throws SQLException {
        prepare();
        assertThatARoleThatMayOnlyUseTheTablesCanPrepare();
    }

    @Test
    void aRoleThatMayNotCreateAnythingUsesWhatFlywayLeft() throws SQLException {
        prepareByFlyway();
        assertThatARoleThatMayOnlyUseTheTablesCanPrepare();
    }

    private void assertThatARoleThatMayOnlyUseTheTablesCanPrepare() {
        database.execute(
                "create role " + role + " login",
                "revoke create on database " + database.value("select current_database()") + " from public",
                "grant usage on schema pg2sink to " + role,
                "grant select, insert, update on all tables in schema pg2sink to " + role);
        assertThatCode(this::prepareAsRole).doesNotThrowAnyException();
    }

    @Test
    void aRoleThatMayNotCreateWhatIsMissingIsToldWhatToGrant() {
        database.execute(
                "create role " + role + " login",
                "revoke create on database " + database.value("select current_database()") + " from public");
        assertThatThrownBy(this::prepareAsRole)
                .isInstanceOf(SubscriptionException.class)
                .hasMessageContaining("permission denied for database")
                .hasMessageContaining("grant the role CREATE on the database");
    }

    @Test
    void aNewerVersionIsRefused() throws SQLException {
        prepareLater();
        assertThatThrownBy(this::prepare)
                .isInstanceOf(SubscriptionException.class)
                .hasMessage("The tables in the schema pg2sink of the database "
                        + database.value("select current_database()")
                        + " have version 2, but this pg2sink knows versions up to 1 only: upgrade it.");
    }

    @Test
    void processesThatPrepareAtTheSameTimeDoNotCollide() throws Exception {
        int processes = 8;
        ExecutorService threads = Executors.newFixedThreadPool(processes);
        CountDownLatch connected = new CountDownLatch(processes);
        try {
            List<Future<?>> preparing = new ArrayList<>();
            for (int i = 0; i < processes; i++) {
                preparing.add(threads.submit(() -> {
                    try (Connection connection = database.connect()) {
                        connection.createStatement().execute("set default_transaction_isolation = 'serializable'");
                        connected.countDown();
                        connected.await();
                        LATER.bringUpToDate(connection);
                        return null;
                    }
                }));
            }
            for (Future<?> each : preparing) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(database.query(VERSIONS)).hasSize(2);
    }
}
