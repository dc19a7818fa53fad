package org.pg2sink.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;
import org.pg2sink.pgoutput.Message;
import org.pg2sink.replication.Sql;

/** What pg2sink takes a publication to carry is what the server's own view says, without asking that view. */
@Tag("core")
class PublishedTablesIT {

    private final TestDatabase database = TestServer.newDatabase();
    private final int major =
            Integer.parseInt(database.value("select current_setting('server_version_num')::int / 10000"));

    @BeforeEach
    void createTables() {
        database.execute(
                "create schema a",
                "create schema b",
                "create table a.plain (id int primary key, msg text, double int generated always as (id * 2) stored)",
                "create table a.\"odd Name\" (\"Id\" int primary key, gone int, msg text)",
                "alter table a.\"odd Name\" drop column gone",
                "create table b.plain (id int primary key, msg text)",
                "create table b.heir () inherits (b.plain)",
                "create unlogged table a.unlogged (id int primary key)",
                "create view a.seen as select 1 as one",
                "create table a.root (id int primary key, msg text) partition by range (id)",
                "create table a.root_1 partition of a.root for values from (1) to (10)",
                "create table b.root_2 partition of a.root for values from (10) to (20)",
                "create table b.branch partition of a.root for values from (20) to (40) partition by range (id)",
                "create table a.branch_1 partition of b.branch for values from (20) to (30)",
                "create table b.branch_2 partition of b.branch for values from (30) to (40)",
                "create table b.other (id int primary key) partition by range (id)",
                "create table a.detached partition of b.other for values from (1) to (10)",
                "alter table b.other detach partition a.detached");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for all tables",
                "for table a.plain, a.\"odd Name\", b.plain",
                "for table only b.plain",
                "for table a.root",
                "for table b.branch, a.plain",
                "for table a.branch_1, b.root_2",
                "for table a.root, b.branch, a.branch_1",
                "for table a.root, b.root_2",
                "for table b.other, a.detached",
                ""
            })
    void aPublicationOfTablesCarriesWhatTheServerSays(String tables) throws SQLException {
        compare(tables);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for tables in schema a",
                "for tables in schema b",
                "for tables in schema a, b",
                "for tables in schema b, table a.root",
                "for tables in schema a, table b.plain where (id > 1)",
                "for tables in schema a, table a.plain where (id > 1)",
                "for table a.plain (id), a.\"odd Name\" (\"Id\", msg) where (\"Id\" > 3)",
                "for table b.root_2 (id), a.branch_1 where (id > 20)"
            })
    void schemasRowFiltersAndColumnListsCountAsTheServerSays(String tables) throws SQLException {
        if (major >= 15) {
            compare(tables);
        }
    }

    /** Otherwise the server refuses filters and lists of partitioned tables. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "for table a.root where (id > 1), b.root_2 (id)",
                "for table b.branch (id), a.branch_1 where (id > 20)"
            })
    void rowFiltersAndColumnListsOfRootsCountAsTheServerSays(String tables) throws SQLException {
        if (major >= 15) {
            compare(tables, "publish = 'insert'", true);
        }
    }

    @Test
    void generatedColumnsAreCarriedAsTheServerSays() throws SQLException {
        if (major >= 18) {
            database.execute("alter table a.plain add virtual int generated always as (id * 3) virtual");
            compare("for table a.plain, b.plain", "publish_generated_columns = stored");
            compare("for table a.plain (id, double)", "publish_generated_columns = none");
        }
    }

    private void compare(String tables) throws SQLException {
        compare(tables, "publish = 'insert'");
    }

    private void compare(String tables, String option) throws SQLException {
        compare(tables, option, true);
        compare(tables, option, false);
    }

    private void compare(String tables, String option, boolean throughRoot) throws SQLException {
        database.execute(
                "drop publication if exists p",
                "create publication p " + tables + " with (publish_via_partition_root = " + throughRoot + ", " + option
                        + ")");
        List<String> told = told();
        try (Connection connection = database.connect()) {
            assertThat(PublishedTable.of(connection, "p"))
                    .as("%s, through roots: %s", tables, throughRoot)
                    .extracting(table -> Sql.quoted(table.name()))
                    .containsExactlyInAnyOrderElementsOf(told.stream()
                            .map(line -> line.substring(0, line.indexOf(": ")))
                            .toList());
            assertThat(found(connection))
                    .as("%s, through roots: %s", tables, throughRoot)
                    .containsExactlyInAnyOrderElementsOf(told);
        }
    }

    /** What the view says, but for generated columns before version 18, which the server does not send. */
    private List<String> told() {
        String columns = major >= 15 ? "attname = any (t.attnames)" : "true";
        return database.query("select distinct '\"' || schemaname || '\".\"' || tablename || '\": '"
                + " || (select string_agg(attname, ',' order by attnum) from pg_attribute"
                + " where attrelid = (quote_ident(schemaname) || '.' || quote_ident(tablename))::regclass and attnum > 0"
                + " and not attisdropped and " + columns + (major >= 18 ? "" : " and attgenerated = ''") + ")"
                + (major >= 15 ? " || coalesce(' ' || rowfilter, '')" : "")
                + " from pg_publication_tables t where pubname = 'p'");
    }

    /** What is found of each relation, asked for one by one. */
    private List<String> found(Connection connection) throws SQLException {
        List<String> found = new ArrayList<>();
        for (String oid : database.query("select oid from pg_class where relkind in ('r', 'p', 'v')")) {
            Optional<TableDefinition> definition = TableDefinition.find(connection, "p", Long.parseLong(oid));
            definition.ifPresent(it -> found.add(Sql.quoted(it.name()) + ": "
                    + it.relation().columns().stream().map(Message.Column::name).collect(Collectors.joining(","))
                    + (it.rowFilter() == null ? "" : " " + it.rowFilter())));
        }
        return found;
    }
}
