package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** What happens to single partitions, of which the stream does not tell, is noticed, and the table is imported again. */
@Tag("core")
class PartitionDdlIT {

    private static final String[] ATTACH = {
        "create table p3 (id int primary key, v text)",
        "insert into p3 values (21, 'c')",
        "alter table root attach partition p3 for values from (20) to (30)"
    };

    private TestDatabase database;
    private final Log log = new Log();

    @BeforeEach
    void createTables() {
        database = TestServer.newDatabase();
        database.execute(
                "create table root (id int primary key, v text) partition by range (id)",
                "create table p1 partition of root for values from (0) to (10)",
                "create table p2 partition of root for values from (10) to (20)",
                "insert into root values (1, 'a'), (11, 'b')");
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    private Subscriber start() {
        return Subscriber.importing(database, "").awaitAllImported();
    }

    private void awaitLine(String text) {
        await().atMost(Subscriber.PATIENCE).until(() -> !log.lines(text).isEmpty());
        assertThat(log.lines(text)).hasSize(1);
    }

    /** Waits for the second import of the table, and returns which rows came by it. */
    private void assertImportedAgain(Subscriber subscriber, String... ids) {
        await().atMost(Subscriber.PATIENCE).until(() -> jobs().equals("2"));
        subscriber.awaitImport("root", "completed");
        assertThat(subscriber.imported("root", "id").stream().skip(2)).containsExactly(ids);
    }

    private String jobs() {
        return database.value("select count(*) from pg2sink.import_jobs where table_name = 'root'");
    }

    /** Waits until the partitions have been looked at. */
    private void awaitLook() {
        await().atMost(Subscriber.PATIENCE).until(() -> database.value(
                        "select array(select relid::bigint from pg_partition_tree('root') where isleaf"
                                + " order by 1) = partitions and array(select relfilenode::bigint from pg_class"
                                + " where oid::bigint = any (partitions) order by oid) = files from pg2sink.known_partitions")
                .equals("t"));
    }

    @Test
    void aTableIsImportedAgainAfterTruncateOfOnePartition() {
        try (Subscriber subscriber = start()) {
            database.execute("truncate p1");
            assertImportedAgain(subscriber, "11");
            awaitLine("public.root has other rows than the stream told, because of its partitions: public.p1 was"
                    + " truncated. It is imported again.");
        }
    }

    @Test
    void aPartitionThatIsFilledAndAnalyzedRightAfterTruncateIsNoticedToo() {
        try (Subscriber subscriber = start()) {
            database.transaction("truncate p1", "insert into root values (2, 'new')", "analyze p1");
            assertImportedAgain(subscriber, "2", "11");
        }
    }

    @Test
    void aTableIsImportedAgainAfterDropOfOnePartition() {
        try (Subscriber subscriber = start()) {
            database.execute("drop table p1");
            assertImportedAgain(subscriber, "11");
            awaitLine("public.p1 was dropped. It is imported again.");
        }
    }

    @Test
    void aDetachedPartitionComesUnderItsOwnNameAndItsRootIsImportedAgain() {
        try (Subscriber subscriber = start()) {
            database.execute("alter table root detach partition p1", "insert into p1 values (2, 'own')");
            assertImportedAgain(subscriber, "11");
            subscriber.awaitImport("p1", "completed");
            assertThat(subscriber.imported("p1", "id")).contains("1");
            awaitLine("public.p1 was detached. It is imported again.");
        }
    }

    @Test
    void aPartitionThatIsAttachedWithRowsIsImportedWithItsRoot() {
        try (Subscriber subscriber = start()) {
            database.execute(ATTACH);
            assertImportedAgain(subscriber, "1", "11", "21");
            awaitLine("public.p3 was attached with rows");
        }
    }

    @Test
    void aPartitionThatIsMadeFilledAndAttachedInOneTransactionIsImportedToo() {
        try (Subscriber subscriber = start()) {
            database.transaction(ATTACH);
            assertImportedAgain(subscriber, "1", "11", "21");
        }
    }

    @Test
    void aPartitionThatIsDetachedForAMomentAndThePartitionsBelowAPartitionAreNoticed() {
        database.execute(
                "create table sub partition of root for values from (100) to (200) partition by range (id)",
                "create table sub1 partition of sub for values from (100) to (150)",
                "create table sub2 partition of sub for values from (150) to (200)");
        try (Subscriber subscriber = start()) {
            database.transaction(
                    "alter table root detach partition sub",
                    "insert into sub values (101, 'apart')",
                    "alter table root attach partition sub for values from (100) to (200)");
            assertImportedAgain(subscriber, "1", "11", "101");
            awaitLine("public.sub1 was detached and attached again, public.sub2 was detached and attached again");
        }
    }

    @Test
    void whatTheStreamTellsAndWhatKeepsTheRowsDoesNotImportAgain() {
        try (Subscriber subscriber = start()) {
            database.execute("vacuum full p1");
            database.transaction(
                    "create table p4 partition of root for values from (30) to (40)",
                    "insert into root values (31, 'd')");
            database.execute(
                    "create table p5 (id int primary key, v text)",
                    "alter table root attach partition p5 for values from (40) to (50)",
                    "insert into root values (41, 'e')",
                    "vacuum full p5",
                    "alter table root add column more int default 5");
            awaitLook();
            database.execute("truncate root", "insert into root values (3, 'f')");
            awaitLook();
            subscriber.awaitModifications(6);
            assertThat(jobs()).isEqualTo("1");
            assertThat(log.lines("has other rows")).isEmpty();
        }
    }

    @Test
    void whatHappensWhileNothingRunsIsNoticedAtTheNextStart() {
        start().close();
        database.execute("drop table p1");
        try (Subscriber subscriber = Subscriber.importing(database, "")) {
            await().atMost(Subscriber.PATIENCE).until(() -> jobs().equals("2"));
            subscriber.awaitImport("root", "completed");
            assertThat(subscriber.imported("root", "id")).containsExactly("11");
        }
    }

    @Test
    void withImportsOffItIsSaidWhatToDo() {
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute("truncate p1");
            awaitLine(
                    "public.p1 was truncated. Nothing is imported, because imports are off: mend the sinks yourself, or"
                            + " import the table with pg2sink.imports=true");
            assertThat(subscriber.entries()).isEmpty();
        }
    }

    @Test
    void anImportThatIsPausedStaysSo() {
        try (Subscriber subscriber = start()) {
            database.execute("update pg2sink.import_jobs set state = 'paused'", "truncate p1");
            awaitLine("public.p1 was truncated. Its import is paused, so it is not imported again: resync it");
            assertThat(jobs()).isEqualTo("1");
        }
    }
}
