package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The SQL copy of a source whose data directory is restored: what it writes then stands at positions that were copied. */
@Tag("slow")
class SqlRestoreIT {

    @TempDir
    private Path directory;

    private PrivateServer server;
    private TestDatabase source;
    private TestDatabase target;
    private ShippedRoutes routes;

    @BeforeEach
    void start() {
        server = PrivateServer.start(directory.resolve("data"), Map.of());
        source = server.database();
        target = TestServer.newDatabase();
        source.execute(
                "create table example (id int primary key, msg text)",
                "insert into example select i, 'early' from generate_series(1, 20) i");
        routes = new ShippedRoutes(source)
                .copyTo(target)
                .set("pg2sink.imports", "true")
                .start();
        awaitCopied();
        server.backUp(directory.resolve("backup"));
        source.execute(
                "insert into example select i, 'lost' from generate_series(21, 40) i",
                "update example set msg = 'lost' where id <= 5");
        awaitCopied();
    }

    @AfterEach
    void stop() {
        routes.close();
        server.close();
    }

    private void restore() {
        server.stop();
        server.restore(directory.resolve("backup"));
        server.startAgain(Map.of());
    }

    private static List<String> rows(TestDatabase database) {
        return database.query("select t::text from example t order by id");
    }

    private void awaitCopied() {
        await().atMost(ShippedRoutes.PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(rows(target))
                .isEqualTo(rows(source)));
    }

    @Test
    void nothingThatIsWrittenAfterwardsIsSkipped() {
        restore();
        source.execute("insert into example select i, 'new' from generate_series(21, 40) i");
        awaitCopied();
        source.execute("update example set msg = 'newer'", "delete from example where id > 30");
        awaitCopied();
        assertThat(target.query("select distinct timeline from pg2sink_copy.position"))
                .containsExactly("1.1");
    }

    @Test
    void whatIsWrittenAfterwardsIsAppliedEvenIfNobodyNoticedThatTheServerWentBack() {
        routes.close();
        restore();
        source.execute(
                "insert into example select i, 'new' from generate_series(21, 40) i",
                "update example set msg = 'newer' where id <= 5");
        routes.start();
        awaitCopied();
    }
}
