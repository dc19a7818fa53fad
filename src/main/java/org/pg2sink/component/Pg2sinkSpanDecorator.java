package org.pg2sink.component;

import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.telemetry.Span;
import org.apache.camel.telemetry.decorators.AbstractSpanDecorator;
import org.pg2sink.changelog.Batch;
import org.pg2sink.changelog.Entry;

/**
 * Tells on the span of an exchange what it carries: table, positions and number of entries, and no value of a row. Camel's
 * telemetry finds it by its service file, if the application has that component.
 */
public final class Pg2sinkSpanDecorator extends AbstractSpanDecorator {

    @Override
    public String getComponent() {
        return "pg2sink";
    }

    @Override
    public String getComponentClassName() {
        return Pg2sinkComponent.class.getName();
    }

    @Override
    public void beforeTracingEvent(Span span, Exchange exchange, Endpoint endpoint) {
        super.beforeTracingEvent(span, exchange, endpoint);
        Object body = exchange.getIn().getBody();
        if (body instanceof Batch batch) {
            tag(span, batch.get(0), batch.get(batch.size() - 1), batch.size());
        } else if (body instanceof Entry entry) {
            tag(span, entry, entry, 1);
        }
    }

    private static void tag(Span span, Entry first, Entry last, int entries) {
        span.setTag("pg2sink.table", first.table().toString());
        span.setTag("pg2sink.lsn", first.transaction().lsn().toString());
        span.setTag("pg2sink.lsn.last", last.transaction().lsn().toString());
        span.setTag("pg2sink.entries", Integer.toString(entries));
    }
}
