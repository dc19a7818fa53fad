package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pg2sink.changelog.Examples.UNCHANGED;
import static org.pg2sink.changelog.Examples.delete;
import static org.pg2sink.changelog.Examples.identity;
import static org.pg2sink.changelog.Examples.insert;
import static org.pg2sink.changelog.Examples.row;
import static org.pg2sink.changelog.Examples.transaction;
import static org.pg2sink.changelog.Examples.truncate;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.TypeConversionException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Examples;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Row;
import org.pg2sink.changelog.Schema;
import org.pg2sink.changelog.Table;

/** What the plain ways of a route's author make of a change: marshal().json(), maps, and classes of the application. */
class JavaFormsTest {

    /** Takes all columns, in other types than the driver's. */
    public record Order(int id, String customerName, Instant placedAt, LocalDate due, List<OffsetDateTime> visits) {}

    public record Flag(boolean absent, long id) {}

    public static class OrderBean {
        private long id;
        private String customerName;
        private String note = "unset";

        public void setId(long id) {
            this.id = id;
        }

        public void setCustomerName(String customerName) {
            this.customerName = customerName;
        }

        public void setNote(String note) {
            this.note = note;
        }
    }

    private final Table table = Examples.table(
            "orders",
            "id bigint key",
            "customer_name text",
            "placed_at timestamptz",
            "due date",
            "visits timestamptz[]");
    private final Row row =
            row(table, "7", "Ann", "2026-11-28 11:00:00.5+00", "infinity", "{\"2026-11-28 11:00:00+00\",NULL}");
    private final Modification inserted = insert(transaction(1), 1, row);
    private final CamelContext context = new DefaultCamelContext();
    private ProducerTemplate template;

    @BeforeEach
    void start() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:marshal").marshal().json();
                from("direct:map-marshal").convertBodyTo(Map.class).marshal().json();
                from("direct:row-marshal")
                        .setBody(simple("${body.after}"))
                        .marshal()
                        .json();
                from("direct:unmarshal")
                        .setBody(simple("${body.after}"))
                        .unmarshal()
                        .json(Map.class);
                from("direct:order").convertBodyTo(Order.class);
            }
        });
        context.start();
        template = context.createProducerTemplate();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private String json(String endpoint, Object body) {
        return template.requestBody(endpoint, body, String.class);
    }

    private static final String AFTER =
            "{\"id\":7,\"customer_name\":\"Ann\",\"placed_at\":\"2026-11-28T11:00:00.5+00:00\","
                    + "\"due\":\"infinity\",\"visits\":[\"2026-11-28T11:00:00+00:00\",null]}";

    @Test
    void jacksonWritesAChange() {
        assertThat(json("direct:marshal", inserted))
                .isEqualTo(
                        "{\"timestamp\":\"2019-10-04T16:05:56.123456+01:00\",\"sequence\":1,\"namespace\":\"public\","
                                + "\"name\":\"orders\",\"before\":null,\"after\":" + AFTER
                                + ",\"operation\":\"insert\",\"lsn\":\"16/B374D849\",\"xid\":1,\"timeline\":\"1\"}");
    }

    @Test
    void jacksonWritesAMapOfAChange() {
        assertThat(json("direct:map-marshal", inserted)).isEqualTo(json("direct:marshal", inserted));
    }

    @Test
    void jacksonWritesARow() {
        assertThat(json("direct:row-marshal", inserted)).isEqualTo(AFTER);
    }

    @Test
    void jacksonWritesABatchAsAnArray() {
        assertThat(json("direct:marshal", new Batch(table, List.of(inserted, inserted))))
                .isEqualTo("[" + json("direct:marshal", inserted) + "," + json("direct:marshal", inserted) + "]");
    }

    @Test
    void jacksonWritesASchema() {
        assertThat(json("direct:marshal", new Schema(transaction(1), Examples.table("t", "id bigint key"))))
                .startsWith(
                        "{\"timestamp\":\"2019-10-04T16:05:56.123456+01:00\",\"namespace\":\"public\",\"name\":\"t\","
                                + "\"fingerprint\":\"")
                .endsWith("\"columns\":[{\"name\":\"id\",\"type\":\"bigint\",\"key\":true}]}");
    }

    @Test
    void aRowIsReadBackFromItsJson() {
        assertThat(template.requestBody("direct:unmarshal", inserted, Map.class))
                .isEqualTo(as(
                        Map.class,
                        Map.of(
                                "id", "7",
                                "customer_name", "Ann",
                                "placed_at", "2026-11-28T11:00:00.5+00:00",
                                "due", "infinity",
                                "visits", java.util.Arrays.asList("2026-11-28T11:00:00+00:00", null))));
    }

    private <T> T as(Class<T> type, Object body) {
        return context.getTypeConverter().convertTo(type, body);
    }

    @Test
    void aRowBecomesARecord() {
        OffsetDateTime placed = OffsetDateTime.parse("2026-11-28T11:00:00Z");
        assertThat(as(Order.class, row))
                .isEqualTo(new Order(
                        7,
                        "Ann",
                        placed.plusNanos(500_000_000).toInstant(),
                        LocalDate.MAX,
                        java.util.Arrays.asList(placed, null)));
    }

    @Test
    void aChangeBecomesWhatItsRowDoes() {
        assertThat(template.requestBody("direct:order", inserted)).isEqualTo(as(Order.class, row));
    }

    @Test
    void aRowBecomesABean() {
        OrderBean bean = as(OrderBean.class, row);

        assertThat(bean.id).isEqualTo(7);
        assertThat(bean.customerName).isEqualTo("Ann");
        assertThat(bean.note).isEqualTo("unset");
    }

    @Test
    void aDeletedRowGivesWhatItsIdentityTells() {
        Modification deleted = delete(transaction(1), 1, identity(table, "7", null, null, null, null));

        assertThat(as(OrderBean.class, deleted).id).isEqualTo(7);
        assertThat(as(Order.class, deleted)).isEqualTo(new Order(7, null, null, null, null));
    }

    @Test
    void anUnchangedColumnIsNull() {
        Row toasted = row(table, "7", UNCHANGED, null, null, null);
        assertThat(as(Order.class, toasted).customerName()).isNull();
    }

    @Test
    void aPrimitiveThatGetsNoValueIsNamed() {
        assertThatThrownBy(() -> as(Flag.class, row))
                .isInstanceOf(TypeConversionException.class)
                .hasRootCauseMessage("A row of public.orders has no value for absent of " + Flag.class.getName()
                        + ", which is a primitive type: use its wrapper class");
    }

    @Test
    void aValueThatDoesNotFitIsNamedButNotPrinted() {
        Row unfit = row(table, "9999999999999", "a secret", null, null, null);
        assertThatThrownBy(() -> template.requestBody("direct:order", insert(transaction(1), 1, unfit)))
                .isInstanceOf(CamelExecutionException.class)
                .hasStackTraceContaining("The column id of public.orders cannot become a int, as which "
                        + Order.class.getName() + " takes id")
                .satisfies(failure -> {
                    for (Throwable t = failure; t != null; t = t.getCause()) {
                        assertThat(t.toString()).doesNotContain("99999", "secret");
                    }
                });
    }

    @Test
    void whatHasNoColumnInCommonIsNoConversion() {
        assertThat(as(Examples.class, row)).isNull();
        assertThat(as(Order.class, truncate(transaction(1), 1, table))).isNull();
    }
}
