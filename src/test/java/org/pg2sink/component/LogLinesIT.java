package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.stream.LoadSummary;

/** The log stays readable, however many tables there are. */
class LogLinesIT {

    @Test
    void manyTablesShareLines() {
        TestDatabase database = TestServer.newDatabase();
        database.execute("do $$ begin for i in 1..300 loop execute format("
                + "'create table t%s (id int primary key); insert into t%s values (1)', i, i); end loop; end $$");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.importing(database, "")) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> subscriber.modifications().size() == 300);
            await().atMost(Subscriber.PATIENCE)
                    .untilAsserted(() -> assertThat(log.lines(" more tables, ")).isNotEmpty());
            assertThat(log.lines("importing 300 tables")).hasSize(1);
            assertThat(log.lines("added 300 tables")).hasSize(1);
            assertThat(log.lines(subscriber.name())).hasSizeLessThan(80);
        }
    }

    @Test
    void fewTablesHaveALineEach() {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table one (id int primary key)", "create table two (id int primary key)");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.importing(database, "").awaitAllImported()) {
            await().atMost(Subscriber.PATIENCE).untilAsserted(() -> assertThat(log.lines("imported public.two, 0 rows"))
                    .hasSize(1));
            assertThat(log.lines("importing public.one")).hasSize(1);
            assertThat(log.lines("added \"public\".\"one\"")).hasSize(1);
        }
    }

    @Test
    void aSchemaThatDoesNotExistIsNamedOnceUntilItComes() {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table one (id int primary key)");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.start(database, "schemas=public,nowhere&reconcileInterval=50")) {
            assertThat(log.lines("there is no schema \"nowhere\" in localhost:"))
                    .singleElement()
                    .asString()
                    .contains("WARN");
            database.execute("create schema nowhere", "create table nowhere.two (id int primary key)");
            await().atMost(Subscriber.PATIENCE).untilAsserted(() -> assertThat(log.lines("added \"nowhere\".\"two\""))
                    .hasSize(1));
            assertThat(log.lines("there is no schema")).hasSize(1);
        }
    }

    @Test
    void oneLineSumsUpTheLoadAndNoneIsWrittenWhenIdle() {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table one (id int primary key, msg text)");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.start(database, "batching=true")) {
            LoadSummary summary = new LoadSummary(
                    subscriber.consumer()::status, subscriber.consumer().figures());
            database.execute("insert into one select g, 's3cret' from generate_series(1, 500) g");
            subscriber.awaitModifications(500);
            subscriber.awaitAllConfirmed();
            summary.run();
            summary.run();
            assertThat(log.lines(" changes and rows, "))
                    .singleElement()
                    .asString()
                    .containsPattern("INFO .*Subscription " + subscriber.name()
                            + ": delivered 500 changes and rows, 0\\.0 MB in \\d+ s \\(\\d+/s\\); 0 in flight, \\d+\\.\\d MB of"
                            + " WAL and \\d+\\.\\d s behind, confirmed up to ")
                    .doesNotContain("s3cret");
        }
    }

    @Test
    void whatStartsWhatIsSetUpAndEachStateIsSaid() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table one (id int primary key)");
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.start(database, "")) {
            subscriber.context().getRouteController().suspendRoute("stream");
            subscriber.context().getRouteController().resumeRoute("stream");
            subscriber.context().getRouteController().stopRoute("stream");
            assertThat(log.lines(subscriber.name()).stream()
                            .map(line -> line.replace(subscriber.name(), "NAME"))
                            .map(line -> line.replaceFirst("^.* (INFO|WARN|ERROR) [A-Za-z0-9]+ - ", "$1 "))
                            .map(line -> line.replaceAll("\\d+/[0-9A-F]+|localhost:\\S+|PostgreSQL \\d+\\.\\d+", "…")))
                    .containsSubsequence(
                            "INFO Subscription NAME: … at … as role postgres, schemas public, imports off",
                            "INFO Created the publication NAME",
                            "INFO Publication NAME: added \"public\".\"one\"",
                            "INFO Creating the replication slot NAME; it waits for transactions that are running now",
                            "INFO Subscription NAME: streaming from … at …",
                            "INFO Subscription NAME: suspended, so nothing is delivered",
                            "INFO Subscription NAME: resumed",
                            "INFO Subscription NAME: stopped, confirmed up to …");
        }
    }
}
