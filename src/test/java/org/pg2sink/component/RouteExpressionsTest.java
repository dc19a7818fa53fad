package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pg2sink.changelog.Examples.delete;
import static org.pg2sink.changelog.Examples.identity;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.transaction;

import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Examples;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Table;

/** What a person who writes a route says of a change, in Camel's Simple language and by its type converters. */
class RouteExpressionsTest {

    private final Table table = Examples.table("orders", "id bigint key", "odd.name text", "msg text");
    private final Modification added = insert(transaction(1), 1, row(table, "7", "x", "hello"));
    private final Modification removed = delete(transaction(1), 2, identity(table, "7", null, null));
    private final CamelContext context = new DefaultCamelContext();

    @BeforeEach
    void start() {
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private Exchange exchange(Entry entry) {
        Exchange exchange = new DefaultExchange(context);
        exchange.setIn(EntryHeaders.fill(new DefaultMessage(exchange), entry));
        return exchange;
    }

    private String simple(String expression, Entry entry) {
        return context.resolveLanguage("simple").createExpression(expression).evaluate(exchange(entry), String.class);
    }

    @ParameterizedTest
    @CsvSource({
        "${body.after[msg]}, hello",
        "${body.after[id]}, 7",
        "${body.after[odd.name]}, x",
        "${body.after.get('msg')}, hello",
        "${body.row[msg]}, hello",
        "${body.table.name}, orders",
        "${body.operation}, insert",
        "${body.sequence}, 1",
        "${body.transaction.xid}, 1",
        "${header.CamelPg2sinkOperation}, insert"
    })
    void aChangeIsReadByExpressions(String expression, String value) {
        assertThat(simple(expression, added)).isEqualTo(value);
    }

    @Test
    void anOldRowIsReadByNameToo() {
        assertThat(simple("${body.before[id]}", removed)).isEqualTo("7");
        assertThat(simple("${body.before[msg]}", removed)).isNullOrEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "${body.operation} == 'delete', true",
        "${body.operation} == 'insert', false",
        "${header.CamelPg2sinkOperation} == 'delete', true",
        "${body.before[id]} == 7, true"
    })
    void headerAndBodySpellTheOperationAlike(String predicate, boolean matches) {
        assertThat(context.resolveLanguage("simple").createPredicate(predicate).matches(exchange(removed)))
                .isEqualTo(matches);
    }

    private <T> T as(Class<T> type, Object body) {
        return context.getTypeConverter().convertTo(type, body);
    }

    @Test
    void aRowIsAMap() {
        assertThat(as(Map.class, added.after())).isEqualTo(Map.of("id", 7L, "odd.name", "x", "msg", "hello"));
    }

    @Test
    void aChangeIsAMapOfTheMembersOfItsJson() {
        assertThat(as(Map.class, added))
                .containsEntry("operation", "insert")
                .containsEntry("sequence", 1L)
                .containsEntry("after", added.after().toMap());
    }

    @Test
    void aChangeIsALineOfJson() {
        assertThat(as(String.class, added))
                .startsWith("{\"timestamp\":")
                .endsWith("}\n")
                .contains("\"msg\":\"hello\"");
        assertThat(as(byte[].class, added)).asString().isEqualTo(as(String.class, added));
    }

    @Test
    void aChangeIsTheAvroRecordOfItsRow() {
        assertThat(as(GenericRecord.class, added))
                .hasToString("{\"id\": 7, \"odd_u002ename\": \"x\", \"msg\": \"hello\"}");
    }
}
