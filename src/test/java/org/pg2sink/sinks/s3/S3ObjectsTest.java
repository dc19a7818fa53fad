package org.pg2sink.sinks.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.transaction;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Examples;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.TableName;
import org.pg2sink.changelog.Transaction;
import org.pg2sink.format.JsonLines;

/** The object of a batch: its key, its content and its type, in each format. */
class S3ObjectsTest {

    private final Table table = Examples.table("orders", "id bigint key", "msg text");
    private final Modification first = insert(transaction(1), 1, row(table, "1", "a"));
    private final Modification second = insert(transaction(1), 2, row(table, "2", "b"));
    private final Schema schema = new Schema(transaction(1), table);
    private final CamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    private Message object(String format, Object body) throws IOException {
        S3Objects objects = new S3Objects();
        objects.setCamelContext(context);
        objects.setPrefix("shop/");
        objects.setFormat(format);
        objects.start();
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(body);
        objects.process(exchange);
        objects.stop();
        return exchange.getMessage();
    }

    @Test
    void theSamePlaceOnAnotherTimelineIsAnotherKey() throws IOException {
        Transaction restored = transaction(1);
        Modification again = insert(
                new Transaction(restored.xid(), restored.lsn(), restored.commitTime(), "1.1"), 1, row(table, "1", "c"));
        String key = object("json", batch(first)).getHeader("CamelAwsS3Key", String.class);
        assertThat(object("json", batch(again)).getHeader("CamelAwsS3Key"))
                .isEqualTo(key.replace(".jsonl.gz", "-t1.1.jsonl.gz"))
                .isNotEqualTo(key);
    }

    @Test
    void noPrefixOfALogicalMessageMakesAKeyTooLongOrEmpty() throws IOException {
        List<String> keys = new ArrayList<>();
        for (String prefix : List.of("", "?".repeat(2000), "?".repeat(2001))) {
            Table messages = new Table(0, new TableName(null, prefix), table.columns());
            Modification message =
                    new Modification(transaction(1), 1, Operation.MESSAGE, messages, null, row(messages, "1", "hello"));
            keys.add(object("json", Batch.of(message)).getHeader("CamelAwsS3Key", String.class));
        }
        assertThat(keys)
                .doesNotHaveDuplicates()
                .allSatisfy(key -> assertThat(key).startsWith("shop/_u00").hasSizeLessThan(600));
    }

    private Batch batch(Entry... entries) {
        return new Batch(table, List.of(entries));
    }

    private static String unzipped(Message object) throws IOException {
        byte[] bytes = (byte[]) object.getBody();
        return new String(new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void jsonIsCompressedAndNamedByItsFirstAndLastChange() throws IOException {
        Message object = object("json", batch(schema, first, second));

        assertThat(object.getHeader("CamelAwsS3Key"))
                .isEqualTo("shop/public/orders/2019/10/04/15/"
                        + "00000016B374D849.0000000001-00000016B374D849.0000000002.jsonl.gz");
        assertThat(object.getHeader("CamelAwsS3ContentType")).isEqualTo("application/gzip");
        assertThat(unzipped(object))
                .isEqualTo(new String(JsonLines.bytes(List.of(schema, first, second)), StandardCharsets.UTF_8));
    }

    @Test
    void tablesOfDifferentNamesHaveDifferentKeys() throws IOException {
        Table grinning = Examples.table("\uD83D\uDE00", "id bigint key");
        Table beaming = Examples.table("\uD83D\uDE01", "id bigint key");
        List<String> keys = new ArrayList<>();
        for (Table named : List.of(grinning, beaming)) {
            Batch batch = new Batch(named, List.of(insert(transaction(1), 1, row(named, "1"))));
            keys.add(object("json", batch).getHeader("CamelAwsS3Key", String.class));
        }

        assertThat(keys.get(0)).startsWith("shop/public/_ud83d_ude00/");
        assertThat(keys.get(1)).startsWith("shop/public/_ud83d_ude01/");
    }

    @Test
    void aSchemaAloneIsNamedByItsFingerprint() throws IOException {
        assertThat(object("json", batch(schema)).getHeader("CamelAwsS3Key"))
                .asString()
                .endsWith("00000016B374D849.0000000000-" + table.fingerprint() + ".jsonl.gz");
    }

    @Test
    void avroIsAContainerFileThatCompressesItself() throws IOException {
        Message object = object("avro", batch(first));

        assertThat(object.getHeader("CamelAwsS3Key")).asString().endsWith(".avro");
        assertThat(object.getHeader("CamelAwsS3ContentType")).isEqualTo("application/avro");
        assertThat((byte[]) object.getBody()).startsWith('O', 'b', 'j', 1);
    }

    @Test
    void debeziumIsItsLines() throws IOException {
        assertThat(unzipped(object("debezium", batch(schema, first, second))).lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("\"op\":\"c\""));
    }

    @Test
    void whatTheFormatDoesNotTellOfIsNoObject() throws IOException {
        assertThat(object("debezium", batch(schema)).getBody()).isNull();
    }

    @Test
    void aSingleEntryIsAnObjectToo() throws IOException {
        assertThat(unzipped(object("json", first)).lines()).hasSize(1);
    }

    @Test
    void anyOtherBodyIsRefused() {
        assertThatThrownBy(() -> object("json", "text")).hasMessageContaining("entries of pg2sink");
    }
}
