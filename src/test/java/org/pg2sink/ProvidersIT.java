package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.component.Log;

/**
 * The SQL of the pages in docs/providers makes a role with which pg2sink streams and imports. It runs as what the
 * providers give: an owner of database and tables who may create roles and replicate, but is no superuser. What only a
 * provider's own server allows, a superuser does in its place.
 */
class ProvidersIT {

    private static final Path PAGES = Path.of("docs/providers");

    /** Since this version who may replicate may let others replicate; before only a superuser may. */
    private static final int REPLICATION_CAN_BE_GIVEN = 16;

    private static final int FAILOVER_SLOTS = 17;

    private static final Set<String> PAGES_WITH_FAILOVER =
            Set.of("rds", "cloud-sql", "azure", "patroni", "cloudnative-pg");

    @TempDir
    private Path directory;

    private TestDatabase superuser;
    private TestDatabase owner;
    private ShippedRoutes routes;
    private String role;

    @BeforeEach
    void makeWhatAProviderGives() {
        superuser = TestServer.newDatabase();
        routes = new ShippedRoutes(superuser);
        role = routes.subscription();
        String administrator = role + "_admin";
        superuser.execute(
                "create role " + administrator + " login createrole createdb replication",
                "alter database " + superuser.value("select current_database()") + " owner to " + administrator);
        if (superuser
                .query("select 1 from pg_roles where rolname = 'rds_replication'")
                .isEmpty()) {
            superuser.execute("create role rds_replication");
        }
        superuser.execute("grant rds_replication to " + administrator + " with admin option");
        owner = as(administrator);
        superuser.execute("grant create on schema public to " + administrator); // as before 15
        owner.execute("create table orders (id int primary key, msg text)", "insert into orders values (1, 'one')");
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    private TestDatabase as(String name) {
        return new TestDatabase(superuser.url().replace("user=postgres", "user=" + name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rds", "cloud-sql", "azure", "supabase", "neon"})
    void theAdministratorOfAServiceMakesARoleThatStreamsAndImports(String provider) throws IOException {
        for (String statement : DocumentedSql.below("## Role", page(provider))) {
            boolean givesReplication = statement.matches("(?i)(create|alter) role .*\\breplication\\b.*");
            boolean byOwner = !givesReplication || TestServer.majorVersion() >= REPLICATION_CAN_BE_GIVEN;
            (byOwner ? owner : superuser).execute(named(statement));
        }
        if (provider.equals("rds")) {
            superuser.execute("alter role " + role + " replication"); // what membership in rds_replication is there
        }
        streamAndImport(provider);
    }

    @ParameterizedTest
    @ValueSource(strings = {"patroni", "cloudnative-pg"})
    void theSuperuserOfAClusterMakesARoleThatStreamsAndImports(String manager) throws IOException {
        if (manager.equals("cloudnative-pg")) {
            superuser.execute("create role " + role + " login replication"); // which the operator does
        }
        for (String statement : DocumentedSql.below("## Role", page(manager))) {
            superuser.execute(named(statement));
        }
        streamAndImport(manager);
    }

    private void streamAndImport(String provider) throws IOException {
        List<String> slot = DocumentedSql.with("failover => true", page(provider));
        assertThat(!slot.isEmpty())
                .as("a slot that survives a failover in docs/providers/%s.md", provider)
                .isEqualTo(PAGES_WITH_FAILOVER.contains(provider));
        if (TestServer.majorVersion() >= FAILOVER_SLOTS) {
            slot.forEach(statement -> as(role).query(named(statement)));
        }
        try (Log log = new Log()) {
            routes.set("pg2sink.url", as(role).url())
                    .set("pg2sink.imports", "true")
                    .set("pg2sink.file.directory", directory.toString())
                    .start()
                    .awaitImported(1);
            owner.execute("insert into orders values (2, 'two')", "update orders set msg = 'once' where id = 1");
            routes.awaitAllConfirmed();

            assertThat(routes.failures()).isZero();
            assertThat(routes.check())
                    .noneMatch(finding -> !finding.get("severity").equals("info"));
            assertThat(log.lines(" WARN ")).isEmpty();
        }
        assertThat(Files.readString(directory.resolve("public.orders.jsonl")))
                .containsSubsequence(
                        "\"operation\":\"import\"", "\"operation\":\"insert\"", "\"operation\":\"update\"");
    }

    private static Path page(String provider) {
        return PAGES.resolve(provider + ".md");
    }

    private String named(String statement) {
        return statement.replaceAll("\\bshop\\b", role);
    }
}
