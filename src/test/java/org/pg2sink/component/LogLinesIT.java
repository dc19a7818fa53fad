package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

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
}
