package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pg2sink.TestDatabase;
import org.pg2sink.TestServer;

/** Roles with exactly the rights that docs/operating.md lists, each with a subscription of its own, in one database. */
@Tag("core")
class LeastPrivilegeIT {

    private TestDatabase database;
    private String owner;

    @BeforeEach
    void createTables() {
        database = TestServer.newDatabase();
        owner = Subscriber.nameFor(database);
        database.execute("create table orders (id int primary key)", "insert into orders values (1)");
        database.execute(
                "create role " + owner + " login replication",
                "grant create on database " + database.value("select current_database()") + " to " + owner,
                "alter table orders owner to " + owner);
    }

    /** Runs the documented statements that begin with {@code first}, for another role than {@code shop}. */
    private void runDocumented(String first, String role) throws IOException {
        String page = Files.readString(Path.of("docs/operating.md"));
        Matcher block = Pattern.compile("(?s)```sql\n(" + Pattern.quote(first) + ".*?)```")
                .matcher(page);
        assertThat(block.find()).as(first).isTrue();
        List<String> statements = Arrays.stream(block.group(1).split(";\n"))
                .map(statement -> statement.replaceAll("\\bshop\\b", role))
                .toList();
        database.execute(statements.toArray(String[]::new));
    }

    private Subscriber start(String role) {
        String options = "url=RAW(" + database.url().replace("user=postgres", "user=" + role) + ")";
        return Subscriber.importing(database, role, options, options, exchange -> {});
    }

    @Test
    void twoRolesWithTwoSubscriptionsBothImport() throws IOException {
        String shop = owner + "_shop";
        try (Subscriber first = start(owner).awaitAllImported()) {
            runDocumented("create role shop login replication password 'secret';\ncreate publication", shop);
            runDocumented("grant select on orders", shop);
            try (Subscriber second = start(shop).awaitAllImported()) {
                database.execute("insert into orders values (2)");
                first.awaitModifications(2);
                assertThat(second.awaitModifications(2)).hasSize(2);
                assertThat(second.consumer().getFailures()).isZero();
                assertThat(second.imported("orders", "id")).containsExactly("1");
            }
        }
    }

    @Test
    void aRoleWithoutImportsStreamsBesideOneWithImports() throws IOException {
        String shop = owner + "_shop";
        String options = "url=RAW(" + database.url().replace("user=postgres", "user=" + shop) + ")";
        try (Subscriber first = start(owner).awaitAllImported();
                Log log = new Log()) {
            runDocumented("create role shop login replication password 'secret';\ncreate publication", shop);
            try (Subscriber second =
                    Subscriber.streaming(database, shop, options).awaitStreaming()) {
                database.execute("insert into orders values (2)");
                assertThat(second.awaitModifications(1)).hasSize(1);
                first.awaitModifications(2);
                assertThat(second.consumer().getFailures()).isZero();
                assertThat(second.ask("listImports")).isNotNull();
            }
            assertThat(log.lines("lacks a privilege")).isEmpty();
        }
    }
}
