package org.pg2sink.component;

import java.util.Arrays;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/**
 * Lets pass what is of a table in the named schemas; others may have added tables of other schemas to the publication. It
 * reads the names as the endpoint's option {@code schemas} does, so that nothing that was subscribed to is dropped.
 */
public class SchemaFilter implements Predicate {

    private List<String> schemas = List.of();

    public String getSchemas() {
        return String.join(",", schemas);
    }

    public void setSchemas(String schemas) {
        this.schemas = parse(schemas);
    }

    @Override
    public boolean matches(Exchange exchange) {
        String namespace = exchange.getMessage().getHeader(Pg2sinkConstants.NAMESPACE, String.class);
        return namespace != null && schemas.contains(namespace);
    }

    /** The names in a comma-separated list. */
    static List<String> parse(String schemas) {
        return Arrays.stream(schemas.split(","))
                .map(String::strip)
                .filter(schema -> !schema.isEmpty())
                .toList();
    }
}
