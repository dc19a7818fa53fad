package org.pg2sink.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeCreatedEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.SynchronizationAdapter;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;
import org.pg2sink.changelog.Modification;
import org.pg2sink.changelog.Operation;

/**
 * Notes when rows have arrived: when the exchange of their batch is completed, which is when pg2sink counts them as
 * delivered. As a bean it works in routes that do not know of it. Rows that an import brings do not count.
 */
public final class ArrivalNotifier extends EventNotifierSupport implements CamelContextAware {

    private final Samples samples;
    private CamelContext context;

    public ArrivalNotifier() throws IOException {
        this.samples = Samples.in(Path.of(""));
    }

    /** The options of pg2sink's JVM that have it work there, if the workload is live. */
    static List<String> options(Workload workload) {
        return workload.load(1).isPresent()
                ? List.of("-Dcamel.beans.arrivals=#class:" + ArrivalNotifier.class.getName())
                : List.of();
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    /** Makes itself known, since Camel comes by its beans only after it has looked for notifiers. */
    @Override
    public void setCamelContext(CamelContext camelContext) {
        if (context == null) {
            context = camelContext;
            context.getManagementStrategy().addEventNotifier(this);
        }
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        return event instanceof ExchangeCreatedEvent;
    }

    @Override
    public void notify(CamelEvent event) {
        Exchange exchange = ((ExchangeCreatedEvent) event).getExchange();
        boolean copy = exchange.getProperty(Exchange.CORRELATION_ID) != null; // one for each sink
        if (!copy && exchange.getMessage().getBody() instanceof Batch batch) {
            exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                @Override
                public void onComplete(Exchange completed) {
                    arrived(batch, Samples.now());
                }
            });
        }
    }

    private void arrived(Batch batch, long now) {
        for (Entry entry : batch) {
            if (entry instanceof Modification row && row.operation() != Operation.IMPORT) {
                samples.add(Samples.micros(row.transaction().commitTime().toInstant()), now);
            }
        }
    }
}
