package org.pg2sink.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.pg2sink.bench.BenchServer.Progress;
import org.pg2sink.bench.Workload.Kind;

/**
 * Postgres's own client, which writes what it gets into nothing: how fast a walsender goes.
 *
 * @see <a href="https://www.postgresql.org/docs/current/app-pgrecvlogical.html">pg_recvlogical</a>
 */
record RecvLogical(String name, Path program, boolean binary) implements Contender {

    private static final String FILE = "pg_recvlogical";

    /** The newest that this machine has. */
    static Optional<Path> installed() {
        try (Stream<Path> versions = Files.exists(Path.of("/usr/lib/postgresql"))
                ? Files.list(Path.of("/usr/lib/postgresql"))
                : Stream.empty()) {
            Stream<Path> ofServers = versions.sorted(Comparator.reverseOrder())
                    .map(version -> version.resolve("bin").resolve(FILE));
            Stream<Path> onPath = Arrays.stream(System.getenv("PATH").split(":"))
                    .map(directory -> Path.of(directory).resolve(FILE));
            return Stream.concat(ofServers, onPath).filter(Files::isExecutable).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public Set<Kind> kinds() {
        return EnumSet.of(Kind.BACKLOG);
    }

    @Override
    public Running start(BenchServer server, Backlog backlog) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--start",
                "--file=/dev/null",
                "--host=localhost",
                "--port=" + server.port(),
                "--username=postgres",
                "--dbname=postgres",
                "--slot=" + BenchServer.NAME,
                "--endpos=" + backlog.end().asString(),
                "--option=proto_version=1",
                "--option=publication_names=" + BenchServer.NAME));
        if (binary) {
            command.add("--option=binary=true");
        }
        ChildProcess process = ChildProcess.start(ChildProcess.newDirectory(), command);
        return new Running() {
            @Override
            public ChildProcess process() {
                return process;
            }

            @Override
            public boolean hasBegun() {
                return true;
            }

            @Override
            public boolean isHalfDone(Progress progress) {
                return backlog.isSecondHalf(progress.sent()); // it keeps nothing back
            }

            @Override
            public boolean isDone(Progress progress) {
                return process.hasEnded();
            }

            @Override
            public long rows() {
                return backlog.rows(); // it does not count, but it ends where it was told to
            }
        };
    }
}
