package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.component.Log;

/** Stream, imports and an SQL copy with the roles of docs/operating.md and docs/sinks.md, which have no other rights. */
@Tag("core")
class LeastRightsIT {

    private static final int GRANTS_SETTINGS = 15;

    private TestDatabase source;
    private TestDatabase target;
    private ShippedRoutes routes;

    @BeforeEach
    void configure() throws IOException {
        source = TestServer.newDatabase();
        target = TestServer.newDatabase();
        source.execute("create table orders (id int primary key, msg text)", "insert into orders values (1, 'one')");
        routes = new ShippedRoutes(source).copyTo(target);
        String role = routes.subscription();
        runDocumented(source, "docs/operating.md", "### The role with the least rights", "shop", role);
        runDocumented(target, "docs/sinks.md", "### The role of the copy", "shop_copy", role + "_copy");
        routes.set("pg2sink.imports", "true")
                .set("pg2sink.url", as(role, source))
                .set("pg2sink.sql.url", as(role + "_copy", target));
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    private static String as(String role, TestDatabase database) {
        return database.url().replace("user=postgres", "user=" + role);
    }

    /** Runs the SQL below a heading as it stands there, but for the names of role and database. */
    private static void runDocumented(TestDatabase database, String page, String heading, String name, String role)
            throws IOException {
        database.execute(DocumentedSql.below(heading, Path.of(page)).stream()
                .filter(statement ->
                        TestServer.majorVersion() >= GRANTS_SETTINGS || !statement.contains("on parameter"))
                .map(statement -> statement
                        .replaceAll("\\b" + name + "\\b", role)
                        .replace("on database copy", "on database " + database.value("select current_database()")))
                .toArray(String[]::new));
    }

    @Test
    void streamImportAndCopyNeedNoOtherRights() {
        try (Log log = new Log()) {
            routes.start().awaitImported(1);
            source.execute(
                    "insert into orders values (2, 'two'), (3, 'three')",
                    "update orders set msg = 'once' where id = 1",
                    "delete from orders where id = 2");
            routes.awaitAllConfirmed();
            assertThat(target.rows("orders")).isEqualTo(source.rows("orders")).hasSize(2);

            routes.close();
            source.execute("insert into orders values (4, 'four')");
            routes.start().resync("orders");
            routes.awaitImported(2);
            routes.awaitAllConfirmed();
            assertThat(target.rows("orders")).isEqualTo(source.rows("orders")).hasSize(3);

            assertThat(routes.failures()).isZero();
            assertThat(routes.check())
                    .noneMatch(finding -> !finding.get("severity").equals("info"));
            assertThat(log.lines(" WARN ")).isEmpty();
        }
    }
}
