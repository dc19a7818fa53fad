package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparison as a command, beside the process that streams. */
@Tag("slow")
class VerifyCommandIT {

    @TempDir
    private Path directory;

    @Test
    void printsTheDifferencesAndItsExitCodeTells() throws Exception {
        TestDatabase source = TestServer.newDatabase();
        TestDatabase target = TestServer.newDatabase();
        source.execute(
                "create table example (id int primary key, msg text)",
                "insert into example select i, 'row ' || i from generate_series(1, 100) i");
        Installation installation = new Installation(directory, source)
                .set("pg2sink.imports", "true")
                .set("pg2sink.sinks", "direct:sql")
                .set("pg2sink.sql.url", target.url());
        try (Pg2sinkProcess stream = installation.start().awaitLog("imported public.example")) {
            installation.set("pg2sink.verify", "report");
            try (Pg2sinkProcess report = installation.start()) {
                assertThat(report.exit()).as(report::log).isZero();
                assertThat(report.output()).containsExactly("public.example: 100 rows, all of them equal");
                assertThat(report.log()).doesNotContain("WARN", "streaming");
            }

            target.execute(
                    "update example set msg = 'other' where id = 7",
                    "delete from example where id = 8",
                    "insert into example values (101, 'more')");
            try (Pg2sinkProcess report = installation.start()) {
                assertThat(report.exit()).as(report::log).isEqualTo(2);
                assertThat(report.output())
                        .startsWith("public.example: 100 rows, 1 missing, 1 different, 1 extra in the copy")
                        .containsExactlyInAnyOrder(
                                "public.example: 100 rows, 1 missing, 1 different, 1 extra in the copy",
                                "  different  id=7  in [msg]",
                                "  missing    id=8",
                                "  extra      id=101");
                assertThat(report.log()).doesNotContain("other");
            }

            installation.set("pg2sink.verify", "repair");
            try (Pg2sinkProcess repair = installation.start()) {
                assertThat(repair.exit()).as(repair::log).isZero();
            }
            assertThat(target.rows("example")).isEqualTo(source.rows("example"));

            installation.set(
                    "pg2sink.sql.url", target.url().replaceFirst("localhost:\\d+|127.0.0.1:\\d+", "localhost:1"));
            try (Pg2sinkProcess failure = installation.start()) {
                assertThat(failure.exit()).as(failure::log).isEqualTo(1);
                assertThat(failure.log()).contains("The copy cannot be compared: ", "Check pg2sink.sql.url");
            }
        }
    }

    @Test
    void runsUnderCamelJBangToo() throws Exception {
        TestDatabase source = TestServer.newDatabase();
        TestDatabase target = TestServer.newDatabase();
        source.execute("create table example (id int primary key)", "insert into example values (1)");
        Installation installation = new Installation(directory, source)
                .set("pg2sink.imports", "true")
                .set("pg2sink.sinks", "direct:sql")
                .set("pg2sink.sql.url", target.url());
        try (Pg2sinkProcess stream = installation.start().awaitLog("imported public.example")) {
            target.execute("insert into example values (2)");
            installation.set("pg2sink.verify", "report");
            try (Pg2sinkProcess report = installation.runWithCamelJBang()) {
                assertThat(report.exit()).as(report::log).isEqualTo(2);
                assertThat(report.output())
                        .contains(
                                "public.example: 1 rows, 0 missing, 0 different, 1 extra in the copy",
                                "  extra      id=2");
            }
        }
    }
}
