package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folders of examples/ do what their READMEs say: the files as they are, and the SQL and the output of the READMEs. */
@Tag("slow")
class ExamplesIT {

    @TempDir
    private Path directory;

    private TestDatabase database;
    private Path folder;

    @BeforeEach
    void prepare() throws IOException {
        database = TestServer.newDatabase();
        folder = Files.createDirectory(directory.resolve("example"));
    }

    @Test
    void theAuditLogHasEachChangeAndWhoMadeIt() throws Exception {
        try (Example example = new Example("audit-log", folder, database)
                .set("audit.url", Example.address(database))
                .start()) {
            example.runDocumentedSql();

            assertThat(audited(database))
                    .isEqualTo(Example.cells(example.documentedOutput().get(0)));
        }
    }

    @Test
    void theAuditLogInADatabaseOfItsOwnNeedsTheRightsThatItsReadmeNames() throws Exception {
        TestDatabase archive = TestServer.newDatabase();
        String role = archive.value("select current_database()") + "_audit";
        archive.execute(
                Files.readString(Path.of("examples/audit-log/audit.sql")),
                "create role " + role + " login",
                "grant usage on schema audit to " + role,
                "grant insert on audit.log to " + role);
        try (Example example = new Example("audit-log", folder, database)
                .set("audit.url", Example.address(archive))
                .set("audit.user", role)
                .start()) {
            example.runDocumentedSql();

            assertThat(audited(archive))
                    .isEqualTo(Example.cells(example.documentedOutput().get(0)));
        }
    }

    private static List<List<String>> audited(TestDatabase archive) {
        return Example.rows(archive, "select who, \"table\", operation, before, after from audit.changes");
    }

    @Test
    void theCacheForgetsWhatHasChanged() throws Exception {
        try (HttpCache cache = new HttpCache(this::price);
                Example example = new Example("cache-invalidation", folder, database)
                        .set("cache.url", cache.url())
                        .start()) {
            assertThat(cache.get("/articles/1")).isEqualTo("0.30");
            example.execute("update articles set price = 0.33 where id = 1");
            assertThat(cache.requests()).containsExactly("PURGE /articles", "PURGE /articles/1");
            assertThat(cache.get("/articles/1")).isEqualTo("0.33");
            cache.requests().clear();

            example.runDocumentedSql();
            List<String> documented = example.documentedOutput().get(0).lines().toList();
            assertThat(cache.requests()).containsExactlyInAnyOrderElementsOf(documented);
            for (String article : List.of("[13]", "2", "4")) { // 1 becomes 3
                assertThat(of(article, cache.requests())).isEqualTo(of(article, documented));
            }
            assertThat(cache.get("/articles/1")).isEmpty();
        }
    }

    /** Returns the requests for the page of an article, and for all pages. */
    private static List<String> of(String article, Collection<String> requests) {
        return requests.stream()
                .filter(request -> request.matches("PURGE /articles/(" + article + "|\\*)"))
                .toList();
    }

    private String price(String path) {
        return String.join(",", database.query("select price from articles where '/articles/' || id = '" + path + "'"));
    }

    @Test
    void varnishForgetsAPageWhateverHostNameItsVisitorsUse() throws Exception {
        assumeThat(Varnish.isInstalled()).isTrue();
        try (Varnish varnish = new Varnish(this::price, directory);
                Example example = new Example("cache-invalidation", folder, database)
                        .set("cache.url", varnish.url())
                        .start()) {
            assertThat(varnish.get("/articles/1")).isEqualTo("0.30");
            example.execute("update articles set price = 0.33 where id = 1");
            assertThat(varnish.get("/articles/1")).isEqualTo("0.33");
            assertThat(varnish.get("/articles/2")).isEqualTo("0.40");
            example.execute("truncate articles");
            assertThat(varnish.get("/articles/1")).isEmpty();
            assertThat(varnish.get("/articles/2")).isEmpty();
        }
    }

    @Test
    void theCopyIsExact() throws Exception {
        Example copying = new Example("copy", folder, database);
        TestDatabase copy = copying.copy();
        try (Example example = copying.set("copy.url", Example.address(copy))
                .start()
                .awaitLog("imported public.customers")
                .awaitLog("imported public.invoices")) {
            example.runDocumentedSql();

            List<String> tables = example.documentedOutput();
            assertThat(Example.rows(copy, "select * from customers order by id"))
                    .isEqualTo(Example.cells(tables.get(0)));
            assertThat(Example.rows(copy, "select * from invoices order by id"))
                    .isEqualTo(Example.cells(tables.get(1)));
        }
    }

    @Test
    void theOutboxSendsEachEventUnderItsAggregate() throws Exception {
        try (KafkaServer broker = TestServers.get().startKafka(Files.createDirectory(directory.resolve("kafka")));
                Example example = new Example("outbox", folder, database)
                        .set("kafka.brokers", broker.address())
                        .start()) {
            example.runDocumentedSql();

            KafkaTopics topics = new KafkaTopics(broker.address());
            assertThat(Stream.of("order", "customer")
                            .flatMap(aggregate -> topics.read("outbox.event." + aggregate).stream())
                            .map(ExamplesIT::row))
                    .isEqualTo(Example.cells(example.documentedOutput().get(0)));
            assertThat(topics.names()).containsExactlyInAnyOrder("outbox.event.order", "outbox.event.customer");
        }
    }

    private static List<String> row(ConsumerRecord<String, String> record) {
        String headers = KafkaTopics.headers(record).entrySet().stream()
                .map(header -> "`" + header.getKey() + "=" + header.getValue() + "`")
                .collect(Collectors.joining(", "));
        return List.of("`" + record.topic() + "`", "`" + record.key() + "`", headers, "`" + record.value() + "`");
    }

    @Test
    void theIndexIsAsTheTable() throws Exception {
        try (SearchEngine engine = new SearchEngine();
                Example example = startSearchIndex(engine)) {
            example.runDocumentedSql();
            assertThat(engine.documents("products"))
                    .containsExactlyElementsOf(
                            example.documentedOutput().get(0).lines().toList());

            // a value that is not told stays, and a document that is gone is no error
            example.execute(
                    "alter table products alter description set storage external",
                    "update products set description = repeat('x', 10000) where id = 1",
                    "update products set price = 0.36 where id = 1");
            engine.remove("products", "4");
            example.execute("delete from products where id = 4");
            assertThat(engine.documents("products"))
                    .singleElement()
                    .asString()
                    .contains("\"price\":\"0.36\",\"description\":\"xxx");
        }
    }

    @Test
    void aTruncateRemovesFreshDocumentsAndAMissingIndexIsNoError() throws Exception {
        try (SearchEngine engine = new SearchEngine();
                Example example = startSearchIndex(engine)) {
            example.execute("insert into products values (3, 'Plum', 0.50, 'blue')", "truncate products");
            assertThat(engine.documents("products")).isEmpty();

            engine.removeIndex("products");
            example.execute("truncate products", "insert into products values (3, 'Plum', 0.50, 'blue')");
            assertThat(engine.documents("products")).hasSize(1);
        }
    }

    @Test
    void aKeyThatLeavesAJsonValueLeavesTheDocument() throws Exception {
        try (SearchEngine engine = new SearchEngine();
                Example example = startSearchIndex(engine)) {
            example.execute(
                    "delete from products where id = 2",
                    "alter table products drop name, drop price, drop description, add tags jsonb",
                    "update products set tags = '{\"size\": 1, \"colour\": \"red\"}'",
                    "update products set tags = tags - 'size'");
            assertThat(engine.documents("products")).containsExactly("{\"id\":1,\"tags\":{\"colour\":\"red\"}}");
        }
    }

    private Example startSearchIndex(SearchEngine engine) throws IOException {
        return new Example("search-index", folder, database)
                .set("search.url", engine.url())
                .start()
                .awaitLog("imported public.products, 2 rows");
    }

    @Test
    void eachFolderIsInTheList() throws IOException {
        List<String> folders = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("examples"))) {
            files.filter(Files::isDirectory)
                    .map(each -> "](" + each.getFileName() + "/README.md)")
                    .forEach(folders::add);
        }
        assertThat(Files.readString(Path.of("examples/README.md"))).contains(folders);
    }
}
