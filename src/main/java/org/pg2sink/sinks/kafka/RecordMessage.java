package org.pg2sink.sinks.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.support.DefaultMessage;

/**
 * A message that Camel's {@code kafka:} endpoint makes one record of. There is one for each change, so it has a plain map of
 * headers, whose case matters, in place of a sorted one.
 */
final class RecordMessage extends DefaultMessage {

    private final Map<String, Object> shared;

    /** @param shared headers to begin with, which other messages begin with, too */
    RecordMessage(CamelContext context, Map<String, Object> shared) {
        super(context);
        this.shared = shared;
    }

    @Override
    protected Map<String, Object> createHeaders() {
        return new HashMap<>(shared);
    }
}
