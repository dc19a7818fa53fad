package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.PrivateServer;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.stream.StreamState;

/** What makes pg2sink or the server wait, or cannot work, is named, and so is what helps. */
@Tag("core")
class HindranceIT {

    private static Subscriber idle(TestDatabase database, String options) {
        return Subscriber.route(database, options, stream -> stream.process(exchange -> {}));
    }

    private static void awaitLine(Log log, String text) {
        await().atMost(Subscriber.PATIENCE)
                .untilAsserted(() -> assertThat(log.lines(text)).isNotEmpty());
    }

    @Test
    void aPreparedTransactionThatTheSlotWaitsForIsNamed() {
        TestDatabase database = TestServer.newDatabase();
        String gid = "slot of " + Subscriber.nameFor(database);
        database.execute("create table example (id int primary key)");
        database.execute("begin; insert into example values (1); prepare transaction '" + gid + "'");
        try (Log log = new Log();
                Subscriber subscriber = idle(database, "")) {
            awaitLine(log, "waits for the prepared transaction '" + gid + "' of role postgres, prepared at ");
            assertThat(log.lines("COMMIT PREPARED or ROLLBACK PREPARED in the database "
                            + database.value("select current_database()")))
                    .isNotEmpty();
            database.execute("commit prepared '" + gid + "'");
            subscriber.awaitStreaming();
        }
    }

    @Test
    void aPreparedTransactionThatAnImportWaitsForIsNamed() {
        TestDatabase database = TestServer.newDatabase();
        String gid = "import of " + Subscriber.nameFor(database);
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.importing(database, "")) {
            database.execute("begin; create table early (id int primary key); prepare transaction '" + gid + "'");
            database.execute("create table example (id int primary key)", "insert into example values (1)");
            awaitLine(
                    log,
                    "the import of public.example waits for transactions that were running when it was published,"
                            + " such as the prepared transaction '" + gid + "'");
            database.execute("rollback prepared '" + gid + "'");
            subscriber.awaitImport("example", "completed");
        }
    }

    @Test
    void pg2sinkAsASynchronousStandbyIsWarnedOfAndImportsDoNotWaitForThemselves(@TempDir Path directory) {
        Map<String, String> all = Map.of("synchronous_standby_names", "*");
        try (PrivateServer server = PrivateServer.start(directory, all)) {
            TestDatabase own = new TestDatabase(server.database().url() + "&options=-c%20synchronous_commit=local");
            own.execute("create table example (id int primary key)", "insert into example values (1)");
            try (Log log = new Log();
                    Subscriber subscriber = Subscriber.importing(server.database(), "")) {
                subscriber.awaitImport("example", "completed");
                assertThat(log.lines("synchronous_standby_names = '*' makes pg2sink"))
                        .singleElement()
                        .asString()
                        .contains("WARN")
                        .contains("ApplicationName");
                assertThat(subscriber.ask("check").toString()).contains("check=synchronous, severity=warning");
            }
        }
    }

    @Test
    void aStandbyIsNoServerToStreamFrom(@TempDir Path directory) throws IOException {
        try (PrivateServer server = PrivateServer.start(directory, Map.of())) {
            server.stop();
            assumeThat(directory.resolve("PG_VERSION"))
                    .as("the server's data are in this file system")
                    .exists();
            Files.createFile(directory.resolve("standby.signal"));
            server.startAgain(Map.of());
            try (Subscriber subscriber = idle(server.database(), "")) {
                await().atMost(Subscriber.PATIENCE)
                        .until(() -> subscriber.status().state() == StreamState.RETRYING);
                assertThat(subscriber.status().problem())
                        .startsWith("The server at localhost:")
                        .contains("is a standby")
                        .contains("targetServerType=primary");
                assertThat(subscriber.ask("check").toString()).contains("check=standby, severity=error");
                if (TestServer.majorVersion() >= 17) {
                    assertThat(subscriber.ask("check").toString()).contains("subject=sync_replication_slots");
                }
            }
        }
    }

    @Test
    void rowLevelSecurityIsRefusedAndTheRemedyNamed() {
        TestDatabase database = TestServer.newDatabase();
        String role = Subscriber.nameFor(database);
        String options = "url=RAW(" + database.url().replace("user=postgres", "user=" + role) + ")";
        database.execute(
                "create role " + role + " login replication",
                "grant create on database " + database.value("select current_database()") + " to " + role,
                "create table example (id int primary key, owner text)",
                "insert into example values (1, 'ada'), (2, 'bob')",
                "alter table example enable row level security",
                "create policy own on example using (owner = 'ada')",
                "grant select on example to " + role,
                "create publication " + role + " for table example");
        try (Subscriber subscriber = Subscriber.importing(database, role, options, options, exchange -> {})) {
            await().atMost(Subscriber.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> subscriber.job("example", "error").contains("Row-level security"));
            assertThat(subscriber.job("example", "error"))
                    .contains("ALTER ROLE \"" + role + "\" BYPASSRLS")
                    .doesNotContain("grant it");
            assertThat(subscriber.imported("example")).isEmpty();
            String check = check(subscriber, role, options);
            assertThat(check).contains("check=row_security, severity=warning").contains("BYPASSRLS");

            database.execute("alter role " + role + " bypassrls");
            subscriber.ask("retryImport", "example");
            subscriber.awaitImport("example", "completed");
            assertThat(subscriber.imported("example", "id")).containsExactly("1", "2");
            assertThat(check(subscriber, role, options)).doesNotContain("row_security");
        }
    }

    private static String check(Subscriber subscriber, String role, String options) {
        return String.valueOf(subscriber
                .context()
                .createProducerTemplate()
                .requestBody("pg2sink:" + role + "?operation=check&" + options, (Object) null));
    }

    @Test
    void aPoolerIsRecognisedBeforeAnythingIsCreated(@TempDir Path directory) throws Exception {
        for (String ignored : List.of("", ",replication")) {
            checkPooler(directory, ignored);
        }
    }

    private static void checkPooler(Path directory, String ignored) throws Exception {
        Path program = Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeThat(program).as("PgBouncer is installed").isNotNull();
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table example (id int primary key)");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path settings = directory.resolve("pgbouncer.ini");
        Files.writeString(
                settings,
                "[databases]\n* = host=localhost user=postgres port="
                        + database.url().replaceAll("^.*:(\\d+)/.*$", "$1")
                        + "\n[pgbouncer]\nlisten_addr = localhost\nlisten_port = " + port
                        + "\nunix_socket_dir =\nauth_type = any\npool_mode = session\n"
                        + "ignore_startup_parameters = extra_float_digits" + ignored + "\n");
        List<String> command = new java.util.ArrayList<>(List.of(program.toString(), settings.toString()));
        if ("root".equals(System.getProperty("user.name"))) {
            directory.toFile().setReadable(true, false);
            directory.toFile().setExecutable(true, false);
            command.addAll(1, List.of("-u", "nobody"));
        }
        Process pooler = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("pgbouncer.log").toFile())
                .start();
        TestDatabase pooled = new TestDatabase(database.url().replaceFirst(":\\d+/", ":" + port + "/"));
        try {
            await().atMost(Subscriber.PATIENCE).untilAsserted(() -> assertThat(problemWith(pooled))
                    .as(() -> read(directory.resolve("pgbouncer.log")))
                    .isEmpty());
            try (Subscriber subscriber = Subscriber.route(
                    database, "url=RAW(" + pooled.url() + ")", stream -> stream.process(exchange -> {}))) {
                await().atMost(Subscriber.PATIENCE)
                        .until(() -> subscriber.status().problem() != null);
                assertThat(subscriber.status().problem())
                        .contains("PgBouncer")
                        .endsWith("let pg2sink.url name the server itself.");
                assertThat(subscriber.status().state()).isEqualTo(StreamState.STOPPED);
                assertThat(subscriber
                                .context()
                                .createProducerTemplate()
                                .requestBody(
                                        "pg2sink:" + subscriber.name() + "?operation=check&url=RAW(" + pooled.url()
                                                + ")",
                                        (Object) null)
                                .toString())
                        .contains("check=replication, severity=error", "check=pooler, severity=warning");
                assertThat(database.query("select 1 from pg_publication")).isEmpty();
                assertThat(database.query("select 1 from pg_replication_slots where database = current_database()"))
                        .isEmpty();
            }
        } finally {
            pooler.destroy();
            pooler.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static String problemWith(TestDatabase database) {
        try {
            DriverManager.getConnection(database.url()).close();
            return "";
        } catch (SQLException e) {
            return e.getMessage();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
