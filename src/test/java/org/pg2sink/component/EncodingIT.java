package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;

/** Databases whose text is not UTF-8, with bytes that are no characters too. */
@Tag("core")
class EncodingIT {

    private static List<String> values(List<Modification> changes, String column) {
        return changes.stream()
                .map(change -> (String) change.after().get(column))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"LATIN1, é", "LATIN1, Ã©", "LATIN9, €", "WIN1252, €", "WIN1251, Жук", "EUC_JP, 日本語ｶﾅ", "EUC_KR, 한국"})
    void messagesAndRowsAreConverted(String encoding, String text) {
        TestDatabase database = TestServer.newDatabaseIn(encoding);
        database.execute("create table example (id int primary key, msg text)");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "select pg_logical_emit_message(true, 'audit', '" + text + "')",
                    "insert into example values (1, '" + text + "')");
            List<Modification> changes = subscriber.awaitModifications(2);
            assertThat(changes.get(0).after().get("content")).isEqualTo(text);
            assertThat(changes.get(1).after().get("msg")).isEqualTo(text);
        }
    }

    @Test
    void aMessageThatIsNoTextIsWrittenAsBytes() {
        TestDatabase database = TestServer.newDatabaseIn("SQL_ASCII");
        try (Subscriber subscriber = Subscriber.start(database, "")) {
            database.execute(
                    "select pg_logical_emit_message(true, 'audit', '\\xe9'::bytea)",
                    "select pg_logical_emit_message(true, 'audit', '\\xc3a9'::bytea)");
            assertThat(subscriber.awaitModifications(2))
                    .extracting(change -> change.after().get("content"))
                    .containsExactly("\\xe9", "é");
        }
    }

    /** The stream, an import and a backlog read by SQL get the same, and what follows comes too. */
    @ParameterizedTest
    @CsvSource({"WIN1252, chr(129)", "SQL_ASCII, chr(233)", "EUC_JP, 'convert_from(''\\xf5a1'', ''EUC_JP'')'"})
    void bytesThatAreNoCharactersStopNothing(String encoding, String bytes) {
        TestDatabase database = TestServer.newDatabaseIn(encoding);
        database.execute(
                "create table example (id int primary key, msg text, list text[], doc json)",
                "create table other (id int primary key)");
        String row = ", 'a' || " + bytes + " || 'b', array['x' || " + bytes + ", 'y'], '{\"a\":1}')";
        database.execute("insert into example values (1" + row);
        try (Log log = new Log();
                Subscriber subscriber = Subscriber.importing(database, "")) {
            subscriber.awaitImport("example", "completed");
            database.execute("insert into example values (2" + row, "insert into other values (1)");
            List<Modification> changes = subscriber.awaitModifications(3);
            assertThat(subscriber.status().failures()).isZero();
            assertThat(log.lines("Column msg of public.example has bytes that are no " + encoding + " characters"))
                    .hasSizeBetween(1, 2);
            assertThat(log.lines("cannot").stream().filter(line -> line.contains("From now on")))
                    .isNotEmpty();
            assertThat(changes.get(0).operation()).isEqualTo(Operation.IMPORT);
            assertThat(changes.get(0).after().toMap().get("msg").toString())
                    .matches("a[\uef00-\uefff]+b")
                    .isEqualTo(changes.get(1).after().get("msg"));
            assertThat(changes.get(0).after().get("list"))
                    .isEqualTo(changes.get(1).after().get("list"));
            assertThat(changes.get(2).table().name()).isEqualTo("other");
            subscriber.awaitAllConfirmed();
        }
        database.execute(
                "insert into example select g" + row.replace("'{\"a\":1}')", "'{}' from generate_series(3, 3000) g"));
        try (Subscriber subscriber = Subscriber.start(database, "catchUpBytes=100000")) {
            List<Modification> changes = subscriber.awaitModifications(2998);
            assertThat(subscriber.catchUps()).isPositive();
            assertThat(values(changes, "msg").get(2997)).matches("a[\uef00-\uefff]+b");
            subscriber.awaitAllConfirmed();
        }
    }

    @Test
    void anImportThatWouldGoOnAfterAKeyThatIsNoTextEndsAndSaysWhy() {
        TestDatabase database = TestServer.newDatabaseIn("SQL_ASCII");
        database.execute(
                "create table example (id text primary key, long text)",
                "alter table example alter long set storage external", // else it is read by places
                "insert into example select 'k' || chr(200 + g), repeat('x', 3000) from generate_series(1, 20) g",
                "create table fine (id int primary key)",
                "insert into fine values (1)");
        try (Subscriber subscriber = Subscriber.importing(database, "chunkSize=5")) {
            subscriber.awaitImport("example", "failed").awaitImport("fine", "completed");
            assertThat(subscriber.job("example", "error"))
                    .startsWith("The key column \"id\" of public.example has bytes that are no SQL_ASCII characters");
        }
    }
}
