package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pg2sink.changelog.Examples.delete;
import static org.pg2sink.changelog.Examples.identity;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.transaction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.EntryRuns;
import org.pg2sink.changelog.Examples;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;
import org.pg2sink.changelog.Transaction;

/** Headers of a batch: what its entries share is there, and what they do not share cannot be asked for by accident. */
class BatchMessageTest {

    private final Table table = Examples.table("orders", "id bigint key", "msg text");
    private final Transaction first = transaction(1);
    private final Transaction second = transaction(2);
    private final CamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    private Modification added(Transaction transaction, long sequence) {
        return insert(transaction, sequence, row(table, "1", "a"));
    }

    private Modification removed(Transaction transaction, long sequence) {
        return delete(transaction, sequence, identity(table, "1", null));
    }

    private Exchange exchange(Entry... entries) {
        Exchange exchange = new DefaultExchange(context);
        exchange.setIn(new BatchMessage(exchange, new Batch(table, List.of(entries))));
        return exchange;
    }

    @Test
    void theEndOfAnImportDoesNotHideWhatItsRowsShare() {
        Transaction chunk = first.ofImport(7);
        Modification imported = new Modification(chunk, 1, Operation.IMPORT, table, null, row(table, "1", "a"));
        Modification end = new Modification(chunk, 2, Operation.IMPORT_END, table, null, null);

        assertThat(message(imported, end).getHeader(Pg2sinkConstants.OPERATION)).isEqualTo("import");
        assertThat(message(imported, end).getHeader(Pg2sinkConstants.KIND)).isEqualTo("modification");
        assertThat(message(imported, end).getHeader(Pg2sinkConstants.IMPORT_RUN))
                .isEqualTo(7L);
        assertThat(message(imported, end).getBody(Batch.class)).hasSize(2);
        assertThat(message(end).getHeader(Pg2sinkConstants.OPERATION)).isEqualTo("import_end");
    }

    /** The marks stand alone, and what is between them is alike. */
    private static final class Imported extends ArrayList<Entry> implements EntryRuns {

        private Imported(Entry... entries) {
            super(List.of(entries));
        }

        @Override
        public int endOfRun(int index) {
            return index == 0 || index == size() - 1 ? index + 1 : size() - 1;
        }
    }

    @Test
    void entriesThatAreKnownToBeAlikeHaveTheSameHeadersAsIfEachWereLookedAt() {
        Transaction chunk = first.ofImport(7);
        Entry[] entries = {
            new Modification(chunk, 1, Operation.IMPORT_BEGIN, table, null, null),
            new Modification(chunk, 2, Operation.IMPORT, table, null, row(table, "1", "a")),
            new Modification(chunk, 3, Operation.IMPORT, table, null, row(table, "2", "b")),
            new Modification(chunk, 4, Operation.IMPORT_END, table, null, null)
        };
        Message alike = new BatchMessage(new DefaultExchange(context), new Batch(table, new Imported(entries)));

        for (String header : List.of(
                Pg2sinkConstants.OPERATION,
                Pg2sinkConstants.TIMESTAMP,
                Pg2sinkConstants.XID,
                Pg2sinkConstants.LSN,
                Pg2sinkConstants.IMPORT_RUN)) {
            assertThat(alike.getHeader(header))
                    .isNotNull()
                    .isEqualTo(message(entries).getHeader(header));
        }
    }

    private Message message(Entry... entries) {
        return exchange(entries).getMessage();
    }

    @Test
    void theTableIsAlwaysThere() {
        Message message = message(new Schema(first, table), added(first, 1), removed(second, 1));

        assertThat(message.getHeader(Pg2sinkConstants.NAMESPACE)).isEqualTo("public");
        assertThat(message.getHeader(Pg2sinkConstants.TABLE)).isEqualTo("orders");
        assertThat(message.getHeader(Pg2sinkConstants.SCHEMA_FINGERPRINT)).isEqualTo(table.fingerprint());
        assertThat(message.getHeader(Pg2sinkConstants.MESSAGE_TIMESTAMP)).isNotNull();
    }

    @Test
    void whatAllEntriesShareIsThere() {
        Message message = message(added(first, 1), added(first, 2));

        assertThat(message.getHeader(Pg2sinkConstants.KIND)).isEqualTo("modification");
        assertThat(message.getHeader(Pg2sinkConstants.OPERATION)).isEqualTo("insert");
        assertThat(message.getHeader(Pg2sinkConstants.LSN))
                .isEqualTo(first.lsn().toString());
        assertThat(message.getHeader(Pg2sinkConstants.XID)).isEqualTo(1L);
        assertThat(message.getHeader(Pg2sinkConstants.TIMESTAMP)).isEqualTo("2019-10-04T16:05:56.123456+01:00");
    }

    @Test
    void aSchemaDoesNotHideTheOperationOfTheChangesAfterIt() {
        assertThat(message(new Schema(first, table), added(first, 1), added(first, 2))
                        .getHeader(Pg2sinkConstants.OPERATION))
                .isEqualTo("insert");
    }

    @Test
    void aSingleChangeHasAllHeadersOfAnEntry() {
        Message message = message(added(first, 1));

        assertThat(message.getHeaders()).isEqualTo(EntryHeaders.of(added(first, 1)));
        assertThat(message.getHeader(Pg2sinkConstants.KEY)).isEqualTo("{\"id\":\"1\"}");
    }

    @Test
    void aSchemaAloneHasNoOperationAndMayBeAskedForOne() {
        Message message = message(new Schema(first, table));

        assertThat(message.getHeader(Pg2sinkConstants.KIND)).isEqualTo("schema");
        assertThat(message.getHeader(Pg2sinkConstants.OPERATION)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                Pg2sinkConstants.OPERATION,
                Pg2sinkConstants.LSN,
                Pg2sinkConstants.XID,
                Pg2sinkConstants.SEQUENCE,
                Pg2sinkConstants.KEY,
                Pg2sinkConstants.TIMESTAMP
            })
    void aHeaderThatTheEntriesDoNotShareIsRefused(String header) {
        Message message = message(added(first, 1), removed(second, 1));

        assertThatThrownBy(() -> message.getHeader(header))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("public.orders")
                .hasMessageContaining(header)
                .hasMessageContaining("batching=false");
        assertThatThrownBy(() -> message.getHeader(header, String.class)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> message.getHeaders().get(header)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> message.getHeader(header.toLowerCase(java.util.Locale.ROOT)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theKindIsRefusedIfASchemaStandsBeforeChanges() {
        Message message = message(new Schema(first, table), added(first, 1));

        assertThatThrownBy(() -> message.getHeader(Pg2sinkConstants.KIND)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCopyOfTheMessageRefusesItToo() {
        Message copy = message(added(first, 1), removed(first, 2)).copy();

        assertThat(copy.getHeader(Pg2sinkConstants.LSN)).isEqualTo(first.lsn().toString());
        assertThatThrownBy(() -> copy.getHeader(Pg2sinkConstants.OPERATION)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aHeaderThatTheRouteSetsItselfIsRead() {
        Message message = message(added(first, 1), removed(first, 2));
        message.setHeader(Pg2sinkConstants.OPERATION, "mixed");

        assertThat(message.getHeader(Pg2sinkConstants.OPERATION)).isEqualTo("mixed");
    }

    @Test
    void allOtherHeadersCanBeAskedFor() {
        assertThat(message(added(first, 1), removed(first, 2)).getHeader("other"))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"${header.CamelPg2sinkOperation} == 'delete'", "${headers.CamelPg2sinkOperation} == 'delete'"})
    void aFilterOnIt_alsoBehindAFanOut_failsTheExchange(String filter) throws Exception {
        List<Object> passed = new ArrayList<>();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:batch")
                        .errorHandler(noErrorHandler())
                        .multicast()
                        .stopOnException()
                        .to("direct:sink");
                from("direct:sink")
                        .errorHandler(noErrorHandler())
                        .filter(simple(filter))
                        .process(exchange -> passed.add(exchange.getMessage().getBody()));
            }
        });
        context.start();

        Exchange mixed = exchange(added(first, 1), removed(first, 2));
        context.createProducerTemplate().send("direct:batch", mixed);
        assertThat(mixed.getException()).hasStackTraceContaining("do not share the header CamelPg2sinkOperation");

        Exchange deletes = exchange(removed(first, 1), removed(first, 2));
        context.createProducerTemplate().send("direct:batch", deletes);
        assertThat(deletes.getException()).isNull();
        assertThat(passed).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"setBody", "transform", "convertBodyTo", "newHeaders"})
    void aStepThatReplacesTheMessageDoesNotOpenTheWay(String step) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:setBody")
                        .errorHandler(noErrorHandler())
                        .setBody(constant("x"))
                        .to("direct:filter");
                from("direct:transform")
                        .errorHandler(noErrorHandler())
                        .transform(constant("x"))
                        .to("direct:filter");
                from("direct:convertBodyTo")
                        .errorHandler(noErrorHandler())
                        .convertBodyTo(String.class)
                        .to("direct:filter");
                from("direct:newHeaders")
                        .errorHandler(noErrorHandler())
                        .process(exchange -> {
                            Message plain = new DefaultMessage(exchange);
                            plain.setHeaders(new HashMap<>(exchange.getMessage().getHeaders()));
                            exchange.setMessage(plain);
                        })
                        .to("direct:filter");
                from("direct:filter")
                        .errorHandler(noErrorHandler())
                        .filter(simple("${header.CamelPg2sinkOperation} == 'delete'"))
                        .to("log:passed");
            }
        });
        context.start();

        Exchange mixed = exchange(added(first, 1), removed(first, 2));
        context.createProducerTemplate().send("direct:" + step, mixed);

        assertThat(mixed.getException()).hasStackTraceContaining("do not share the header CamelPg2sinkOperation");
    }

    @Test
    void allHeadersCanBePrinted() {
        assertThat(message(added(first, 1), removed(first, 2)).getHeaders().toString())
                .contains("CamelPg2sinkOperation=(not shared by the entries of the batch)");
    }
}
