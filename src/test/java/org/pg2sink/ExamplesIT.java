package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folders of examples/ do what their READMEs say: the files as they are, and the SQL and the output of the READMEs. */
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
        TestDatabase archive = TestServer.newDatabase();
        try (Example example = new Example("audit-log", folder, database)
                .run("audit.sql", archive)
                .set("audit.url", archive.url())
                .set("audit.user", "postgres")
                .start()) {
            example.runDocumentedSql();

            assertThat(Example.rows(archive, "select who, \"table\", operation, before, after from audit.changes"))
                    .isEqualTo(Example.cells(example.documentedOutput().get(0)));
        }
    }

    @Test
    void theCacheForgetsWhatHasChanged() throws Exception {
        try (HttpCache cache = new HttpCache(path -> String.join(
                        ",", database.query("select price from products where '/products/' || id = '" + path + "'")));
                Example example = new Example("cache-invalidation", folder, database)
                        .set("cache.url", cache.url())
                        .start()) {
            assertThat(cache.get("/products/1")).isEqualTo("0.30");
            database.execute("update products set price = 0.33 where id = 1");
            cache.awaitRequest("PURGE /products/1");
            assertThat(cache.get("/products/1")).isEqualTo("0.33");
            cache.requests().clear();

            example.runDocumentedSql();
            assertThat(cache.requests())
                    .containsExactlyInAnyOrderElementsOf(
                            example.documentedOutput().get(0).lines().toList());
            assertThat(cache.get("/products/1")).isEmpty();
        }
    }

    @Test
    void theCopyIsExact() throws Exception {
        TestDatabase copy = TestServer.newDatabase();
        try (Example example = new Example("copy", folder, database)
                .set("copy.url", copy.url())
                .set("copy.user", "postgres")
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
                Example example = new Example("search-index", folder, database)
                        .set("search.url", engine.url())
                        .start()
                        .awaitLog("imported public.products, 2 rows")) {
            example.runDocumentedSql();
            assertThat(engine.documents("products"))
                    .containsExactlyElementsOf(
                            example.documentedOutput().get(0).lines().toList());

            // a value that is not told stays, and one that is gone is no error
            database.execute(
                    "alter table products alter description set storage external",
                    "update products set description = repeat('x', 10000) where id = 1",
                    "update products set price = 0.36 where id = 1");
            engine.remove("products", "4");
            database.execute("delete from products where id = 4");
            engine.awaitDocument("products", "\"price\":\"0.36\",\"description\":\"xxx");
            database.execute("truncate products");
            engine.awaitEmpty("products");
        }
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
