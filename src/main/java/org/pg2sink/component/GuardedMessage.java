package org.pg2sink.component;

import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultMessage;
import org.apache.camel.util.CaseInsensitiveMap;

/**
 * A message of which some headers cannot be told. Whoever asks for one gets an error: a filter on it would drop the message,
 * and what a filter drops counts as delivered. Steps that replace the message, such as setBody, copy its headers into
 * another one: there the header is a {@link RefusingHeader}, which refuses to be compared.
 */
class GuardedMessage extends DefaultMessage {

    GuardedMessage(Exchange exchange) {
        super(exchange);
    }

    private GuardedMessage(CamelContext context) {
        super(context);
    }

    /** Camel copies messages by this, so that a copy guards its headers as well. */
    @Override
    public DefaultMessage newInstance() {
        return new GuardedMessage(getCamelContext());
    }

    @Override
    protected Map<String, Object> createHeaders() {
        return new GuardedHeaders();
    }

    private static final class GuardedHeaders extends CaseInsensitiveMap {

        private static final long serialVersionUID = 1L;

        @Override
        public Object get(Object name) {
            Object value = super.get(name);
            if (value instanceof RefusingHeader refusing) {
                throw refusing.refusal();
            }
            return value;
        }
    }
}
