package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, run as a user runs it, beside a running pg2sink and without one. */
@Tag("slow")
class CommandIT {

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Installation installation;
    private int port;

    @BeforeEach
    void install() throws IOException {
        database = TestServer.newDatabase();
        database.execute(
                "create table example (id bigserial primary key, msg text)",
                "insert into example (msg) select 'row ' || g from generate_series(1, 3) g");
        installation = new Installation(directory, database);
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        installation.set("pg2sink.admin.port", String.valueOf(port)).set("pg2sink.imports", "true");
    }

    @Test
    void itAdministersARunningPg2sinkWithTheTokenThatThatMade() throws Exception {
        installation.set("pg2sink.admin", "true");
        try (Pg2sinkProcess process = installation.start().awaitLog("imported public.example, 3 rows")) {
            assertThat(run(0, "status")).anyMatch(line -> line.matches("state +STREAMING"));
            assertThat(run(0, "tables")).anyMatch(line -> line.matches("public +example +true.*"));
            assertThat(run(0, "imports")).anyMatch(line -> line.matches("public +example +completed +100 +3 .*"));
            assertThat(run(0, "imports", "--json")).anyMatch(line -> line.contains("\"state\" : \"completed\""));

            assertThat(run(0, "resync", "public.example")).containsExactly("public.example resyncing");
            process.awaitLog("imported public.example, 3 rows");
            assertThat(run(0, "remove", "example")).containsExactly("public.example removed");
            assertThat(run(0, "tables")).anyMatch(line -> line.matches("public +example +false.*it was removed"));
            assertThat(run(0, "add", "example")).containsExactly("public.example published");

            assertThat(run(0, "pause")).anyMatch(line -> line.matches("paused +true"));
            assertThat(run(0, "resume")).anyMatch(line -> line.matches("paused +false"));
            run(1, "add", "nothing");
            assertThat(errors).startsWith("pg2sink: There is no table public.nothing");
            run(1, "imports", "resume", "example");
            assertThat(errors).contains("only a paused import can be resumed");
        }
    }

    @Test
    void itChecksTheDatabaseWithoutARunningPg2sink() throws Exception {
        database.execute("drop table example"); // nothing is published before the first run
        run(0, "check");
        assertThat(errors).isEmpty();

        database.execute("create table keyless (msg text)");
        run(1, "check", "--json");
        assertThat(String.join("\n", run(1, "check"))).contains("keyless");
    }

    @Test
    void whatImportsLackCountsUnlessTheyAreSwitchedOff() throws Exception {
        String role = installation.subscription();
        database.execute(
                "create role " + role + " login replication",
                "do $$ begin execute format('grant create on database %I to " + role + "', current_database()); end $$",
                "alter table example replica identity full",
                "revoke all on example from public",
                "create publication " + role + " for table example with (publish_via_partition_root = true)",
                "alter publication " + role + " owner to " + role);
        installation.set("pg2sink.url", database.url().replace("user=postgres", "user=" + role));
        assertThat(run(1, "check")).anyMatch(line -> line.matches("warning +select: .* may not read public.example.*"));
        installation.set("pg2sink.imports", "false");
        assertThat(run(0, "check")).anyMatch(line -> line.matches("info +select: .* may not read public.example.*"));
    }

    @Test
    void aCheckDoesNotStartTheEmbeddedServer() throws Exception {
        Path data = directory.resolve("data");
        installation.set("pg2sink.url", "embedded:" + data);
        run(1, "check");
        assertThat(errors).contains("names the embedded server", "pg2sink check --url http://localhost:" + port);
        assertThat(data).doesNotExist();
    }

    @Test
    void whatCannotBeDoneIsSaidInOneSentenceWithItsExitCode() throws Exception {
        run(1, "status");
        assertThat(errors).startsWith("pg2sink: There is no token: set PG2SINK_ADMIN_TOKEN");
        installation.environment("PG2SINK_ADMIN_TOKEN", "abc");
        run(1, "status");
        assertThat(errors).startsWith("pg2sink: No pg2sink answers at http://localhost:" + port);
        for (String[] wrong :
                new String[][] {{}, {"shred"}, {"add"}, {"status", "now"}, {"imports", "stop", "t"}, {"--x"}}) {
            run(2, wrong);
            assertThat(errors).startsWith("pg2sink: ").contains("pg2sink --help tells");
        }
        assertThat(run(0, "--help")).contains("status                         how the stream is doing");
    }

    private String errors;

    private List<String> run(int exitCode, String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(arguments));
        try (Pg2sinkProcess process = installation.command(words)) {
            int code = process.exit();
            errors = process.log();
            assertThat(code).as(() -> errors + process.output()).isEqualTo(exitCode);
            assertThat(errors).doesNotContain("\tat ");
            return process.output();
        }
    }
}
