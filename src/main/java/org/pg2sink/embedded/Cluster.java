package org.pg2sink.embedded;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates a data directory, and starts and stops the server that works on it. */
final class Cluster {

    /** Name of the directory of the data. */
    static final String DIRECTORY = "cluster";

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final Pattern COMPLAINT = Pattern.compile("(?:FATAL|DETAIL|error): +(.*)");

    private static final String ACCESS = """
            # Written by pg2sink at each start. Databases are entered by password, physical replication is refused.
            local all all scram-sha-256
            host all all 127.0.0.1/32 scram-sha-256
            """;

    private final Path home;
    private final Path data;
    private final Path postmasterFile;
    private final Path log;
    private final Programs programs;
    private final ServerUser user;

    Cluster(Path home, Programs programs, ServerUser user) throws IOException {
        this.home = home;
        this.data = home.resolve(DIRECTORY);
        this.postmasterFile = data.resolve("postmaster.pid");
        this.log = home.resolve("server.log");
        this.programs = programs;
        this.user = user;
        OwnerOnly.file(log); // statements that fail are in it, with their values
    }

    /** Creates the data directory unless it exists. A process that is killed meanwhile leaves nothing half done. */
    void create() throws IOException {
        if (Files.exists(data)) {
            return;
        }
        Path created = home.resolve("creating-" + UUID.randomUUID());
        Files.createDirectory(created);
        OwnerOnly.directory(created);
        user.own(created);
        // the locale C, because every machine has it
        run(
                "",
                "initdb",
                "-D",
                created.toString(),
                "-U",
                Ownership.SUPERUSER,
                "-A",
                "reject",
                "-E",
                "UTF8",
                "--locale=C");
        Files.move(created, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Lets in nobody without a password. A directory of an earlier version trusted whoever came, and belonged to root. */
    void protect(String superuserPassword) throws IOException {
        user.own(data);
        OwnerOnly.directory(data);
        Files.writeString(data.resolve("pg_hba.conf"), ACCESS);
        String statement =
                "alter role " + Ownership.SUPERUSER + " password '" + Ownership.verifier(superuserPassword) + "'\n";
        // a server for this process alone, which reads statements from its input and asks for no password
        run(
                statement,
                "postgres",
                "--single",
                "-D",
                data.toString(),
                "-c",
                "wal_level=logical",
                "-c",
                "exit_on_error=on",
                "template1");
    }

    void start(int port) throws IOException {
        List<String> options = List.of(
                "-p " + port,
                "-c listen_addresses=" + EmbeddedServer.HOST,
                "-c unix_socket_directories=", // no socket: /tmp may hold one of another user
                "-c wal_level=logical");
        run("", "pg_ctl", "start", "-w", "-t", "300", "-D", data.toString(), "-o", String.join(" ", options));
    }

    /** Stops the server, by force if a replication client that reads nothing would delay it. */
    void stop() throws IOException {
        if (Files.notExists(postmasterFile)) {
            return;
        }
        if (programs.run(log, "", "pg_ctl", "stop", "-w", "-D", data.toString(), "-m", "fast", "-t", "20") != 0) {
            run("", "pg_ctl", "stop", "-w", "-D", data.toString(), "-m", "immediate");
        }
    }

    /** Prepares a start after pg2sink was killed and left its server running, or the machine went down. */
    void clearUp() throws IOException {
        if (Files.notExists(postmasterFile)) {
            return;
        }
        List<String> postmaster = Files.readAllLines(postmasterFile);
        if (postmaster.isEmpty()) {
            Files.delete(postmasterFile); // the machine went down before its content was on disk
            return;
        }
        Optional<Path> program = ProcessHandle.of(
                        Long.parseLong(postmaster.get(0).trim()))
                .flatMap(process -> process.info().command())
                .map(Path::of);
        if (program.isEmpty()) {
            return; // PostgreSQL itself copes with a process that has ended or is of another user
        }
        if (program.get().startsWith(home.toRealPath())) {
            LOG.info("Stopping the PostgreSQL that a killed pg2sink left running in {}", home);
            stop();
        } else if (!program.get().getFileName().toString().startsWith("postgres")) {
            // another program has the process number of the dead server, which would keep PostgreSQL from starting
            Files.delete(postmasterFile);
        }
    }

    private void run(String input, String program, String... arguments) throws IOException {
        long before = Files.exists(log) ? Files.size(log) : 0;
        if (programs.run(log, input, program, arguments) != 0) {
            throw new EmbeddedServerException("The embedded PostgreSQL in " + home + " failed at " + program + ", see "
                    + log + ": " + complaints(before));
        }
    }

    /**
     * Returns the errors in the log, or all lines if none of them is an error.
     *
     * @param since size of the log before the program ran
     */
    private String complaints(long since) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            byte[] bytes = Channels.newInputStream(channel.position(since)).readAllBytes();
            String news = new String(bytes, StandardCharsets.UTF_8);
            String complaints = COMPLAINT
                    .matcher(news)
                    .results()
                    .map(found -> found.group(1))
                    .collect(Collectors.joining("; "));
            return complaints.isEmpty() ? news.strip() : complaints;
        }
    }
}
