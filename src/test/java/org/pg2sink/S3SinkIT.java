package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What the shipped S3 route puts into a real store. */
class S3SinkIT {

    private static S3Store store;
    private static int tests;

    /** Each test has one of its own. */
    private String bucket;

    private TestDatabase database;
    private ShippedRoutes routes;
    private S3Client client;

    @BeforeAll
    static void startStore() {
        store = TestServers.get().startS3();
    }

    @AfterAll
    static void stopStore() {
        store.close();
    }

    @BeforeEach
    void configure() {
        bucket = "changes" + ++tests;
        client = S3Client.builder()
                .endpointOverride(store.endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(S3Store.ACCESS_KEY, S3Store.SECRET_KEY)))
                .build();
        database = TestServer.newDatabase();
        database.execute("create table example (id bigserial primary key, msg text)");
        routes = new ShippedRoutes(database)
                .set("pg2sink.sinks", "direct:s3")
                .set("pg2sink.s3.bucket", bucket)
                .set("pg2sink.s3.endpoint", store.endpoint().toString())
                .set("pg2sink.s3.access.key", S3Store.ACCESS_KEY)
                .set("pg2sink.s3.secret.key", S3Store.SECRET_KEY);
    }

    @AfterEach
    void stop() {
        routes.close();
        client.close();
    }

    @Test
    void anObjectHoldsTheLinesOfABatchAndIsNamedByItsFirstAndLastChange() throws IOException {
        client.createBucket(request -> request.bucket(bucket));
        routes.start();
        database.execute("insert into example (msg) values ('hello world'), ('é')");
        routes.awaitAllConfirmed();

        Map<String, List<String>> objects = objects("");
        assertThat(objects).hasSize(1);
        String key = objects.keySet().iterator().next();
        List<String> lines = objects.get(key);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).contains("\"schema\":{\"namespace\":\"public.example\"");
        assertThat(lines.get(2)).contains("\"after\":{\"id\":\"2\",\"msg\":\"é\"},\"operation\":\"insert\"");
        JsonNode first = DeliveredFile.JSON.readTree(lines.get(1));
        String hour = first.get("timestamp").asText().substring(0, 13).replaceAll("[-T]", "/");
        String[] lsn = first.get("lsn").asText().split("/");
        assertThat(key)
                .isEqualTo(
                        "public/example/%s/%s.0000000001-%2$s.0000000002.jsonl.gz",
                        hour, String.format("%08X%08X", Long.parseLong(lsn[0], 16), Long.parseLong(lsn[1], 16)));
    }

    @Test
    void keysSortAsTheChangesDoAndNoneOverwritesAnother() throws Exception {
        client.createBucket(request -> request.bucket(bucket));
        WriteLoad.createTables(database);
        routes.set("pg2sink.s3.prefix", "load/").set("pg2sink.batch.size", "97").start();
        History history = History.begin(database, String.join(", ", WriteLoad.TABLES));
        try (WriteLoad load = WriteLoad.start(database, 2, 1)) {
            database.execute("insert into narrow select i, 0, 'one transaction' from generate_series(10001, 12000) i");
        }
        routes.awaitAllConfirmed();

        Map<String, List<String>> changes = history.lines();
        for (String table : changes.keySet()) {
            List<String> delivered = objects("load/public/" + table + "/").values().stream()
                    .flatMap(List::stream)
                    .filter(line -> !line.contains("\"schema\":"))
                    .toList();
            assertThat(delivered).isEqualTo(changes.get(table));
        }
    }

    @Test
    void anObjectIsRolledWhenItIsOldEnough() throws IOException {
        client.createBucket(request -> request.bucket(bucket));
        routes.set("pg2sink.batch.timeout", "2s").start();
        for (int i = 0; i < 10; i++) {
            database.execute("insert into example (msg) values ('line')");
        }
        routes.awaitAllConfirmed();

        assertThat(objects("").values()).extracting(List::size).contains(11);
    }

    @Test
    void anObjectIsRolledWhenItIsLargeEnough() throws IOException {
        client.createBucket(request -> request.bucket(bucket));
        routes.set("pg2sink.batch.timeout", "1m").set("pg2sink.batch.size", "5").start();
        database.execute("insert into example (msg) select 'line' from generate_series(1, 14)");
        routes.awaitAllConfirmed();

        assertThat(objects("").values()).extracting(List::size).containsExactly(5, 5, 5);
    }

    @Test
    void anObjectIsRolledWhenItHasBytesEnough() throws IOException {
        client.createBucket(request -> request.bucket(bucket));
        routes.set("pg2sink.batch.timeout", "1m")
                .set("pg2sink.batch.bytes", "100000")
                .start();
        database.execute("insert into example (msg) select repeat('x', 30000) from generate_series(1, 7)");
        database.execute("insert into example (msg) select repeat('x', 100000)");
        routes.awaitAllConfirmed();

        assertThat(objects("").values()).extracting(List::size).containsExactly(1 + 4, 4);
    }

    @Test
    void anAvroObjectHoldsTheRecordsOfABatchAndTheirSchema() throws IOException {
        client.createBucket(request -> request.bucket(bucket));
        routes.set("pg2sink.s3.format", "avro").start();
        database.execute("insert into example (msg) values ('hello world'), ('é')");
        routes.awaitAllConfirmed();

        Map<String, List<GenericRecord>> objects = avroObjects();
        assertThat(objects.keySet())
                .singleElement()
                .asString()
                .matches("public/example/[0-9/]{14}[0-9A-F]{16}\\.0000000001-[0-9A-F]{16}\\.0000000002\\.avro");
        List<GenericRecord> records = objects.values().iterator().next();
        assertThat(records)
                .extracting(record -> record.get("operation") + " " + record.get("after"))
                .containsExactly("insert {\"id\": 1, \"msg\": \"hello world\"}", "insert {\"id\": 2, \"msg\": \"é\"}");
    }

    @Test
    void eachAvroObjectHasTheSchemaOfItsTime() throws IOException {
        client.createBucket(request -> request.bucket(bucket));
        routes.set("pg2sink.s3.format", "avro").set("pg2sink.s3.codec", "null").start();
        database.execute(
                "insert into example (msg) values ('a')",
                "alter table example add more int",
                "insert into example (msg, more) values ('b', 1)");
        routes.awaitAllConfirmed();

        assertThat(avroObjects().values().stream().flatMap(List::stream))
                .extracting(record -> record.get("after").toString())
                .containsExactly("{\"id\": 1, \"msg\": \"a\"}", "{\"id\": 2, \"msg\": \"b\", \"more\": 1}");
    }

    @Test
    void nothingIsConfirmedBeforeItsObjectIsStored() throws IOException {
        routes.start();
        database.execute("insert into example (msg) values ('to a bucket that is not there')");
        String end = database.value("select pg_current_wal_insert_lsn()");
        await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() > 0);
        assertThat(routes.hasConfirmed(end)).isFalse();

        client.createBucket(request -> request.bucket(bucket));
        routes.awaitAllConfirmed();
        assertThat(objects("").values()).extracting(List::size).containsExactly(2);
    }

    @Test
    void aStoreThatIsAwayAtStartIsWaitedFor() {
        routes.set("pg2sink.s3.endpoint", "http://localhost:1").start();
        database.execute("insert into example (msg) values ('to nobody')");
        String end = database.value("select pg_current_wal_insert_lsn()");

        await().atMost(ShippedRoutes.PATIENCE).until(() -> routes.failures() > 0);
        assertThat(routes.hasConfirmed(end)).isFalse();
    }

    @Test
    void aNameMisleadsNoPath() throws IOException {
        client.createBucket(request -> request.bucket(bucket));
        database.execute("create table \"../a/b %2F订\" (id int primary key)");
        routes.start();
        database.execute("insert into \"../a/b %2F订\" values (1)");
        routes.awaitAllConfirmed();

        assertThat(objects("").keySet())
                .singleElement()
                .asString()
                .startsWith("public/_u002e_u002e_u002fa_u002fb_u0020_u00252F_u8ba2/2");
    }

    @Test
    void noTwoTablesShareObjectsWhateverTheirNames() throws IOException {
        client.createBucket(request -> request.bucket(bucket));
        List<String> schemas = List.of("public", "..", "s/chema +%2B&?#é\uD83D\uDE00");
        List<String> tables = List.of(
                ".",
                "..",
                "a/b",
                "a//b",
                "/a",
                "a\\b",
                "a+b&c=d?e#f",
                "a%2Fb",
                "a b",
                "two\nlines",
                "{table}",
                "'quoted' \"twice\"",
                "\uD83D\uDE00",
                "\uD83D\uDE01",
                "_ud83d_ude00",
                "x".repeat(63),
                "?".repeat(63),
                "\uD83D\uDE00".repeat(15));
        List<String> all = new ArrayList<>();
        for (String schema : schemas) {
            database.execute("create schema if not exists " + quoted(schema));
            for (String table : tables) {
                all.add(quoted(schema) + "." + quoted(table));
            }
        }
        database.execute(all.stream()
                .map(name -> "create table " + name + " (id int primary key)")
                .toArray(String[]::new));
        routes.set("pg2sink.schemas", String.join(",", schemas)).start();
        database.execute(
                all.stream().map(name -> "insert into " + name + " values (1)").toArray(String[]::new));
        routes.awaitAllConfirmed();

        Map<String, List<String>> objects = objects("");
        assertThat(objects).hasSameSizeAs(all);
        Set<String> delivered = new HashSet<>();
        for (List<String> lines : objects.values()) {
            JsonNode change = DeliveredFile.JSON.readTree(lines.get(1));
            delivered.add(quoted(change.get("namespace").asText()) + "."
                    + quoted(change.get("name").asText()));
        }
        assertThat(delivered).containsExactlyInAnyOrderElementsOf(all);
    }

    private static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    /** The lines of the objects, in the order of their keys. */
    private Map<String, List<String>> objects(String prefix) throws IOException {
        Map<String, List<String>> objects = new TreeMap<>();
        for (S3Object object : client.listObjectsV2Paginator(
                        list -> list.bucket(bucket).prefix(prefix))
                .contents()) {
            try (InputStream content = new GZIPInputStream(
                    client.getObject(get -> get.bucket(bucket).key(object.key())))) {
                objects.put(
                        object.key(),
                        new String(content.readAllBytes(), StandardCharsets.UTF_8)
                                .lines()
                                .toList());
            }
        }
        return objects;
    }

    /** The records of Avro objects, in the order of their keys. */
    private Map<String, List<GenericRecord>> avroObjects() throws IOException {
        Map<String, List<GenericRecord>> objects = new TreeMap<>();
        for (S3Object object :
                client.listObjectsV2Paginator(list -> list.bucket(bucket)).contents()) {
            try (DataFileStream<GenericRecord> content = new DataFileStream<>(
                    client.getObject(get -> get.bucket(bucket).key(object.key())), new GenericDatumReader<>())) {
                List<GenericRecord> records = new ArrayList<>();
                content.forEach(records::add);
                objects.put(object.key(), records);
            }
        }
        return objects;
    }
}
