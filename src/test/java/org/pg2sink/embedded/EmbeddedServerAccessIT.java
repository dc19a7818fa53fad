package org.pg2sink.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.TestDatabase;

/** The embedded server shares its machine with users who must not get in, and with root. */
@Tag("embedded")
@Tag("slow")
class EmbeddedServerAccessIT {

    private static final String TRUST =
            "local all all trust\nhost all all 127.0.0.1/32 trust\n" + "host replication all 127.0.0.1/32 trust\n";

    @TempDir
    private static Path directory;

    private int port;

    @BeforeAll
    static void openTheDirectory() {
        assertThat(directory.toFile().setExecutable(true, false)).isTrue();
    }

    @BeforeEach
    void findAFreePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
    }

    @Test
    void nobodyGetsInWithoutThePassword() {
        try (EmbeddedServer server = start()) {
            for (String role : List.of("postgres", "pg2sink", "nobody")) {
                assertRefused(server.url() + "?user=" + role);
                assertRefused(server.url() + "?user=" + role + "&password=" + role);
            }
        }
    }

    @Test
    void theFileWithThePasswordIsOfItsOwnerAlone() throws IOException {
        try (EmbeddedServer server = start()) {
            Path file = directory.resolve("pgpass");
            assertThat(file).content().contains(server.password());
            assertThat(permissions(file)).isEqualTo("rw-------");
            assertThat(permissions(directory.resolve("server.log"))).isEqualTo("rw-------");
            assertThat(permissions(directory.resolve("cluster"))).isEqualTo("rwx------");
            assertThat(directory.resolve("server.log")).content().doesNotContain(server.password());
        }
    }

    @Test
    void thePasswordStaysOverARestart() {
        String before;
        try (EmbeddedServer server = start()) {
            before = server.password();
        }
        try (EmbeddedServer server = start()) {
            assertThat(server.password()).isEqualTo(before);
            assertThat(database(server).value("select 1")).isEqualTo("1");
        }
    }

    @Test
    void theRoleIsNoSuperuserAndCanDoAllThatTheStreamNeeds() {
        try (EmbeddedServer server = start()) {
            TestDatabase database = database(server);
            assertThat(database.value("select rolsuper::text from pg_roles where rolname = current_user"))
                    .isEqualTo("false");
            assertThatThrownBy(() -> database.execute("copy (select 1) to program 'cat'"))
                    .hasStackTraceContaining("permission denied");
            database.execute(
                    "create schema s",
                    "create table s.t (id int primary key)",
                    "create publication p for table s.t",
                    "select pg_create_logical_replication_slot('p', 'pgoutput')",
                    "select pg_drop_replication_slot('p')",
                    "drop schema s cascade");
        }
    }

    /** PostgreSQL itself looks first for a schema named like the role, and pg2sink makes one. */
    @Test
    void whatIsCreatedBesidePg2sinksOwnSchemaIsInPublic() {
        try (EmbeddedServer server = start()) {
            database(server).execute("create schema pg2sink", "create table orders (id int primary key)");
            assertThat(database(server).value("select to_regclass('public.orders')::text"))
                    .isEqualTo("orders");
        }
    }

    @Test
    void theLineOfTheLogEntersTheServer() throws Exception {
        assumeTrue(isInstalled("psql"), "there is no psql");
        Path spaced = Files.createDirectories(directory.resolve("it's spaced"));
        try (EmbeddedServer server = EmbeddedServer.start(spaced, port)) {
            Process psql = new ProcessBuilder("sh", "-c", server.psql() + " -w -At -c 'select current_user'")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(psql.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(output).isEqualTo("pg2sink\n");
        }
    }

    @Test
    void aServerThatTrustedEverybodyNoLongerDoesAndItsTablesAreOfTheRole() throws IOException {
        Path home = directory.resolve("earlier");
        try (EmbeddedServer server = EmbeddedServer.start(home, port)) {
            database(server).execute("create sequence lone");
        }
        Files.delete(home.resolve("pgpass"));
        runAsSuperuser(
                home,
                "alter role postgres password null",
                "create schema shop",
                "create table shop.orders (id serial primary key, n int generated always as identity)",
                "create table public.parts (id int primary key) partition by range (id)",
                "create table public.part partition of public.parts default",
                "create type shop.state as enum ('a')",
                "create domain shop.d as int",
                "create view shop.v as select 1",
                "create function shop.f() returns int language sql as 'select 1'",
                "create publication pg2sink for table shop.orders",
                "create publication everything for all tables");
        Files.writeString(home.resolve("cluster/pg_hba.conf"), TRUST);

        try (EmbeddedServer server = EmbeddedServer.start(home, port)) {
            assertRefused(server.url() + "?user=postgres");
            TestDatabase database = database(server);
            assertThat(database.value("select string_agg(distinct tableowner, ' ') from pg_tables"
                            + " where schemaname in ('shop', 'public')"))
                    .isEqualTo("pg2sink");
            assertThat(database.value("select pubowner::regrole from pg_publication where pubname = 'pg2sink'"))
                    .isEqualTo("pg2sink");
            database.execute(
                    "insert into shop.orders default values",
                    "alter publication pg2sink add table public.parts",
                    "drop schema shop cascade");
        }
    }

    @Test
    void startedByRootItRunsAsAnotherUserAndCannotReadTheFilesOfRoot() throws Exception {
        assumeTrue(isRoot(), "the tests do not run as root");
        Path secret = Files.createTempFile("pg2sink-of-root", "");
        try (EmbeddedServer server = start()) {
            String postmaster = Files.readAllLines(directory.resolve("cluster/postmaster.pid"))
                    .get(0);
            Path process = Path.of("/proc", postmaster);
            assertThat(Files.readAllLines(process.resolve("status")))
                    .anyMatch(line -> line.startsWith("Uid:"))
                    .noneMatch(line -> line.matches("Uid:.*\\b0\\b.*"))
                    .contains("CapEff:\t0000000000000000", "NoNewPrivs:\t1");
            assertThat(Files.readSymbolicLink(process.resolve("ns/user")))
                    .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/user")));
            assertThat(database(server).value("select 1")).isEqualTo("1");
        }
        runAsSuperuser(directory, "create table public.stolen (line text)");
        runAsSuperuser(directory, "copy public.stolen from '" + secret + "'");
        assertThat(directory.resolve("server.log"))
                .content()
                .contains("could not open file \"" + secret + "\" for reading: Permission denied");
        Files.delete(secret);
    }

    private Path closedDirectory() throws IOException {
        return Files.createTempDirectory(
                directory,
                "closed",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    @Test
    void inADirectoryThatTheServersUserCannotEnterTheDataAreElsewhere() throws IOException {
        assumeTrue(isRoot(), "the tests do not run as root");
        Path closed = closedDirectory();
        Path elsewhere;
        try (EmbeddedServer server = EmbeddedServer.start(closed.resolve("postgres"), port)) {
            Matcher file = Pattern.compile("PGPASSFILE=(/var/lib/pg2sink/[^ /]+)/pgpass ")
                    .matcher(server.psql());
            assertThat(file.lookingAt()).as(server.psql()).isTrue();
            elsewhere = Path.of(file.group(1));
        }
        try (Stream<Path> data = Files.walk(elsewhere)) {
            for (Path path : data.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        assertThat(closed).isEmptyDirectory();
    }

    @Test
    void dataInADirectoryThatTheServersUserCannotEnterAreNotLeftBehind() throws IOException {
        assumeTrue(isRoot(), "the tests do not run as root");
        Path closed = closedDirectory();
        Files.createDirectories(closed.resolve("postgres/cluster"));
        assertThatThrownBy(() -> EmbeddedServer.start(closed.resolve("postgres"), port))
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("who cannot enter " + closed + ": run pg2sink as another user");
    }

    /** Runs statements in a server that is stopped, as its superuser, for whom there is no login. */
    private static void runAsSuperuser(Path home, String... statements) throws IOException {
        ServerUser user = ServerUser.find();
        Programs.unpackedBelow(home, user)
                .run(
                        home.resolve("server.log"),
                        String.join("\n", statements) + "\n",
                        "postgres",
                        "--single",
                        "-D",
                        home.resolve("cluster").toString(),
                        "postgres");
    }

    private static void assertRefused(String url) {
        assertThatThrownBy(() -> connect(url)).isInstanceOf(SQLException.class).hasMessageMatching("(?s).*password.*");
    }

    private static void connect(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.isValid(1);
        }
    }

    private static boolean isInstalled(String program) {
        try {
            return new ProcessBuilder(program, "--version").start().waitFor() == 0;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    private static boolean isRoot() throws IOException {
        return Files.exists(Path.of("/proc/self"))
                && Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static TestDatabase database(EmbeddedServer server) {
        return new TestDatabase(server.url() + "?user=" + server.user() + "&password=" + server.password());
    }

    private EmbeddedServer start() {
        return EmbeddedServer.start(directory, port);
    }
}
