package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.transaction;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Examples;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Table;
import org.pg2sink.format.EntryFormat;
import org.pg2sink.format.JsonLines;
import org.pg2sink.format.KeyedRecord;

/** The data format {@code pg2sink}: marshals entries in the format that its option names. */
class EntryDataFormatTest {

    private final Table table = Examples.table("orders", "id bigint key", "msg text");
    private final Modification first = insert(transaction(1), 1, row(table, "1", "a"));
    private final Modification second = insert(transaction(1), 2, row(table, "2", "b"));
    private final CamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    private byte[] marshal(String format, Object body) throws Exception {
        EntryDataFormat dataFormat = new EntryDataFormat();
        dataFormat.setFormat(format);
        context.getRegistry().bind("changes", dataFormat);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:changes").errorHandler(noErrorHandler()).marshal().custom("changes");
            }
        });
        context.start();
        try (ProducerTemplate template = context.createProducerTemplate()) {
            return template.requestBody("direct:changes", body, byte[].class);
        }
    }

    @Test
    void aBatchIsItsLinesOfJson() throws Exception {
        assertThat(marshal("json", new Batch(table, List.of(first, second))))
                .isEqualTo(JsonLines.bytes(List.of(first, second)));
    }

    @Test
    void anEntryIsItsLine() throws Exception {
        assertThat(marshal("json", first)).isEqualTo(JsonLines.bytes(List.of(first)));
    }

    @Test
    void avroIsAContainerFile() throws Exception {
        assertThat(marshal("avro", first)).startsWith('O', 'b', 'j', 1);
    }

    @Test
    void aFormatOfTheApplicationIsFoundByTheNameOfItsBean() throws Exception {
        context.getRegistry().bind("count", new EntryFormat() {
            @Override
            public String extension() {
                return "txt";
            }

            @Override
            public String mediaType() {
                return "text/plain";
            }

            @Override
            public boolean isAppendable() {
                return true;
            }

            @Override
            public InputStream file(List<? extends Entry> entries) {
                return new ByteArrayInputStream(new byte[] {(byte) ('0' + entries.size())});
            }

            @Override
            public List<KeyedRecord> records(String topic, Entry entry) {
                return List.of();
            }
        });

        assertThat(marshal("count", new Batch(table, List.of(first, second))))
                .asString()
                .isEqualTo("2");
    }

    @Test
    void aPlainListIsTakenAsABatch() throws Exception {
        assertThat(marshal("json", List.of(first, second))).isEqualTo(JsonLines.bytes(List.of(first, second)));
    }

    @Test
    void aListWithoutEntriesIsNothing() throws Exception {
        assertThat(marshal("json", List.of())).isEmpty();
    }

    @Test
    void anUnknownFormatIsNamed() {
        assertThatThrownBy(() -> marshal("xml", first)).hasStackTraceContaining("There is no format 'xml'");
    }

    @Test
    void aBodyThatIsNoEntryIsRefused() {
        assertThatThrownBy(() -> marshal("json", "text")).hasStackTraceContaining("Entry");
    }
}
