package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that writes a copy is frozen in the middle of a transaction, and goes on after another one took over. */
@DisabledOnOs(OS.WINDOWS)
@Tag("slow")
class SqlTakeoverIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Of one batch, which is more than the buffers between two processes take. */
    private static final int ROWS = 1_000;

    private static final int ROW_BYTES = 32_000;

    /** The session of the target that has written something and has not committed. */
    private static final String WRITING = "select pid from pg_stat_activity where backend_xid is not null"
            + " and datname = current_database() and pid <> pg_backend_pid()";

    /** The target takes its time over each row, so there is time to freeze the process that it comes from. */
    private static final String SLOW = " and wait_event = 'PgSleep'";

    private static final Map<String, Moment> MOMENTS = Map.of(
            // COPY calls these triggers once it has all rows
            "between statements", new Moment("after", " and state = 'idle in transaction'"),
            // and these with each row that it reads
            "in a statement", new Moment("before", " and state = 'active' and query like 'copy %'"));

    /**
     * @param slowed whether the target takes its time before or after it has the rows
     * @param left tells the session that a frozen process leaves behind
     */
    private record Moment(String slowed, String left) {}

    @TempDir
    private Path directory;

    private TestDatabase source;
    private TestDatabase target;
    private Installation installation;
    private int written;

    @BeforeEach
    void install() throws Exception {
        source = TestServer.newDatabase();
        target = TestServer.newDatabase();
        source.execute(
                "create table example (id int primary key, msg text)",
                // after that the server gives up a process that is silent, and its slot is free
                "alter database " + source.value("select current_database()") + " set wal_sender_timeout = '2s'");
        target.execute(
                "create table example (id int primary key, msg text)",
                "create table applied (n bigint generated always as identity, id int)",
                "create function note() returns trigger language plpgsql as"
                        + " 'begin insert into applied (id) values (new.id); return null; end'",
                "create trigger note after insert or update on example for each row execute function note()",
                "alter table example enable always trigger note",
                "create function slow() returns trigger language plpgsql as"
                        + " 'begin perform pg_sleep(0.001); return new; end'");
        installation = new Installation(directory, source)
                .set("pg2sink.sinks", "direct:sql")
                .set("pg2sink.sql.url", target.url())
                .set("pg2sink.batch.size", "1000")
                .set("pg2sink.batch.bytes", String.valueOf(2 * ROWS * ROW_BYTES));
    }

    @ParameterizedTest
    @ValueSource(strings = {"between statements", "in a statement"})
    void anotherProcessTakesOverAndNothingIsLostOrAppliedTwice(String name) throws Exception {
        Moment moment = MOMENTS.get(name);
        target.execute(
                "create trigger slow " + moment.slowed + " insert on example for each row execute function slow()",
                "alter table example enable always trigger slow");
        try (Pg2sinkProcess first = installation.start().awaitStreaming();
                Pg2sinkProcess second = installation.start().awaitLog("is in use")) {
            String frozen = freezeWhileItWrites(first, moment.left);
            long begin = System.nanoTime();
            installation.awaitAllConfirmed();

            assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin))
                    .isLessThan(30);
            assertThat(target.query(WRITING + " and pid = " + frozen)).isEmpty();
            second.awaitStreaming();
            if (name.equals("in a statement")) { // the other ends after ten seconds by itself
                assertThat(second.log())
                        .contains("ended a transaction in the copy that an earlier process had left open");
            }
            assertOnce();

            source.execute("update example set msg = 'newer' where id < 10");
            installation.awaitAllConfirmed();
            first.thaw();
            first.awaitLog("is in use by the server process");
            source.execute("insert into example values (-1, 'after')", "delete from example where id = 5");
            installation.awaitAllConfirmed();
            assertThat(target.rows("example")).isEqualTo(source.rows("example"));
            assertThat(target.value("select count(*) from applied where id = 1"))
                    .isEqualTo("2");
        }
    }

    private void assertOnce() {
        assertThat(target.rows("example")).isEqualTo(source.rows("example"));
        assertThat(target.value("select count(*) || ' ' || count(distinct id) from applied"))
                .isEqualTo(written + " " + written);
    }

    /** Freezes a process at a moment of a transaction, which takes some tries, and returns the session that it left. */
    private String freezeWhileItWrites(Pg2sinkProcess process, String left) throws Exception {
        for (int tries = 0; tries < 20; tries++) {
            source.execute("insert into example select i, repeat(md5(i::text), " + ROW_BYTES / 32
                    + ") from generate_series(" + (written + 1) + ", " + (written + ROWS) + ") i");
            written += ROWS;
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> !target.query(WRITING + SLOW).isEmpty() || isCopied());
            process.freeze();
            // the target goes on with what is in the buffers
            await().atMost(PATIENCE).until(() -> target.query(WRITING + " and wait_event is distinct from 'ClientRead'")
                    .isEmpty());
            List<String> sessions = target.query(WRITING + left);
            if (!sessions.isEmpty()) {
                return sessions.get(0);
            }
            process.thaw();
            await().atMost(PATIENCE).until(this::isCopied);
        }
        throw new IllegalStateException("no transaction was caught");
    }

    private boolean isCopied() {
        return target.value("select count(*) from example").equals(String.valueOf(written));
    }
}
