package org.pg2sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Modification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A guard of the speed that does not measure time: how much is done for many rows, with the shipped settings. */
class FrugalityIT {

    private static final Logger LOG = LoggerFactory.getLogger(FrugalityIT.class);

    private static final int ROWS = 100_000;

    // both depend on how long it takes, so the limits leave room for a machine that takes long
    private static final int MOST_EXCHANGES = ROWS / 50;
    private static final int MOST_STATUS_MESSAGES = ROWS / 200;

    private final AtomicInteger exchanges = new AtomicInteger();
    private final AtomicInteger rows = new AtomicInteger();

    @Test
    void aHundredThousandTransactionsTakeFewExchangesAndFewStatusMessages() throws Exception {
        TestDatabase database = TestServer.newDatabase();
        database.execute("create table item (id int primary key, note text)", """
                create procedure load(rows int) language plpgsql as $$ begin
                    for i in 1..rows loop
                        insert into item values (i, 'item number ' || i);
                        commit;
                    end loop;
                end $$""");
        StatusMessages statuses = new StatusMessages();
        try (CuttableProxy proxy = new CuttableProxy(database, statuses::ofConnection)) {
            try (ShippedRoutes routes = routes(proxy.database()).start()) {
                routes.awaitAllConfirmed();
            }
            database.execute("call load(" + ROWS + ")");
            int before = statuses.count();
            try (ShippedRoutes routes = routes(proxy.database()).start()) {
                routes.awaitAllConfirmed();
                LOG.info("{} exchanges, {} status messages", exchanges, statuses.count() - before);
                assertThat(rows).hasValue(ROWS);
                assertThat(exchanges).hasPositiveValue().hasValueLessThan(MOST_EXCHANGES);
                assertThat(statuses.count() - before).isPositive().isLessThan(MOST_STATUS_MESSAGES);
            }
        }
    }

    private ShippedRoutes routes(TestDatabase database) {
        RouteBuilder sink = new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:count").process(FrugalityIT.this::count);
            }
        };
        return new ShippedRoutes(database, sink).set("pg2sink.sinks", "direct:count");
    }

    private void count(Exchange exchange) {
        exchanges.incrementAndGet();
        exchange.getMessage()
                .getBody(Batch.class)
                .forEach(entry -> rows.addAndGet(entry instanceof Modification ? 1 : 0));
    }
}
