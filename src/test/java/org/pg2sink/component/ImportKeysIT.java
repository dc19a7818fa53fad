package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/**
 * Tables with keys of all kinds, imported row by row, so that the import goes on after each value once. The rows must come
 * in the order of the key, as the server itself sorts them, and each once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("core")
class ImportKeysIT {

    private static final String TEXTS =
            "'', ' ', 'a', 'A', 'b', 'é', 'e', 'Z', 'ß', 'ss', '日本', '😀', 'it''s', '\"q\"',"
                    + " '\\', '\\N', '\\.', '\\t', e'a\\tb', e'a\\nb', e'a\\r\\nb', e'\\x01', '10', '9', 'a-b', 'ab', '{}', '%s', 'NULL'";
    private static final String DIFFERENT_IF_CASE_IS_NOT = "'a', 'B', 'c', 'é', 'Z', '', e'it''s \\\\ \\t \\n'";

    /**
     * A table and its rows.
     *
     * @param name its name, which says what is special
     * @param key the definition of its key columns
     * @param columns the key
     * @param rows a row each, the values of the key
     */
    record Keyed(String name, String key, String columns, List<String> rows) {

        @Override
        public String toString() {
            return name;
        }

        String quoted() {
            return '"' + name.replace("\"", "\"\"") + '"';
        }
    }

    private TestDatabase database;
    private Subscriber subscriber;
    private boolean icu;

    private static Keyed single(String name, String type, String... values) {
        return new Keyed(name, "k " + type, "k", rows(values));
    }

    /** Lists of values, of which each is a row; a value has no comma and blank after it. */
    private static List<String> rows(String... values) {
        return Stream.of(values)
                .flatMap(list -> Stream.of(list.split(", ")))
                .map(String::strip)
                .toList();
    }

    private static Keyed composite(String name, String key, String columns, String... rows) {
        return new Keyed(name, key, columns, List.of(rows));
    }

    static List<Keyed> keyed() {
        List<Keyed> keys = new ArrayList<>(List.of(
                single("by bigint", "bigint", "1, -1, 0, 9223372036854775807, -9223372036854775808"),
                single("by smallint", "smallint", "1, -1, 0, 32767"),
                single("by boolean", "boolean", "true, false"),
                single("by text", "text", TEXTS),
                single("by text in C", "text collate \"C\"", TEXTS),
                single("by varchar(3)", "varchar(3)", "'', 'a', 'abc', ' a', 'ä€😀'"),
                single("by char(5)", "char(5)", "'', 'a', 'ab', 'abcde', 'ä', e'\\\\'"),
                single("by name", "name", "'a', 'B', 'ä'"),
                single("by \"char\"", "\"char\"", "'a', 'b', '\\', ''"),
                single("by citext", "citext", DIFFERENT_IF_CASE_IS_NOT),
                single(
                        "by uuid",
                        "uuid",
                        "'00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff',"
                                + " 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '0fffffff-ffff-ffff-ffff-ffffffffffff'"),
                single("by bytea", "bytea", "'', '\\x00', '\\x0001', '\\xff', '\\x5c5c', '\\x27', '\\x0a'"),
                single(
                        "by timestamptz",
                        "timestamptz",
                        "'infinity', '-infinity', '2020-03-29 02:30:00.000001+01', '2020-03-29 02:30:00.000002+01',"
                                + " '0044-03-15 12:00:00+00 BC', '20000-01-01 00:00:00+00', '1970-01-01 00:00:00+00'"),
                single(
                        "by timestamp",
                        "timestamp(3)",
                        "'2020-01-01 00:00:00.1235', '2020-01-01 00:00:00.125', 'infinity'"),
                single("by date", "date", "'infinity', '-infinity', '2020-02-29', '0044-03-15 BC', '5874897-12-31'"),
                single("by time", "time", "'00:00', '24:00', '12:30:00.000001'"),
                single(
                        "by interval",
                        "interval",
                        "'1 day', '25 hours', '-1 mon', '0', '1 year 2 mons 3 days 04:05:06.7'"),
                single(
                        "by numeric",
                        "numeric",
                        "'NaN', 'Infinity', '-Infinity', 1, 1.10, 1.100001, 1e-20, 1e30, -5, 0.00"),
                single("by numeric(10,2)", "numeric(10,2)", "'NaN', 1, 1.10, -5, 99999999.99"),
                single(
                        "by double",
                        "double precision",
                        "'NaN', 'Infinity', '-Infinity', 0.1, 0.30000000000000004, 0.3, 5e-324, '-0'"),
                single("by real", "real", "'NaN', 'Infinity', 0.1, 16777216, 1e-45"),
                single("by enum", "mood", "'sad', 'ok', 'so \"so\"', 'ä'"),
                single("by array", "int[]", "'{}', '{1}', '{1,2}', '{NULL}', '{{1},{2}}', '[0:1]={5,6}'"),
                single("by composite type", "pair", "'(1,a)', '(1,\"b \"\"c\"\" \\\\\")', '(2,)', '(,x)'"),
                single("by range", "int4range", "'empty', '[1,5)', '(,5)', '[1,)'"),
                single("by inet", "inet", "'10.0.0.1', '10.0.0.0/8', '::1', '10.0.0.2'"),
                single("by bits", "bit(3)", "'101', '000', '111'"),
                single("by jsonb", "jsonb", "'{}', '[]', '1', '\"a\"', 'null', '{\"a\": \"\\\\\"}'"),
                single("by xid8", "xid8", "'0', '18446744073709551615', '12'"),
                single("by domain", "mail", "'a', 'B', 'it''s'"),
                single("by domain with a condition", "percentage", "1, 50.5, 100"),
                single("by domain of citext", "nickname", DIFFERENT_IF_CASE_IS_NOT),
                single("by domain in a collation of its own", "mail_c collate \"POSIX\"", "'a', 'B', 'é'"),
                composite(
                        "by bigint and text",
                        "tenant bigint, id text",
                        "tenant, id",
                        "1, 'b'",
                        "1, 'a'",
                        "2, ''",
                        "2, e'\\t'",
                        "1, '\\N'",
                        "-3, 'é'"),
                composite(
                        "key columns in another order than the table",
                        "b int, a text",
                        "a, b",
                        "1, 'x'",
                        "2, 'x'",
                        "1, 'y'",
                        "3, 'w'"),
                composite(
                        "by citext and int",
                        "name citext, i int",
                        "name, i",
                        "'a', 1",
                        "'A', 2",
                        "'b', 1",
                        "'B', 0",
                        "'a', 3"),
                composite(
                        "by five types",
                        "a numeric, b char(3), c mood, d date, e bytea",
                        "a, b, c, d, e",
                        "'NaN', 'x', 'sad', 'infinity', '\\x00'",
                        "'NaN', 'x', 'ok', 'infinity', '\\x00'",
                        "1.0, 'x', 'ok', '-infinity', '\\x01'",
                        "1.00, 'x', 'ok', '-infinity', '\\x02'",
                        "1.0, '', 'ä', '2020-01-01', '\\x'",
                        "1.0, '', 'ä', '2020-01-02', '\\x'"),
                composite(
                        "Odd \"name\", 'all' \\ ways; ä",
                        "\"Key \"\"A\"\"\" text, \"select\" int, \"ä ' \\ %s\" uuid",
                        "\"Key \"\"A\"\"\", \"select\", \"ä ' \\ %s\"",
                        "'a', 1, '00000000-0000-0000-0000-000000000000'",
                        "'a', 1, '10000000-0000-0000-0000-000000000000'",
                        "'a', 2, '00000000-0000-0000-0000-000000000000'",
                        "'', 9, '00000000-0000-0000-0000-000000000000'"),
                single("table", "int", "3, 1, 2")));
        return keys;
    }

    @BeforeAll
    void importAll() {
        database = TestServer.newDatabase();
        icu = database.value("select exists (select from pg_collation where collprovider = 'i')")
                .equals("t");
        database.execute(
                "create extension citext",
                "create type mood as enum ('sad', 'ok', 'so \"so\"', 'ä')",
                "create type pair as (a int, b text)",
                "create domain mail as text",
                "create domain mail_c as text collate \"C\"",
                "create domain nickname as citext",
                "create domain percentage as numeric check (value <= 100)");
        for (Keyed table : keyed()) {
            create(table, "primary key (" + table.columns + ")");
        }
        createByIndex();
        if (icu) {
            createInIcu();
        }
        subscriber = Subscriber.importing(database, "chunkSize=1").awaitAllImported();
    }

    private void create(Keyed table, String constraint) {
        database.execute(
                "create table " + table.quoted() + " (n int generated always as identity, " + table.key
                        + (constraint.isEmpty() ? "" : ", " + constraint)
                        + ", long text default repeat('x', 3000))", // without such a value it is read by places
                "alter table " + table.quoted() + " alter long set storage external",
                "insert into " + table.quoted() + " (" + columnNames(table) + ") values ("
                        + String.join("), (", table.rows) + ")");
    }

    /** The columns in the order of the table, as the rows have them. */
    private static String columnNames(Keyed table) {
        return table.name.equals("key columns in another order than the table") ? "b, a" : table.columns;
    }

    private void createByIndex() {
        create(single("by an index", "text not null", "'b', 'a', 'ä', 'C'"), "");
        create(single("by an index that carries another column", "int not null", "2, 1, 3"), "");
        create(single("by an index downwards", "int not null", "2, 1, 3"), "");
        for (String[] index : new String[][] {
            {"by an index", "(k)"},
            {"by an index that carries another column", "(k) include (n)"},
            {"by an index downwards", "(k desc)"}
        }) {
            replicaIdentity(index[0], index[1]);
        }
    }

    private void replicaIdentity(String table, String index) {
        database.execute(
                "create unique index \"index of " + table + "\" on \"" + table + "\" " + index,
                "alter table \"" + table + "\" replica identity using index \"index of " + table + "\"");
    }

    private void createInIcu() {
        database.execute(
                "create collation german (provider = icu, locale = 'de-u-co-phonebk')",
                "create schema other",
                "create collation other.ignoring_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
        create(single("text in german", "text collate german", TEXTS), "primary key (k)");
        create(
                single(
                        "text of which case does not count",
                        "text collate other.ignoring_case",
                        DIFFERENT_IF_CASE_IS_NOT),
                "primary key (k)");
        create(
                single(
                        "by an index for which case counts",
                        "text collate other.ignoring_case not null",
                        "'a', 'A', 'b', 'B', 'c'"),
                "");
        replicaIdentity("by an index for which case counts", "(k collate \"C\")");
    }

    @AfterAll
    void stop() {
        subscriber.close();
    }

    private void assertEachRowOnceInOrder(String table, String order) {
        String quoted = '"' + table.replace("\"", "\"\"") + '"';
        assertThat(subscriber.imported(table, "n"))
                .hasSizeGreaterThan(1)
                .isEqualTo(database.query("select n from " + quoted + " order by " + order));
        assertThat(subscriber.job(table, "rows_processed_total"))
                .isEqualTo(database.value("select count(*) from " + quoted));
    }

    @ParameterizedTest
    @MethodSource("keyed")
    void eachRowComesOnceInTheOrderOfThePrimaryKey(Keyed table) {
        assertEachRowOnceInOrder(table.name, table.columns);
    }

    @Test
    void aTableWithoutPrimaryKeyIsReadInTheOrderOfItsReplicaIdentity() {
        assertEachRowOnceInOrder("by an index", "k");
        assertEachRowOnceInOrder("by an index that carries another column", "k");
        assertEachRowOnceInOrder("by an index downwards", "k");
    }

    @Test
    void columnsThatAnIndexOnlyCarriesAreNoKey() {
        assertThat(subscriber
                        .imported("by an index that carries another column")
                        .get(0)
                        .table()
                        .keyNames())
                .containsExactly("k");
    }

    @Test
    void theOrderOfAnIcuCollationIsFollowed() {
        assumeThat(icu).isTrue();
        assertEachRowOnceInOrder("text in german", "k");
        assertEachRowOnceInOrder("text of which case does not count", "k");
    }

    @Test
    void keysThatOnlyTheIndexTellsApartAllCome() {
        assumeThat(icu).isTrue();
        assertEachRowOnceInOrder("by an index for which case counts", "k collate \"C\"");
    }
}
